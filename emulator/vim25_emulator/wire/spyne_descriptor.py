"""Spyne descriptors of vim25: a leaf type per API type, and in and out messages per method.

Our codec reads and writes the content of a leaf; for Spyne it has a name, a namespace and an occurrence,
which is all that descriptors and interface documents need. Native Spyne classes for all types were far slower
in bulk, and no closer to the wire.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from vim25_emulator.vmodl.type_description import Kind, Method, TypeRef
from vim25_emulator.wire.spyne_shim import importable

with importable():
    from spyne import MethodDescriptor, Service, rpc
    from spyne.model import ModelBase

NAMESPACE: Final = "urn:vim25"
RESULT: Final = "returnval"


class VimType(ModelBase):  # type: ignore[misc]  # Spyne has no types of its own
    """The base of all leaf types. `Attributes.declared` is the API's description of the type."""

    __namespace__ = NAMESPACE
    __type_name__ = "anyType"

    class Attributes(ModelBase.Attributes):  # type: ignore[misc]
        """Spyne's attributes of a type, and the declared type."""

        declared: TypeRef | None = None


@cache
def leaf(declared: TypeRef, optional: bool = False) -> type[VimType]:
    """Return the leaf type for a declared type, with its occurrence."""
    attributes = type("Attributes", (VimType.Attributes,), {"declared": declared})
    members = {"__type_name__": declared.name, "__namespace__": NAMESPACE, "Attributes": attributes}
    plain: type[VimType] = type(declared.name, (VimType,), members)
    least = 0 if optional or declared.array else 1
    customized: type[VimType] = plain.customize(
        min_occurs=least, max_occurs="unbounded" if declared.array else 1
    )
    return customized


@cache
def service(owner: str) -> type[Service]:
    """Return the Spyne service with the methods of a managed object type."""
    created: type[Service] = type(owner, (Service,), {"__module__": __name__})
    return created


def _invoke(ctx: Any, this: Any, *arguments: Any) -> Any:
    """Pass a call to its application; this is the function of every descriptor."""
    return ctx.app.invoke(ctx, this, arguments)


@cache
def descriptor(method: Method) -> MethodDescriptor:
    """Return Spyne's descriptor of a method: `_this` and the parameters in, `returnval` out.

    A void method has no out variable, since Spyne would send an element for it.
    """
    this = TypeRef(Kind.REFERENCE, method.owner, array=False)
    returned = {} if method.result.kind is Kind.VOID else {"_out_variable_name": RESULT}
    decorate = rpc(
        leaf(this),
        *(leaf(parameter.type, parameter.optional) for parameter in method.parameters),
        _args=("_this", *(parameter.name for parameter in method.parameters)),
        _returns=leaf(method.result, method.optional_result) if returned else None,
        _udd={"method": method},
        **returned,
    )
    owner = service(method.owner)
    created = decorate(_invoke)(_default_function_name=method.name, _service_class=owner)
    owner.public_methods[method.name] = created
    return created

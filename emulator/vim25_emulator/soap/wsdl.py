"""The WSDL and schemas of the API at one version, generated from the registry.

The files are those of real servers: clients load `vimService.wsdl`, which imports `vim.wsdl`, which includes
the schemas. The documents contain only what the version has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

from lxml import etree
from lxml.builder import ElementMaker

from vim25_emulator.soap.schema import (
    CORE,
    MESSAGES,
    QUERY_MESSAGES,
    VIM,
    XSD,
    X,
    declare,
    empty_schema,
    import_of_reflection,
    schemas,
)
from vim25_emulator.vmodl.api_subset import ApiSubset, whole
from vim25_emulator.vmodl.release import release
from vim25_emulator.vmodl.type_description import Kind, Method
from vim25_emulator.vmodl.version import Version

_WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
_SOAP: Final = "http://schemas.xmlsoap.org/wsdl/soap/"

_W: Final = ElementMaker(namespace=_WSDL)
_S: Final = ElementMaker(namespace=_SOAP)

ADDRESS: Final = "https://localhost/sdk"  #: default URL of the service
SERVICE: Final = "vimService.wsdl"


def documents(version: Version, address: str = ADDRESS) -> dict[str, bytes]:
    """Return file name → content of the whole API at a version; `address` is the service's URL."""
    return {SERVICE: _service_text(version, address), **_imported(version)}


def documents_of(subset: ApiSubset, address: str = ADDRESS) -> dict[str, bytes]:
    """Return file name → content of a subset of the API."""
    return {SERVICE: _service_text(subset.version, address), **_imported_of(subset)}


@lru_cache(maxsize=8)
def _imported(version: Version) -> dict[str, bytes]:
    """Return the files that are the same at every address: clients choose the address."""
    return _imported_of(whole(version))


def _imported_of(subset: ApiSubset) -> dict[str, bytes]:
    return {
        "vim.wsdl": _text(_definitions(subset)),
        **{name: _text(schema) for name, schema in schemas(subset)},
    }


def _service_text(version: Version, address: str) -> bytes:
    return _text(_service(address, release(version.id).service_namespace))


def _text(root: Any) -> bytes:
    etree.indent(root, "   ")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8")) + b"\n"


def _fault_names(subset: ApiSubset) -> list[str]:
    """Return the faults, all of which have an element and a message [documented]."""
    first = ["MethodFault", "RuntimeFault"]
    return [
        *first,
        *sorted({kind.name for kind in subset.types if kind.is_a("MethodFault")}.difference(first)),
    ]


def _definitions(subset: ApiSubset) -> Any:
    methods = subset.methods
    known = {kind.name for kind in subset.types}
    faults = _fault_names(subset)
    root = etree.Element(
        f"{{{_WSDL}}}definitions", nsmap={None: _WSDL, "soap": _SOAP, "vim25": VIM, "xsd": XSD}
    )
    root.set("targetNamespace", VIM)
    root.append(_W.types(_messages_schema(methods, faults)))
    for method in methods:
        root.append(_message(f"{method.name}RequestMsg", "parameters", method.name))
        root.append(_message(f"{method.name}ResponseMsg", "parameters", f"{method.name}Response"))
    for fault in faults:
        root.append(_message(f"{fault}FaultMsg", "fault", f"{fault}Fault"))
    root.append(_W.portType(*(_port_operation(method, known) for method in methods), name="VimPortType"))
    transport = _S.binding(style="document", transport="http://schemas.xmlsoap.org/soap/http")
    operations = (_binding_operation(method, known, subset.version) for method in methods)
    root.append(_W.binding(transport, *operations, name="VimBinding", type="vim25:VimPortType"))
    return root


def _messages_schema(methods: Iterable[Method], faults: list[str]) -> Any:
    schema = empty_schema((CORE, QUERY_MESSAGES, MESSAGES))
    schema.insert(1, import_of_reflection())
    schema.append(X.element(name="versionURI", type="xsd:string"))
    schema.extend(X.element(name=f"{fault}Fault", type=f"vim25:{fault}") for fault in faults)
    for method in methods:
        schema.append(X.element(name=method.name, type=f"vim25:{method.request_type}"))
        schema.append(X.element(_response_type(method), name=f"{method.name}Response"))
    return schema


def _response_type(method: Method) -> Any:
    if method.result.kind is Kind.VOID:
        return X.complexType()
    returned = declare("returnval", method.result, optional=method.optional_result)
    return X.complexType(X.sequence(returned))


def _message(name: str, part: str, element: str) -> Any:
    return _W.message(_W.part(name=part, element=f"vim25:{element}"), name=name)


def _declared(method: Method, known: set[str]) -> Iterator[tuple[str, str]]:
    """Yield (fault name, message name) of the faults of an operation, RuntimeFault last."""
    for fault in sorted(method.faults):
        if fault in known:
            yield f"{fault}Fault", f"vim25:{fault}FaultMsg"
    yield "RuntimeFault", "vim25:RuntimeFaultFaultMsg"


def _port_operation(method: Method, known: set[str]) -> Any:
    return _W.operation(
        _W.input(message=f"vim25:{method.name}RequestMsg"),
        _W.output(message=f"vim25:{method.name}ResponseMsg"),
        *(_W.fault(name=name, message=message) for name, message in _declared(method, known)),
        name=method.name,
    )


def _binding_operation(method: Method, known: set[str], version: Version) -> Any:
    action = f"{version.namespace}/{version.id}"
    return _W.operation(
        _S.operation(soapAction=action, style="document"),
        _W.input(_S.body(use="literal")),
        _W.output(_S.body(use="literal")),
        *(_W.fault(_S.fault(name=name, use="literal"), name=name) for name, _ in _declared(method, known)),
        name=method.name,
    )


def _service(address: str, namespace: str) -> Any:
    root = etree.Element(f"{{{_WSDL}}}definitions", nsmap={None: _WSDL, "soap": _SOAP, "vim25": VIM})
    root.set("targetNamespace", namespace)
    # `import` is a Python keyword, so `_W.import` is not possible.
    root.append(_W("import", location="vim.wsdl", namespace=VIM))
    port = _W.port(_S.address(location=address), binding="vim25:VimBinding", name="VimPort")
    root.append(_W.service(port, name="VimService"))
    return root

"""The XML schemas of the API at one version: types and request messages, split into files.

The files are those of real servers. Types of VMODL's own namespaces go to `core-types.xsd` and
`query-types.xsd`, all others to `vim-types.xsd`. Those of the namespace `urn:reflect` declare nothing
[documented]; clients download them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Any, Final

from lxml import etree
from lxml.builder import ElementMaker

from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.api_subset import ApiSubset
from vim25_emulator.vmodl.type_description import DataType, EnumType, Kind, Method, Property, TypeRef
from vim25_emulator.vmodl.version import Version
from vim25_emulator.vmodl.version import version as version_named

XSD: Final = "http://www.w3.org/2001/XMLSchema"
VIM: Final = "urn:vim25"
_REFLECT: Final = "urn:reflect"

X: Final = ElementMaker(namespace=XSD)

#: VMODL primitives without an XSD type; they are sent as strings.
_STRINGS: Final = frozenset({"TypeName", "MethodName", "PropertyPath"})

#: Arrays of primitives that real servers declare, so that clients can use them in anyType places.
_PRIMITIVE_ARRAYS: Final = {
    "ArrayOfAnyURI": "anyURI",
    "ArrayOfBoolean": "boolean",
    "ArrayOfByte": "byte",
    "ArrayOfShort": "short",
    "ArrayOfInt": "int",
    "ArrayOfLong": "long",
    "ArrayOfDouble": "double",
    "ArrayOfString": "string",
    "ArrayOfBase64Binary": "base64Binary",
    "ArrayOfAnyType": "anyType",
}

#: The first version of the namespace urn:vim25; every server of the namespace has all of it.
_FIRST_IN_NAMESPACE: Final = version_named("2.5").position

CORE: Final = "core-types.xsd"
_QUERY: Final = "query-types.xsd"
_TYPES: Final = "vim-types.xsd"
QUERY_MESSAGES: Final = "query-messagetypes.xsd"
MESSAGES: Final = "vim-messagetypes.xsd"
_REFLECT_TYPES: Final = "reflect-types.xsd"
_REFLECT_MESSAGES: Final = "reflect-messagetypes.xsd"

#: File → the files that it includes.
_INCLUDES: Final = {
    CORE: (),
    _QUERY: (CORE,),
    _TYPES: (_QUERY, CORE),
    QUERY_MESSAGES: (CORE, _QUERY),
    MESSAGES: (_TYPES,),
}


def _file_of(vmodl_name: str) -> str:
    if vmodl_name.startswith("vmodl.query."):
        return _QUERY
    return CORE if vmodl_name.startswith("vmodl.") else _TYPES


def schemas(subset: ApiSubset) -> Iterator[tuple[str, Any]]:
    """Yield file name and root element of each schema of a subset of the API."""
    for name, includes in _INCLUDES.items():
        schema = empty_schema(includes)
        schema.extend(_CONTENTS[name](name, subset))
        yield name, schema
    for name, includes in ((_REFLECT_TYPES, ()), (_REFLECT_MESSAGES, (_REFLECT_TYPES,))):
        schema = empty_schema(includes, _REFLECT)
        schema.insert(0, _import(VIM, CORE))
        yield name, schema


def empty_schema(includes: Iterable[str], namespace: str = VIM) -> Any:
    """Return a schema that includes these files and declares nothing."""
    schema = etree.Element(f"{{{XSD}}}schema", nsmap={None: XSD, "vim25": VIM, "xsd": XSD})
    schema.set("targetNamespace", namespace)
    schema.set("elementFormDefault", "qualified")
    for name in includes:
        schema.append(X.include(schemaLocation=name))
    return schema


def import_of_reflection() -> Any:
    """Return the import of the namespace `urn:reflect` into a schema of vim25."""
    return _import(_REFLECT, _REFLECT_MESSAGES)


def _import(namespace: str, location: str) -> Any:
    # `import` is a Python keyword, so `X.import` is not possible.
    return X("import", namespace=namespace, schemaLocation=location)


def _type_content(name: str, subset: ApiSubset) -> Iterator[Any]:
    if name == CORE:
        yield from _vmodl_types()
    for kind in subset.types:
        if _file_of(kind.vmodl_name) == name:
            yield _complex_type(kind, subset.version)
            if kind.name in _array_items():
                yield _array(kind.name, f"vim25:{kind.name}")
    for enum in subset.enums:
        if _file_of(enum.vmodl_name) == name:
            yield _enumeration(enum)
            if enum.name in _array_items():
                yield _array(enum.name, f"vim25:{enum.name}")


def _message_content(name: str, subset: ApiSubset) -> Iterator[Any]:
    return (
        _request_type(method, subset.version)
        for method in subset.methods
        if (_file_of(registry.managed_type(method.owner).vmodl_name) == _QUERY) is (name == QUERY_MESSAGES)
    )


_CONTENTS: Final[dict[str, Callable[[str, ApiSubset], Iterator[Any]]]] = {
    CORE: _type_content,
    _QUERY: _type_content,
    _TYPES: _type_content,
    QUERY_MESSAGES: _message_content,
    MESSAGES: _message_content,
}


@cache
def _array_items() -> frozenset[str]:
    """Return the names of the item types of all properties, parameters and results that are arrays."""
    data = (prop.type for name in registry.data_type_names() for prop in registry.data_type(name).own)
    owners = [registry.managed_type(name) for name in registry.managed_type_names()]
    properties = (prop.type for owner in owners for prop in owner.own)
    methods = [method for owner in owners for method in owner.own_methods]
    parameters = (parameter.type for method in methods for parameter in method.parameters)
    results = (result for method in methods for result in (method.result, method.task_result))
    return frozenset(used.name for used in chain(data, properties, parameters, results) if used.array)


def _vmodl_types() -> Iterator[Any]:
    """Yield the types that VMODL itself defines: root types, references, arrays of primitives."""
    yield X.complexType(X.sequence(), name="DynamicData")
    yield X.complexType(
        X.sequence(X.element(name="name", type="xsd:string"), X.element(name="val", type="xsd:anyType")),
        name="DynamicProperty",
    )
    yield _array("DynamicProperty", "vim25:DynamicProperty")
    reference = X.extension(X.attribute(name="type", type="xsd:string"), base="xsd:string")
    yield X.complexType(X.simpleContent(reference), name="ManagedObjectReference")
    yield _array("ManagedObjectReference", "vim25:ManagedObjectReference")
    for array, item in _PRIMITIVE_ARRAYS.items():
        yield _array(item, f"xsd:{item}", array)


def _array(item: str, item_type: str, name: str | None = None) -> Any:
    element = X.element(name=item, type=item_type, minOccurs="0", maxOccurs="unbounded")
    return X.complexType(X.sequence(element), name=name or f"ArrayOf{item}")


def _complex_type(kind: DataType, version: Version) -> Any:
    own = (prop for prop in kind.own if prop.since <= version.position)
    sequence = X.sequence(*(_element(prop, since=kind.since) for prop in own))
    if kind.name == "LocalizedMethodFault":  # the only property that is sent as a bare fault
        sequence[0].set("type", "vim25:MethodFault")
    base = _schema_base(kind)
    content = X.complexContent(X.extension(sequence, base=f"vim25:{base}")) if base else sequence
    return X.complexType(content, name=kind.name)


def _schema_base(kind: DataType) -> str | None:
    """Return the base that the schema declares; there, faults and data objects have no common root."""
    if kind.name == "MethodFault":
        return None
    return kind.base.name if kind.base and kind.base.name != "DataObject" else None


def _element(prop: Property, since: int) -> Any:
    """Declare a property or parameter; one that is newer than its owner is optional for older servers."""
    is_newer = prop.since > max(since, _FIRST_IN_NAMESPACE)
    return declare(prop.name, prop.type, optional=prop.optional or is_newer)


def declare(name: str, declared: TypeRef, *, optional: bool) -> Any:
    """Return the declaration of an element of a type."""
    element = X.element(name=name, type=_type_name(declared))
    if optional:
        element.set("minOccurs", "0")
    if declared.array:
        element.set("maxOccurs", "unbounded")
    return element


def _type_name(declared: TypeRef) -> str:
    match declared.kind:
        case Kind.PRIMITIVE:
            return "xsd:string" if declared.name in _STRINGS else f"xsd:{declared.name}"
        case Kind.ANY:
            return "xsd:anyType"
        case Kind.REFERENCE:
            return "vim25:ManagedObjectReference"
        case Kind.FAULT:
            return "vim25:LocalizedMethodFault"
        case _:
            return f"vim25:{declared.name}"


def _enumeration(enum: EnumType) -> Any:
    values = (X.enumeration(value=value) for value in enum.values)
    return X.simpleType(X.restriction(*values, base="xsd:string"), name=enum.name)


def _request_type(method: Method, version: Version) -> Any:
    parameters = (parameter for parameter in method.parameters if parameter.since <= version.position)
    this = X.element(name="_this", type="vim25:ManagedObjectReference")
    return X.complexType(
        X.sequence(this, *(_element(p, since=method.since) for p in parameters)), name=method.request_type
    )

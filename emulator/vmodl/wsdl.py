"""The WSDL and schemas of the API at one version, made from the registry.

The split into files is the one that real servers serve: clients import `vimService.wsdl`, which imports
`vim.wsdl`, which includes the schemas. What a version does not know is not in its documents. Types of
VMODL's own namespaces go to `core-types.xsd` and `query-types.xsd`, all others to `vim-types.xsd`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import chain
from typing import Any, Final

from lxml import etree
from lxml.builder import ElementMaker

from emulator.vmodl import registry
from emulator.vmodl.surface import Surface, whole
from emulator.vmodl.type_description import DataType, EnumType, Kind, Method, Property, TypeRef
from emulator.vmodl.version import Version
from emulator.vmodl.version import version as version_named

_XSD: Final = "http://www.w3.org/2001/XMLSchema"
_WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
_SOAP: Final = "http://schemas.xmlsoap.org/wsdl/soap/"
_VIM: Final = "urn:vim25"

_X: Final = ElementMaker(namespace=_XSD)
_W: Final = ElementMaker(namespace=_WSDL)
_S: Final = ElementMaker(namespace=_SOAP)

#: VMODL primitives that have no XSD type of their own travel as strings.
_STRINGS: Final = frozenset({"TypeName", "MethodName", "PropertyPath"})

#: Arrays of primitives that real servers declare, so that a client can type them in an anyType place.
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

#: The first version of the namespace urn:vim25: what it has, no server of that namespace was ever without.
_FIRST_IN_NAMESPACE: Final = version_named("2.5").position

ADDRESS: Final = "https://localhost/sdk"  #: where a service is that nobody placed yet

_CORE: Final = "core-types.xsd"
_QUERY: Final = "query-types.xsd"
_TYPES: Final = "vim-types.xsd"
_QUERY_MESSAGES: Final = "query-messagetypes.xsd"
_MESSAGES: Final = "vim-messagetypes.xsd"

#: The files in which each file's includes are found.
_INCLUDES: Final = {
    _CORE: (),
    _QUERY: (_CORE,),
    _TYPES: (_QUERY, _CORE),
    _QUERY_MESSAGES: (_CORE, _QUERY),
    _MESSAGES: (_TYPES,),
}


@lru_cache(maxsize=8)
def documents(version: Version, address: str = ADDRESS) -> dict[str, bytes]:
    """Return file name → content of the whole API at a version; `address` is where the service is."""
    return documents_of(whole(version), address)


def documents_of(surface: Surface, address: str = ADDRESS) -> dict[str, bytes]:
    """Return file name → content of a part of the API."""
    return {
        "vimService.wsdl": _text(_service(address)),
        "vim.wsdl": _text(_definitions(surface)),
        **{name: _text(_schema(name, surface)) for name in _INCLUDES},
    }


def _text(root: Any) -> bytes:
    etree.indent(root, "   ")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8")) + b"\n"


def _file_of(vmodl_name: str) -> str:
    if vmodl_name.startswith("vmodl.query."):
        return _QUERY
    return _CORE if vmodl_name.startswith("vmodl.") else _TYPES


def _schema(name: str, surface: Surface) -> Any:
    schema = etree.Element(f"{{{_XSD}}}schema", nsmap={None: _XSD, "vim25": _VIM, "xsd": _XSD})
    schema.set("targetNamespace", _VIM)
    schema.set("elementFormDefault", "qualified")
    for included in _INCLUDES[name]:
        schema.append(_X.include(schemaLocation=included))
    schema.extend(_CONTENTS[name](name, surface))
    return schema


def _type_content(name: str, surface: Surface) -> Iterator[Any]:
    if name == _CORE:
        yield from _language()
    for kind in surface.types:
        if _file_of(kind.vmodl_name) == name:
            yield _complex_type(kind, surface.version)
            if kind.name in _arrayed():
                yield _array(kind.name, f"vim25:{kind.name}")
    for enum in surface.enums:
        if _file_of(enum.vmodl_name) == name:
            yield _enumeration(enum)
            if enum.name in _arrayed():
                yield _array(enum.name, f"vim25:{enum.name}")


def _message_content(name: str, surface: Surface) -> Iterator[Any]:
    return (
        _request_type(method, surface.version)
        for method in surface.methods
        if (_file_of(registry.managed_type(method.owner).vmodl_name) == _QUERY) is (name == _QUERY_MESSAGES)
    )


_CONTENTS: Final[dict[str, Callable[[str, Surface], Iterator[Any]]]] = {
    _CORE: _type_content,
    _QUERY: _type_content,
    _TYPES: _type_content,
    _QUERY_MESSAGES: _message_content,
    _MESSAGES: _message_content,
}


@cache
def _arrayed() -> frozenset[str]:
    """Return the names of the types of which some property, parameter or result is an array."""
    data = (prop.type for name in registry.data_type_names() for prop in registry.data_type(name).own)
    owners = [registry.managed_type(name) for name in registry.managed_type_names()]
    held = (prop.type for owner in owners for prop in owner.own)
    methods = [method for owner in owners for method in owner.own_methods]
    taken = (parameter.type for method in methods for parameter in method.parameters)
    given = (result for method in methods for result in (method.result, method.task_result))
    return frozenset(used.name for used in chain(data, held, taken, given) if used.array)


def _language() -> Iterator[Any]:
    """Yield what VMODL itself defines: the roots of the types, references, arrays of primitives."""
    yield _X.complexType(_X.sequence(), name="DynamicData")
    yield _X.complexType(
        _X.sequence(_X.element(name="name", type="xsd:string"), _X.element(name="val", type="xsd:anyType")),
        name="DynamicProperty",
    )
    yield _array("DynamicProperty", "vim25:DynamicProperty")
    reference = _X.extension(_X.attribute(name="type", type="xsd:string"), base="xsd:string")
    yield _X.complexType(_X.simpleContent(reference), name="ManagedObjectReference")
    yield _array("ManagedObjectReference", "vim25:ManagedObjectReference")
    for array, item in _PRIMITIVE_ARRAYS.items():
        yield _array(item, f"xsd:{item}", array)


def _array(item: str, item_type: str, name: str | None = None) -> Any:
    element = _X.element(name=item, type=item_type, minOccurs="0", maxOccurs="unbounded")
    return _X.complexType(_X.sequence(element), name=name or f"ArrayOf{item}")


def _complex_type(kind: DataType, version: Version) -> Any:
    own = (prop for prop in kind.own if prop.since <= version.position)
    sequence = _X.sequence(*(_element(prop, since=kind.since) for prop in own))
    if kind.name == "LocalizedMethodFault":  # the one place in which a fault travels bare
        sequence[0].set("type", "vim25:MethodFault")
    base = _schema_base(kind)
    content = _X.complexContent(_X.extension(sequence, base=f"vim25:{base}")) if base else sequence
    return _X.complexType(content, name=kind.name)


def _schema_base(kind: DataType) -> str | None:
    """Return the base that the schema names: faults have no common root with data objects there."""
    if kind.name == "MethodFault":
        return None
    return kind.base.name if kind.base and kind.base.name != "DataObject" else None


def _element(prop: Property, since: int) -> Any:
    """Declare a property or parameter; one that came later than its owner may be missing in older answers."""
    came_later = prop.since > max(since, _FIRST_IN_NAMESPACE)
    return _declare(prop.name, prop.type, optional=prop.optional or came_later)


def _declare(name: str, declared: TypeRef, *, optional: bool) -> Any:
    element = _X.element(name=name, type=_type_name(declared))
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
    values = (_X.enumeration(value=value) for value in enum.values)
    return _X.simpleType(_X.restriction(*values, base="xsd:string"), name=enum.name)


def _request_name(method: Method) -> str:
    return f"{method.name.removesuffix('_Task')}RequestType"


def _request_type(method: Method, version: Version) -> Any:
    known = (parameter for parameter in method.parameters if parameter.since <= version.position)
    this = _X.element(name="_this", type="vim25:ManagedObjectReference")
    return _X.complexType(
        _X.sequence(this, *(_element(p, since=method.since) for p in known)), name=_request_name(method)
    )


def _fault_names(methods: Iterable[Method]) -> list[str]:
    """Return the faults that have a message: the language's own, and those that some method declares."""
    general = {
        name
        for name in registry.data_type_names()
        if registry.data_type(name).vmodl_name.startswith("vmodl.fault.")
    }
    declared = {fault for method in methods for fault in method.faults}
    return ["MethodFault", "RuntimeFault", *sorted((general | declared) - {"MethodFault", "RuntimeFault"})]


def _definitions(surface: Surface) -> Any:
    methods = surface.methods
    known = {kind.name for kind in surface.types}
    faults = [name for name in _fault_names(methods) if name in known]
    root = etree.Element(
        f"{{{_WSDL}}}definitions", nsmap={None: _WSDL, "soap": _SOAP, "vim25": _VIM, "xsd": _XSD}
    )
    root.set("targetNamespace", _VIM)
    root.append(_W.types(_messages_schema(methods, faults)))
    for method in methods:
        root.append(_message(f"{method.name}RequestMsg", "parameters", method.name))
        root.append(_message(f"{method.name}ResponseMsg", "parameters", f"{method.name}Response"))
    for fault in faults:
        root.append(_message(f"{fault}FaultMsg", "fault", f"{fault}Fault"))
    root.append(_W.portType(*(_port_operation(method, known) for method in methods), name="VimPortType"))
    transport = _S.binding(style="document", transport="http://schemas.xmlsoap.org/soap/http")
    operations = (_binding_operation(method, known, surface.version) for method in methods)
    root.append(_W.binding(transport, *operations, name="VimBinding", type="vim25:VimPortType"))
    return root


def _messages_schema(methods: Iterable[Method], faults: list[str]) -> Any:
    schema = etree.Element(f"{{{_XSD}}}schema", nsmap={None: _XSD, "vim25": _VIM, "xsd": _XSD})
    schema.set("targetNamespace", _VIM)
    schema.set("elementFormDefault", "qualified")
    for included in (_CORE, _QUERY_MESSAGES, _MESSAGES):
        schema.append(_X.include(schemaLocation=included))
    schema.append(_X.element(name="versionURI", type="xsd:string"))
    schema.extend(_X.element(name=f"{fault}Fault", type=f"vim25:{fault}") for fault in faults)
    for method in methods:
        schema.append(_X.element(name=method.name, type=f"vim25:{_request_name(method)}"))
        schema.append(_X.element(_response_type(method), name=f"{method.name}Response"))
    return schema


def _response_type(method: Method) -> Any:
    if method.result.kind is Kind.VOID:
        return _X.complexType()
    returned = _declare("returnval", method.result, optional=method.optional_result)
    return _X.complexType(_X.sequence(returned))


def _message(name: str, part: str, element: str) -> Any:
    return _W.message(_W.part(name=part, element=f"vim25:{element}"), name=name)


def _declared(method: Method, known: set[str]) -> Iterator[tuple[str, str]]:
    """Yield (fault name, message name) for what an operation may answer with, RuntimeFault last."""
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


def _service(address: str) -> Any:
    root = etree.Element(f"{{{_WSDL}}}definitions", nsmap={None: _WSDL, "soap": _SOAP, "vim25": _VIM})
    root.set("targetNamespace", _VIM)
    # `import` is a keyword of Python, so the element cannot be an attribute of the maker.
    root.append(_W("import", location="vim.wsdl", namespace=_VIM))
    port = _W.port(_S.address(location=address), binding="vim25:VimBinding", name="VimPort")
    root.append(_W.service(port, name="VimService"))
    return root

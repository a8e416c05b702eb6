"""Encode values as SOAP for a client of an API version: elements, responses, faults and the envelope.

The body has no prefixes, the envelope has `soapenv`, `xsd` and `xsi`, and there is no white space between
elements: clients depend on all three. `texts` is the server's catalog, for the messages of faults among
values; by default that of the newest release.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from vim25_emulator.soap.soap_leaf_writer import Writer
from vim25_emulator.soap.soap_text import escape
from vim25_emulator.soap.soap_writer import element, members, typed
from vim25_emulator.vmodl.audience import Audience, audience_at
from vim25_emulator.vmodl.text import Catalog
from vim25_emulator.vmodl.type_description import Kind, Method, TypeRef
from vim25_emulator.vmodl.type_names import LOCALIZED_FAULT, REFERENCE
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import Version

__all__ = [
    "any_writer",
    "encode",
    "encode_any",
    "encode_envelope_fault",
    "encode_fault_detail",
    "encode_object",
    "encode_request",
    "encode_response",
    "encoded",
    "envelope",
]

_BEFORE_BODY: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"\n'
    b' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"\n'
    b' xmlns:xsd="http://www.w3.org/2001/XMLSchema"\n'
    b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
    b"<soapenv:Body>\n"
)
_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACES: Final = (
    b' xmlns="urn:vim25" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
_AFTER_BODY: Final = b"\n</soapenv:Body>\n</soapenv:Envelope>"


def encoded(write: Writer, value: Any) -> bytes:
    """Return what a writer writes for a value."""
    pieces: list[str] = []
    write(value, pieces.append)
    return "".join(pieces).encode()


def encode(tag: str, declared: TypeRef, value: Any, version: Version, texts: Catalog | None = None) -> bytes:
    """Return a value as elements of a declared type: none for None or an empty array, else one or more.

    Raises TypeError, which names the property, for a value that does not have the declared type.
    """
    if value is None:
        return b""
    return encoded(element(tag, declared, audience_at(version.position, texts), tag), value)


def encode_any(
    tag: str, declared: TypeRef, value: Any, version: Version, texts: Catalog | None = None
) -> bytes:
    """Return a value in an anyType place as one element with xsi:type; nothing for None.

    `declared` is the type of the property that the value came from: it distinguishes a long from an int, an
    enumeration from a string, and empty arrays by their items. Raises TypeError as `encode` does.
    """
    if value is None:
        return b""
    return encoded(any_writer(tag, declared, audience_at(version.position, texts)), value)


@cache
def any_writer(tag: str, declared: TypeRef, audience: Audience) -> Writer:
    """Return the writer of values of a declared type in an anyType place."""
    if declared.array:
        name = declared.array_name
    elif declared.kind is Kind.ANY:
        return element(tag, declared, audience, tag)
    elif declared.kind is Kind.FAULT:
        name = LOCALIZED_FAULT
    else:
        name = REFERENCE if declared.kind is Kind.REFERENCE else declared.name
    return typed(tag, name, audience, tag)


def encode_response(method: Method, result: Any, version: Version, texts: Catalog | None = None) -> bytes:
    """Return the response element of a call; empty for a void method or an unset result."""
    content = encode("returnval", method.result, result, version, texts)
    name = method.name.encode()
    return b'<%bResponse xmlns="%b">%b</%bResponse>' % (name, version.namespace.encode(), content, name)


def encode_request(method: Method, this: MoRef, arguments: Mapping[str, Any], version: Version) -> bytes:
    """Return the document of a call."""
    content = encode("_this", TypeRef(Kind.REFERENCE, method.owner, array=False), this, version)
    for parameter in method.parameters:
        content += encode(parameter.name, parameter.type, arguments.get(parameter.name), version)
    name = method.name.encode()
    return envelope(b'<%b xmlns="%b">%b</%b>' % (name, version.namespace.encode(), content, name))


def encode_object(value: DataObject, version: Version, texts: Catalog | None = None) -> bytes:
    """Return the document of a data object; its root is named as in samples [observed: client code]."""
    declared = TypeRef(Kind.DATA, value.type_.name, array=False)  # its own: a fault is not a value here
    content = encode_any("obj", declared, value, version, texts)
    return b"%b<obj%b%b" % (_DECLARATION, _NAMESPACES, content.removeprefix(b"<obj"))


def encode_fault_detail(fault: DataObject, version: Version, texts: Catalog | None = None) -> bytes:
    """Return the child of `<detail>`: the fault for the client's version, in an element named after it."""
    name = fault.type_.known_at(version.position).name
    pieces = [f'<{name}Fault xmlns="{version.namespace}" xsi:type="{name}">']
    properties = fault.__dict__
    for property_name, write in members(name, audience_at(version.position, texts)):
        if property_name in properties:
            write(properties[property_name], pieces.append)
    pieces.append(f"</{name}Fault>")
    return "".join(pieces).encode()


def envelope(body: bytes) -> bytes:
    """Return the document with this body."""
    return b"%b%b%b" % (_BEFORE_BODY, body, _AFTER_BODY)


def encode_envelope_fault(code: str, text: str, detail: bytes | None = None) -> bytes:
    """Return the document of a fault: faultcode, faultstring, and the child of detail if any."""
    detail_element = b"" if detail is None else b"<detail>%b</detail>" % detail
    return envelope(
        b"<soapenv:Fault><faultcode>%b</faultcode><faultstring>%b</faultstring>%b</soapenv:Fault>"
        % (code.encode(), escape(text).encode(), detail_element)
    )

"""Readers of elements without children: scalars and references.

First lines about unexpected elements and undefined prefixes are those of real servers [observed: recordings];
those about wrong values and types are our own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from vim25_emulator.soap.parse_fault import Frame, MisreadError
from vim25_emulator.soap.soap_text import FROM_TEXT
from vim25_emulator.soap.xml_tree import Element
from vim25_emulator.vmodl.reference_type import understood_type
from vim25_emulator.vmodl.registry import enum_type, managed_type
from vim25_emulator.vmodl.type_names import MANAGED_TYPES, REFERENCE, REFERENCE_ALIAS
from vim25_emulator.vmodl.value import MoRef

Reader = Callable[[Element], Any]

#: Declared primitive → other types that xsi:type may name: its restrictions, and types alike on the wire.
_NARROWER: Final = {
    "long": {"int", "short", "byte"},
    "int": {"short", "byte"},
    "short": {"byte"},
    "TypeName": {"string"},
    "MethodName": {"string"},
    "PropertyPath": {"string"},
    "anyURI": {"string"},
    "string": {"anyURI"},
}

_XML_SCHEMA: Final = "http://www.w3.org/2001/XMLSchema"
_NAMESPACES_OF_TYPES: Final = frozenset({_XML_SCHEMA, "urn:vim25", "urn:vim2"})


def unexpected(element: Element) -> MisreadError:
    """Return the error for an unexpected element."""
    return MisreadError(f'Unexpected element tag "{element.name}" seen')


def dynamic_type(element: Element) -> str | None:
    """Return the local name in xsi:type; raise MisreadError if its prefix is undefined.

    An undefined `xsd` is accepted: clients written in Go never define it, so servers must do so [derived].
    """
    if not element.attributes:
        return None
    qualified = element.attributes.get("xsi:type")
    if qualified is None:
        return None
    prefix, colon, name = qualified.strip().rpartition(":")
    if not name:
        raise MisreadError(f'Attribute value "{qualified}" names no type')
    namespace = element.type_namespace
    if colon and namespace is None and prefix != "xsd":
        raise MisreadError(f"Attribute value {qualified} uses an undefined namespace prefix {prefix}")
    if namespace is not None and namespace not in _NAMESPACES_OF_TYPES:
        raise MisreadError(f"Unable to resolve WSDL type name {name} in namespace {namespace}")
    return name


# ---- scalars -------------------------------------------------------------------------------------------


def _scalar(convert: Callable[[str], Any], name: str, accepted: frozenset[str]) -> Reader:
    def read(element: Element) -> Any:
        if element:
            raise unexpected(element[0])
        if element.attributes and (dynamic_type(element) or name) not in accepted:
            raise MisreadError(f"Type {dynamic_type(element)} is not derived from {name}")
        try:
            return convert(element.text)
        except ValueError:
            raise MisreadError(f'Unable to parse "{element.text:.200}" as {name}') from None

    return read


@cache
def primitive(name: str) -> Reader:
    """Return the reader of a primitive type."""
    return _scalar(FROM_TEXT[name], name, frozenset({name, *_NARROWER.get(name, ())}))


@cache
def enumeration(name: str) -> Reader:
    """Return the reader of an enumeration, which rejects values that are not listed."""
    values = frozenset(enum_type(name).values)

    def convert(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    return _scalar(convert, name, frozenset({name, "string"}))


# ---- references ----------------------------------------------------------------------------------------


def require_reference(element: Element) -> None:
    """Raise MisreadError if xsi:type is neither that of a reference nor a managed object type."""
    name = dynamic_type(element)
    if name not in {None, REFERENCE, REFERENCE_ALIAS} and name not in MANAGED_TYPES:
        raise MisreadError(f"Type {name} is not derived from {REFERENCE}")


@cache
def reference(declared: str, *, typed: bool = False) -> Reader:
    """Return the reader of references; one without a type is of `declared`, unless the type is required."""
    types = {} if typed else {"": declared}

    def learn(name: str) -> str:
        if name not in MANAGED_TYPES:
            raise MisreadError(
                f"Unable to resolve WSDL type name {name}" if name else "Attribute type is missing"
            )
        understood = understood_type(name, declared)
        if understood is None:
            raise MisreadError(f"Type {name} is not derived from {declared}")
        types[name] = understood
        return understood

    def read(element: Element) -> MoRef:
        name = element.attributes.get("type", "")
        try:
            if element:
                raise unexpected(element[0])
            if "xsi:type" in element.attributes:
                require_reference(element)
            return MoRef(types.get(name) or learn(name), element.text.strip())
        except MisreadError as error:
            shown = managed_type(declared).vmodl_name
            error.frames.append(Frame(f"while parsing MoRef for ManagedObject of type {shown}", element))
            raise

    return read

"""Readers of SOAP elements: for each type and API version, a table of members with their readers.

Members come in declared order; what the client's version does not have, comes twice or comes late is an
unexpected element. Types are told by xsi:type where they are not the declared ones; prefixes, and attributes
that we do not know, say nothing. A reader raises `Misread` with the frames of what it was reading.

Of the first lines, those about missing, unexpected and wrong tags are known from servers; those about wrong
values and types are our own words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final

from emulator.vmodl.parse_fault import Frame, Misread
from emulator.vmodl.registry import (
    DataType,
    Kind,
    Property,
    TypeRef,
    data_type,
    data_type_names,
    enum_type,
    enum_type_names,
    managed_type,
    managed_type_names,
)
from emulator.vmodl.soap_text import FROM_TEXT
from emulator.vmodl.soap_writer import LOCALIZED_FAULT, REFERENCE_NAME, item_name
from emulator.vmodl.text import text_of
from emulator.vmodl.value import DataObject, MoRef, Tagged
from emulator.vmodl.version import VERSIONS
from emulator.vmodl.xml_tree import Element

Reader = Callable[[Element], Any]

_DATA_NAMES: Final = frozenset(data_type_names())
_ENUM_NAMES: Final = frozenset(enum_type_names())
_MANAGED_NAMES: Final = frozenset(managed_type_names())
#: Types whose values Python's own types tell apart; others are Tagged in an anyType place.
_TELLING: Final = frozenset({"string", "boolean", "int", "double", "dateTime", "base64Binary"})
#: Declared primitive → other names that xsi:type may give there: its restrictions, or the same on the wire.
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


def unexpected(element: Element) -> Misread:
    """Return the finding that an element is not expected where it stands."""
    return Misread(f'Unexpected element tag "{element.name}" seen')


def dynamic_type(element: Element) -> str | None:
    """Return the local name that xsi:type gives; raise Misread if its prefix is undefined."""
    if not element.attributes:
        return None
    given = element.attributes.get("xsi:type")
    if given is None:
        return None
    prefix, joint, name = given.strip().rpartition(":")
    if joint and prefix not in element.scope:
        raise Misread(f"Attribute value {given} uses an undefined namespace prefix {prefix}")
    return name


# ---- scalars -------------------------------------------------------------------------------------------


def _scalar(convert: Callable[[str], Any], name: str, admitted: frozenset[str]) -> Reader:
    def read(element: Element) -> Any:
        if element:
            raise unexpected(element[0])
        if element.attributes and (dynamic_type(element) or name) not in admitted:
            raise Misread(f"Type {dynamic_type(element)} is not derived from {name}")
        try:
            return convert(element.text)
        except ValueError:
            raise Misread(f'Unable to parse "{element.text:.200}" as {name}') from None

    return read


@cache
def _primitive(name: str) -> Reader:
    return _scalar(FROM_TEXT[name], name, frozenset({name, *_NARROWER.get(name, ())}))


@cache
def _enum(name: str) -> Reader:
    values = frozenset(enum_type(name).values)

    def convert(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    return _scalar(convert, name, frozenset({name, "string"}))


# ---- references ----------------------------------------------------------------------------------------


@cache
def reference(declared: str) -> Reader:
    """Return the reader of references; one without a type, or of a more general one, is of `declared`."""
    admitted = {"": declared} if declared != "ManagedObject" else {}

    def learn(name: str) -> str:
        if name not in _MANAGED_NAMES:
            raise Misread(f"Unable to resolve WSDL type name {name}" if name else "Attribute type is missing")
        if managed_type(name).is_a(declared):
            admitted[name] = name
        elif managed_type(declared).is_a(name):
            admitted[name] = declared
        else:
            raise Misread(f"Type {name} is not derived from {declared}")
        return admitted[name]

    def read(element: Element) -> MoRef:
        name = element.attributes.get("type", "")
        try:
            if element:
                raise unexpected(element[0])
            return MoRef(admitted.get(name) or learn(name), element.text.strip())
        except Misread as found:
            shown = managed_type(declared).vmodl_name
            found.frames.append(Frame(f"while parsing MoRef for ManagedObject of type {shown}", element))
            raise

    return read


# ---- members: properties and parameters ----------------------------------------------------------------


_UNKNOWN: Final = (-1, False, None)


class Members:
    """The properties of a data object, or the parameters of a method, as a client's version has them."""

    __slots__ = ("_next_required", "_owner", "_properties", "_table")

    def __init__(self, owner: DataType | None, properties: Iterable[Property], position: int) -> None:
        self._owner = owner
        self._properties = [prop for prop in properties if prop.since <= position]
        self._table: dict[str, tuple[int, bool, Any]] = {
            prop.name: (index, prop.type.array, self._reader(prop, position))
            for index, prop in enumerate(self._properties)
        }
        self._next_required = [len(self._properties)]
        for index, prop in reversed(list(enumerate(self._properties))):
            required = not prop.optional and not prop.type.array  # an empty array leaves no trace
            self._next_required.insert(0, index if required else self._next_required[0])

    def _reader(self, prop: Property, position: int) -> Reader:
        if self._owner and self._owner.name == LOCALIZED_FAULT.name and prop.type.kind is Kind.FAULT:
            return data(prop.type.name, position)  # the one place for a fault as it is
        return reader(prop.type, position)

    def read(self, elements: Iterable[Element]) -> dict[str, Any]:
        """Return values by name; raise Misread for a missing, repeated, late or unknown element."""
        values: dict[str, Any] = {}
        arrays: list[str] = []
        last, table, next_required = -1, self._table, self._next_required
        for element in elements:
            name = element.name
            index, repeats, read = table.get(name, _UNKNOWN)
            if (index <= last and not (repeats and index == last)) or next_required[last + 1] < index:
                raise self._refusal(name, index, last + 1)
            try:
                value = read(element)
            except Misread as found:
                self._place(found, index)
                raise
            if not repeats:
                values[name] = value
            elif index == last:
                values[name].append(value)
            else:
                values[name] = [value]
                arrays.append(name)
            last = index
        if next_required[last + 1] < len(self._properties):
            raise self._missing(next_required[last + 1])
        for name in arrays:
            values[name] = tuple(values[name])
        return values

    def _refusal(self, name: str, index: int, following: int) -> Misread:
        required = self._next_required[following]
        if required == len(self._properties):
            return Misread(f'Unexpected element tag "{name}" seen')
        if index > required:
            return self._missing(required)
        return Misread(f"Got <{name}> tag when expecting <{self._properties[required].name}> tag")

    def _missing(self, index: int) -> Misread:
        name = self._properties[index].name
        if self._owner is None:
            return Misread(f"Required parameter {name} is missing")
        return Misread(f"Required property {name} is missing from data object of type {self._owner.name}")

    def _place(self, found: Misread, index: int) -> None:
        if self._owner is not None:
            prop = self._properties[index]
            static = prop.type.array_name if prop.type.array else prop.type.name
            found.frames.append(Frame(f'while parsing property "{prop.name}" of static type {static}'))


@cache
def _properties(name: str, position: int) -> Members:
    kind = data_type(name)
    return Members(kind, kind.properties.values(), position)


# ---- data objects and faults ---------------------------------------------------------------------------


@cache
def data(declared: str, position: int) -> Reader:
    """Return the reader of data objects of a type and those that extend it."""
    known: dict[str, tuple[DataType, Members]] = {}

    def learn(name: str) -> tuple[DataType, Members]:
        if name not in _DATA_NAMES or data_type(name).since > position:
            raise Misread(f"Unable to resolve WSDL type name {name}")
        if not data_type(name).is_a(declared):
            raise Misread(f"Type {name} is not derived from {declared}")
        known[name] = data_type(name), _properties(name, position)
        return known[name]

    def read(element: Element) -> DataObject:
        name = declared
        try:
            name = dynamic_type(element) or declared
            kind, members = known.get(name) or learn(name)
            return DataObject.trusted(kind, members.read(element))
        except Misread as found:
            shown = data_type(name if name in known else declared)
            frame = Frame(f"while parsing serialized DataObject of type {shown.vmodl_name}", element)
            found.frames.append(frame)
            raise

    return read


@cache
def _fault(position: int) -> Reader:
    """Return the reader of faults. One whose text is only what we would say ourselves comes without it."""
    read_localized = data(LOCALIZED_FAULT.name, position)

    def read(element: Element) -> DataObject:
        localized = read_localized(element)
        fault: DataObject = localized.fault
        own_text = localized.localizedMessage in {None, text_of(fault, VERSIONS[position])}
        return fault if own_text else localized

    return read


# ---- anyType -------------------------------------------------------------------------------------------


@cache
def _any(position: int) -> Reader:
    def read(element: Element) -> Any:
        name = dynamic_type(element)
        if name is None:
            raise Misread("Attribute xsi:type is missing")
        value = _named(name, position)(element)
        tells = name in _TELLING or value.__class__ in {MoRef, DataObject}
        return value if tells else Tagged(name, value)

    return read


@cache
def _named(name: str, position: int) -> Reader:
    """Return the reader of what xsi:type names in an anyType place; raise Misread for an unknown name."""
    if name in FROM_TEXT:
        return _primitive(name)
    if name == REFERENCE_NAME:
        return reference("ManagedObject")
    if name == LOCALIZED_FAULT.name:
        return _fault(position)
    if name in _ENUM_NAMES:
        return _enum(name)
    if name not in _DATA_NAMES and name.startswith("ArrayOf"):
        return _array(item_name(name), position)
    return data(name, position) if name in _DATA_NAMES else _unresolved(name)


def _unresolved(name: str) -> Reader:
    raise Misread(f"Unable to resolve WSDL type name {name}")


def _array(item: str, position: int) -> Reader:
    special = {"anyType": _any, "MethodFault": _fault}
    read_item = special[item](position) if item in special else _named(item, position)

    def read(element: Element) -> tuple[Any, ...]:
        for child in element:
            if child.name != item:
                raise Misread(f"Got <{child.name}> tag when expecting <{item}> tag")
        return tuple(map(read_item, element))

    return read


# ---- declared places -----------------------------------------------------------------------------------


def reader(declared: TypeRef, position: int) -> Reader:
    """Return the reader of one element of a declared type (of one item, for an array)."""
    readers: dict[Kind, Callable[[], Reader]] = {
        Kind.PRIMITIVE: lambda: _primitive(declared.name),
        Kind.ENUM: lambda: _enum(declared.name),
        Kind.REFERENCE: lambda: reference(declared.name),
        Kind.DATA: lambda: data(declared.name, position),
        Kind.FAULT: lambda: _fault(position),
        Kind.ANY: lambda: _any(position),
    }
    return readers[declared.kind]()

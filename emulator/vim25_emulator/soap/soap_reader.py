"""Readers of SOAP elements: for each type and API version, a table of members with their readers.

Members are in declared order; one that is repeated, late or newer than the client's version is an unexpected
element. A type other than the declared one is named by xsi:type; prefixes and unknown attributes are ignored.
A reader raises `MisreadError` with the frames of what it was parsing.

Servers reject parameters in a wrong order [observed: recordings], and properties likewise [derived]. First
lines about missing, unexpected and wrong tags are those of real servers, those about types are our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final

from vim25_emulator.soap.parse_fault import Frame, MisreadError
from vim25_emulator.soap.soap_leaf_reader import Reader, dynamic_type, enumeration, primitive, reference
from vim25_emulator.soap.soap_text import FROM_TEXT
from vim25_emulator.soap.xml_tree import Element
from vim25_emulator.vmodl.any_type import PLAIN
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.text import is_default_text
from vim25_emulator.vmodl.type_description import DataType, Kind, Method, Property, TypeRef
from vim25_emulator.vmodl.type_names import (
    ANY,
    DATA_TYPES,
    ENUM_TYPES,
    FAULT,
    LOCALIZED_FAULT,
    REFERENCE,
    REFERENCE_ALIAS,
    item_name,
)
from vim25_emulator.vmodl.value import DataObject, MoRef, Tagged
from vim25_emulator.vmodl.wire_member import wire_members

# ---- members: properties and parameters ----------------------------------------------------------------


_UNKNOWN: Final = (-1, False, None)
#: Elements that may stand, empty, first in a data object [observed: clients of 4.1 and 5.5]; ignored.
_DYNAMIC: Final = frozenset({"dynamicType", "dynamicProperty"})


class Members:
    """The properties of a data object type, or the parameters of a method, in a client's version."""

    __slots__ = ("_next_required", "_owner", "_properties", "_table")

    def __init__(self, owner: DataType | Method, position: int) -> None:
        self._owner = owner if isinstance(owner, DataType) else None
        self._properties = []
        required = []
        for prop, is_required in wire_members(owner, position):
            self._properties.append(prop)
            required.append(is_required and not prop.type.array)  # an empty array has no elements
        self._table: dict[str, tuple[int, bool, Any]] = {
            prop.name: (index, prop.type.array, self._reader(prop, position))
            for index, prop in enumerate(self._properties)
        }
        self._next_required = [len(required)]
        for index in reversed(range(len(required))):
            self._next_required.insert(0, index if required[index] else self._next_required[0])

    def _reader(self, prop: Property, position: int) -> Reader:
        if self._owner and self._owner.name == LOCALIZED_FAULT and prop.type.kind is Kind.FAULT:
            return data(prop.type.name, position)  # the only property that is a bare fault
        return reader(prop.type, position)

    def read(self, elements: Iterable[Element]) -> dict[str, Any]:
        """Return values by name; raise MisreadError for a missing, repeated, late or unknown element."""
        values: dict[str, Any] = {}
        arrays: list[str] = []
        last, table, next_required = -1, self._table, self._next_required
        for element in elements:
            name = element.name
            index, repeats, read = table.get(name, _UNKNOWN)
            if (index <= last and not (repeats and index == last)) or next_required[last + 1] < index:
                if last < 0 and self._is_ignored(element):
                    continue
                raise self._unexpected(name, index, last + 1)
            try:
                value = read(element)
            except MisreadError as error:
                self._add_frame(error, index)
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

    def _is_ignored(self, element: Element) -> bool:
        return self._owner is not None and element.name in _DYNAMIC and not (element or element.text)

    def _unexpected(self, name: str, index: int, following: int) -> MisreadError:
        required = self._next_required[following]
        if required == len(self._properties):
            return MisreadError(f'Unexpected element tag "{name}" seen')
        if index > required:
            return self._missing(required)
        return MisreadError(f"Got <{name}> tag when expecting <{self._properties[required].name}> tag")

    def _missing(self, index: int) -> MisreadError:
        name = self._properties[index].name
        if self._owner is None:
            return MisreadError(f"Required parameter {name} is missing")
        return MisreadError(
            f"Required property {name} is missing from data object of type {self._owner.name}"
        )

    def _add_frame(self, error: MisreadError, index: int) -> None:
        if self._owner is not None:
            prop = self._properties[index]
            static = prop.type.array_name if prop.type.array else prop.type.name
            error.frames.append(Frame(f'while parsing property "{prop.name}" of static type {static}'))


@cache
def _properties(name: str, position: int) -> Members:
    return Members(data_type(name), position)


def require_no_text(element: Element) -> None:
    """Raise MisreadError for text where elements are expected [derived]."""
    if element.text and not element.text.isspace():
        raise MisreadError(f'Unexpected text in element "{element.name}"')


# ---- data objects and faults ---------------------------------------------------------------------------


@cache
def data(declared: str, position: int) -> Reader:
    """Return the reader of data objects of a type or its subtypes."""
    known: dict[str, tuple[DataType, Members]] = {}

    def learn(name: str) -> tuple[DataType, Members]:
        if name not in DATA_TYPES or data_type(name).since > position:
            raise MisreadError(f"Unable to resolve WSDL type name {name}")
        if not data_type(name).is_a(declared):
            raise MisreadError(f"Type {name} is not derived from {declared}")
        known[name] = data_type(name), _properties(name, position)
        return known[name]

    def read(element: Element) -> DataObject:
        name = declared
        try:
            name = dynamic_type(element) or declared
            kind, members = known.get(name) or learn(name)
            if element.text and not element:
                require_no_text(element)
            return DataObject.trusted(kind, members.read(element))
        except MisreadError as error:
            shown = data_type(name if name in known else declared)
            frame = Frame(f"while parsing serialized DataObject of type {shown.vmodl_name}", element)
            error.frames.append(frame)
            raise

    return read


@cache
def _fault(position: int) -> Reader:
    """Return the reader of faults. A message that is our own default is dropped."""
    read_localized = data(LOCALIZED_FAULT, position)

    def read(element: Element) -> DataObject:
        localized = read_localized(element)
        fault: DataObject = localized.fault
        return fault if is_default_text(fault, localized.localizedMessage) else localized

    return read


# ---- anyType -------------------------------------------------------------------------------------------


@cache
def _any(position: int) -> Reader:
    def read(element: Element) -> Any:
        name = dynamic_type(element)
        if name is None:
            raise MisreadError("Attribute xsi:type is missing")
        value = _named(name, position)(element)
        is_plain = name in PLAIN or value.__class__ in {MoRef, DataObject}
        return value if is_plain else Tagged(name, value)

    return read


@cache
def _named(name: str, position: int) -> Reader:
    """Return the reader of the type that xsi:type names in an anyType place; raise MisreadError."""
    if name in FROM_TEXT:
        return primitive(name)
    if name in ENUM_TYPES:
        return enumeration(name)
    if name in (REFERENCE, REFERENCE_ALIAS):
        return reference("ManagedObject", typed=True)
    if name == LOCALIZED_FAULT:
        return _fault(position)
    if name in DATA_TYPES:
        return data(name, position)
    item = item_name(name)
    if item is None:
        raise MisreadError(f"Unable to resolve WSDL type name {name}")
    return _array(item, position)


def _array(item: str, position: int) -> Reader:
    special = {ANY: _any, FAULT: _fault}
    read_item = special[item](position) if item in special else _named(item, position)

    def read(element: Element) -> tuple[Any, ...]:
        require_no_text(element)
        for child in element:
            if child.name != item:
                raise MisreadError(f"Got <{child.name}> tag when expecting <{item}> tag")
        return tuple(map(read_item, element))

    return read


# ---- elements of a declared type -----------------------------------------------------------------------


def reader(declared: TypeRef, position: int) -> Reader:
    """Return the reader of one element of a declared type (for an array, of one item)."""
    readers: dict[Kind, Callable[[], Reader]] = {
        Kind.PRIMITIVE: lambda: primitive(declared.name),
        Kind.ENUM: lambda: enumeration(declared.name),
        Kind.REFERENCE: lambda: reference(declared.name),
        Kind.DATA: lambda: data(declared.name, position),
        Kind.FAULT: lambda: _fault(position),
        Kind.ANY: lambda: _any(position),
    }
    return readers[declared.kind]()

"""Reading of saved values that do not conform to the API, of which as little as possible is lost.

A client that saves what it was answered may write bytes unsigned, leave out what it does not know, and be
newer or older than this API. A number that fits its type without a sign becomes the one of the same bits; an
unlisted value of an enumeration is kept; what cannot be read is left out, but nothing around it.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, Final

from vim25_emulator.soap.parse_fault import MisreadError
from vim25_emulator.soap.soap_leaf_reader import dynamic_type
from vim25_emulator.soap.soap_reader import reader
from vim25_emulator.soap.xml_tree import Element
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.scalar import INTEGER_RANGES
from vim25_emulator.vmodl.type_description import DataType, Kind, TypeRef
from vim25_emulator.vmodl.type_names import (
    ANY_TYPE,
    DATA_TYPES,
    ENUM_TYPES,
    FAULT,
    LOCALIZED_FAULT,
    PRIMITIVES,
    REFERENCE,
    REFERENCE_ALIAS,
    item_name,
)
from vim25_emulator.vmodl.value import DataObject, Tagged
from vim25_emulator.vmodl.version import NEWEST

LOST: Final = object()  #: instead of a value that cannot be read
_REFERENCES: Final = frozenset({REFERENCE, REFERENCE_ALIAS})


class LenientReader:
    """Reads elements; `notes` say what was adjusted or left out, each with its path."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def value(self, element: Element, declared: TypeRef, path: str) -> Any:
        """Return the value of a property, LOST if none can be read; an array is one element."""
        if declared.array and "xsi:type" not in element.attributes:
            return self._items(element, item_of(declared), path)
        return self._read(element, declared if _lacks_type(element) else ANY_TYPE, path)

    def _read(self, element: Element, declared: TypeRef, path: str) -> Any:
        """Return the value of one element (of an array, of an item): as a strict reader does, or repaired."""
        try:
            return reader(declared, NEWEST.position)(element)
        except MisreadError as error:
            try:
                return _REPAIRS[declared.kind](self, element, declared.name, path)
            except MisreadError:
                return self._lost(path, error)

    def _lost(self, path: str, error: MisreadError) -> object:
        self.notes.append(f"omitted {path}: {error}")
        return LOST

    def _items(self, element: Element, item: TypeRef, path: str) -> tuple[Any, ...]:
        read = (self._read(child, item, f"{path}[{number}]") for number, child in enumerate(element))
        return tuple(value for value in read if value is not LOST)

    def _number(self, element: Element, name: str, path: str) -> int:
        """Return a number that was written without its sign."""
        low, high = INTEGER_RANGES.get(name, (0, 0))
        text = element.text.strip()
        if not text.isdecimal() or not high < int(text[:40]) <= high - low:
            raise MisreadError(f"no {name}")
        number = int(text) + 2 * low
        self.notes.append(f"{path}: {text} is {number} as a signed {name}")
        return number

    def _listed(self, element: Element, name: str, path: str) -> str:
        text = element.text.strip()
        if not text or element:
            raise MisreadError(f"no {name}")
        self.notes.append(f"{path}: kept {text!r}, which {name} does not list")
        return text

    def _data(self, element: Element, declared: str, path: str) -> DataObject:
        """Return a data object with the members that can be read."""
        kind, values = self._kind(element, declared, path), dict[str, Any]()
        for child in element:
            prop = kind.properties.get(child.name)
            if prop is None or (child.name in values and not prop.type.array):
                self._lost(f"{path}.{child.name}", MisreadError(f"unexpected in a {kind.name}"))
                continue
            bare = kind.name == LOCALIZED_FAULT and prop.type.kind is Kind.FAULT
            expected = TypeRef(Kind.DATA, FAULT, array=False) if bare else prop.type
            value = self._read(child, expected, f"{path}.{child.name}")
            if value is not LOST:
                values[child.name] = (*values.get(child.name, ()), value) if prop.type.array else value
        return DataObject.trusted(kind, values)

    def _kind(self, element: Element, declared: str, path: str) -> DataType:
        """Return the type of a data object; the declared one for one that this API does not have."""
        name = dynamic_type(element) or declared
        if name in DATA_TYPES and data_type(name).is_a(declared):
            return data_type(name)
        self.notes.append(f"{path}: read {name} as {declared}")
        return data_type(declared)

    def _fault(self, element: Element, declared: str, path: str) -> DataObject:
        localized = self._data(element, LOCALIZED_FAULT, path)
        if localized.fault is None:
            raise MisreadError(f"no {declared}")
        return localized

    def _any(self, element: Element, declared: str, path: str) -> Any:
        """Return the value of the type that it names."""
        name = dynamic_type(element) or ""
        item = item_name(name)
        if name in DATA_TYPES:
            return self._data(element, name, path)
        if item is not None:
            return Tagged(name, self._items(element, type_named(item), path))
        declared_type = type_named(name)
        value = self._read(_without_type(element), declared_type, path)
        return value if value is LOST or name == "int" else Tagged(name, value)


def _lacks_type(element: Element) -> bool:
    return "xsi:type" not in element.attributes


def _without_type(element: Element) -> Element:
    """Return a copy of an element whose type is not named."""
    untyped = copy(element)
    untyped.attributes = {name: value for name, value in element.attributes.items() if name != "xsi:type"}
    return untyped


def item_of(declared: TypeRef) -> TypeRef:
    """Return the type of an array's items."""
    return TypeRef(declared.kind, declared.name, array=False)


def type_named(name: str) -> TypeRef:
    """Return the type with this name on the wire; raise MisreadError if it does not exist."""
    kinds = (
        (Kind.PRIMITIVE, PRIMITIVES),
        (Kind.ENUM, ENUM_TYPES),
        (Kind.FAULT, (FAULT, LOCALIZED_FAULT)),
        (Kind.DATA, DATA_TYPES),
        (Kind.REFERENCE, _REFERENCES),
        (Kind.ANY, ("anyType",)),
    )
    kind = next((kind for kind, names in kinds if name in names), None)
    if kind is None:
        raise MisreadError(f"Unable to resolve WSDL type name {name}")
    return TypeRef(kind, "ManagedObject" if kind is Kind.REFERENCE else name, array=False)


def _unreadable(_reader: LenientReader, _element: Element, name: str, _path: str) -> Any:
    raise MisreadError(f"no {name}")


_REPAIRS: Final[dict[Kind, Callable[[LenientReader, Element, str, str], Any]]] = {
    Kind.PRIMITIVE: LenientReader._number,
    Kind.ENUM: LenientReader._listed,
    Kind.DATA: LenientReader._data,
    Kind.FAULT: LenientReader._fault,
    Kind.ANY: LenientReader._any,
    Kind.REFERENCE: _unreadable,
}

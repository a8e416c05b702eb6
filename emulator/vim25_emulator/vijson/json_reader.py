"""Readers of JSON values: for each type and API version, a table of members with their readers.

What is read is what the SOAP codec reads of the same value. The order of members does not matter; `null` is
an unset member, and so is an empty array, which has no elements over SOAP. A required array may be either,
which is what clients send for an empty one, but not missing [derived]. A member or type that the client's
version does not have is unknown. A reader raises `WrongValueError` with the path to what it cannot read.

An object without `_typeName` is taken for a reference, whatever its place declares [observed: 8.0.3].
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from vim25_emulator.vijson.json_leaf_reader import (
    PRIMITIVES,
    Reader,
    enumeration,
    reference,
    require_fields,
    wrong_type,
)
from vim25_emulator.vijson.object_form import TEXT, TYPE_NAME, VALUE
from vim25_emulator.vijson.wrong_value import LONGEST, WrongValueError
from vim25_emulator.vmodl.any_type import PLAIN
from vim25_emulator.vmodl.registry import data_type, enum_type
from vim25_emulator.vmodl.text import is_default_text
from vim25_emulator.vmodl.type_description import DataType, Kind, Method, TypeRef
from vim25_emulator.vmodl.type_names import (
    ANY,
    DATA_TYPES,
    ENUM_TYPES,
    FAULT,
    LOCALIZED_FAULT,
    REFERENCE,
    item_name,
)
from vim25_emulator.vmodl.value import DataObject, MoRef, Tagged
from vim25_emulator.vmodl.wire_member import wire_members

# ---- members: properties and parameters ----------------------------------------------------------------


class ObjectMembers:
    """The properties of a data object type, or the parameters of a method, in a client's version."""

    __slots__ = ("_arrays", "_names", "_table")

    def __init__(self, owner: DataType | Method, position: int) -> None:
        #: name, class of values that need no reader, reader, whether it is required
        self._table = [
            (prop.name, _read_as_it_is(prop.type), _member(prop.type, position), required)
            for prop, required in wire_members(owner, position)
        ]
        self._arrays = frozenset(prop.name for prop, _ in wire_members(owner, position) if prop.type.array)
        self._names = frozenset({TYPE_NAME, *(name for name, *_ in self._table)})

    def read(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return values by name in wire order; raise for a missing, wrong or unknown member."""
        values: dict[str, Any] = {}
        for name, as_it_is, read, required in self._table:
            item = data.get(name)
            if item is None:
                if required and not (name in data and name in self._arrays):
                    raise WrongValueError("it is required", name)
            elif item.__class__ is as_it_is:
                values[name] = item
            else:
                try:
                    value = read(item)
                except WrongValueError as error:
                    error.enter(name)
                    raise
                if value is not None:
                    values[name] = value
        if len(data) != len(values) + (TYPE_NAME in data):
            self._require_known(data)
        return values

    def _require_known(self, data: dict[str, Any]) -> None:
        for name in data:
            if name not in self._names:
                raise WrongValueError("there is no such member", name)


def _read_as_it_is(declared: TypeRef) -> type | None:
    if declared.array or declared.kind is not Kind.PRIMITIVE:
        return None
    return {"boolean": bool, "string": str}.get(declared.name)


def _member(declared: TypeRef, position: int) -> Reader:
    """Return the reader of a member; its result is None for an empty array."""
    read = reader(declared, position)
    return (lambda data: read(data) or None) if declared.array else read


@cache
def _properties(name: str, position: int) -> ObjectMembers:
    return ObjectMembers(data_type(name), position)


# ---- data objects and faults ---------------------------------------------------------------------------


def type_name(data: Any, expected: str) -> str:
    """Return the `_typeName` of an object, that of a reference if it has none."""
    if data.__class__ is not dict:
        raise wrong_type(expected, data)
    name = data.get(TYPE_NAME)
    if name is None:
        return REFERENCE
    if name.__class__ is not str:
        raise WrongValueError("a string is required", TYPE_NAME)
    return name


def _require_known_type(name: str, position: int) -> None:
    """Raise WrongValueError for a name of no data object type; LocalizedMethodFault is none [documented]."""
    if name not in DATA_TYPES or name == LOCALIZED_FAULT or data_type(name).since > position:
        raise WrongValueError(f"there is no data object type {name[:LONGEST]!r}")


@cache
def data_object(declared: str, position: int) -> Reader:
    """Return the reader of data objects of a type or its subtypes."""
    known: dict[str, tuple[DataType, ObjectMembers]] = {}

    def learn(name: str, data: dict[str, Any]) -> tuple[DataType, ObjectMembers]:
        if name == REFERENCE:
            require_fields(data)
            raise WrongValueError(f"a {declared} is required, not a reference")
        _require_known_type(name, position)
        if not data_type(name).is_a(declared):
            raise WrongValueError(f"a {name} is no {declared}")
        known[name] = data_type(name), _properties(name, position)
        return known[name]

    def read(data: Any) -> DataObject:
        name = type_name(data, f"a {declared}")
        kind, members = known.get(name) or learn(name, data)
        return DataObject.trusted(kind, members.read(data))

    return read


@cache
def fault(position: int) -> Reader:
    """Return the reader of faults with their texts. A text that is our own default is dropped."""
    read_fault = data_object(FAULT, position)

    def read(data: Any) -> DataObject:
        text = None
        if data.__class__ is dict and TEXT in data:
            data = dict(data)
            text = data.pop(TEXT)
        if text is not None and text.__class__ is not str:
            raise WrongValueError("a string is required", TEXT)
        bare: DataObject = read_fault(data)
        is_default = is_default_text(bare, text)
        return bare if is_default else DataObject(LOCALIZED_FAULT, fault=bare, localizedMessage=text)

    return read


# ---- anyType -------------------------------------------------------------------------------------------

#: Other names of primitives in anyType places [documented].
_ALIASES = {"binary": "base64Binary"}


@cache
def _any(position: int) -> Reader:
    def read(data: Any) -> Any:
        name = type_name(data, "an object with _typeName")
        name = _ALIASES.get(name, name)
        value = _named(name, position)(data)
        is_plain = name in PLAIN or value.__class__ in {MoRef, DataObject}
        return value if is_plain else Tagged(name, value)

    return read


@cache
def _named(name: str, position: int) -> Reader:
    """Return the reader of an object with this `_typeName` in an anyType place; raise WrongValueError."""
    if name == REFERENCE:
        return _boxed_or_plain(reference("ManagedObject"))
    item = item_name(name)
    if item is not None:
        return _boxed(_repeated(_item(item, position)))
    if name in PRIMITIVES or name in ENUM_TYPES:
        return _boxed(_item(name, position))
    return _item(name, position)


def _item(name: str, position: int) -> Reader:
    """Return the reader of an item of an array of the named type."""
    special = {ANY: _any, FAULT: fault, LOCALIZED_FAULT: fault}
    if name in special:
        return special[name](position)
    if name in PRIMITIVES:
        return PRIMITIVES[name]
    if name in ENUM_TYPES and enum_type(name).since <= position:
        return enumeration(name)
    if name == REFERENCE:
        return reference("ManagedObject")
    _require_known_type(name, position)
    return fault(position) if data_type(name).is_fault else data_object(name, position)


def _boxed(read_value: Reader) -> Reader:
    def read(data: dict[str, Any]) -> Any:
        for name in data:
            if name not in {TYPE_NAME, VALUE}:
                raise WrongValueError("there is no such member", name)
        if data.get(VALUE) is None:
            raise WrongValueError("it is required", VALUE)
        return read_value(data[VALUE])

    return read


def _boxed_or_plain(read_plain: Reader) -> Reader:
    """Return the reader of references, which a guide shows boxed and no recording does [documented].

    Only a box says so itself: an object without `_typeName` is a reference.
    """
    read_boxed = _boxed(read_plain)
    return lambda data: read_boxed(data) if VALUE in data and TYPE_NAME in data else read_plain(data)


# ---- values of a declared type -------------------------------------------------------------------------


def _repeated(read_item: Reader) -> Reader:
    def read(data: Any) -> tuple[Any, ...]:
        if data.__class__ is not list:
            raise wrong_type("an array", data)
        values: list[Any] = []
        try:
            values.extend(map(read_item, data))
        except WrongValueError as error:
            error.enter(f"[{len(values)}]")
            raise
        return tuple(values)

    return read


def reader(declared: TypeRef, position: int) -> Reader:
    """Return the reader of values of a declared type."""
    readers: dict[Kind, Callable[[], Reader]] = {
        Kind.PRIMITIVE: lambda: PRIMITIVES[declared.name],
        Kind.ENUM: lambda: enumeration(declared.name),
        Kind.REFERENCE: lambda: reference(declared.name),
        Kind.DATA: lambda: data_object(declared.name, position),
        Kind.FAULT: lambda: fault(position),
        Kind.ANY: lambda: _any(position),
    }
    read = readers[declared.kind]()
    return _repeated(read) if declared.array else read

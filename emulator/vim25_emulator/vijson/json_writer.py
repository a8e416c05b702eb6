"""Writers of JSON values: for each type and API version, a table of (member, writer), built on first use.

A writer turns a value into dicts, lists and scalars, which are encoded together at the end. Its result is
None where nothing is to be written. A type whose values are passed on as they are has no writer (None).

`_typeName` stands first, then the members in the order of the WSDL. An empty array is left out of an object
[derived], unless the description of the binding requires the member [documented]. As over SOAP, members newer
than the client's version are omitted, a value of a newer type is written as its nearest known ancestor, and a
newer enumeration in an anyType place as a string [derived]. A number that is not finite is a string, with the
name that it has in XML Schema (`INF`) [derived].

The writers check the structure of values but not scalars: those are checked where they are created.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, Final

import msgspec

from vim25_emulator.vijson.object_form import TEXT, TYPE_NAME, VALUE
from vim25_emulator.vmodl.any_type import PYTHON_TYPES
from vim25_emulator.vmodl.audience import Audience
from vim25_emulator.vmodl.reference_type import shown_type
from vim25_emulator.vmodl.registry import data_type, enum_type
from vim25_emulator.vmodl.scalar import INTEGER_RANGES, NOT_FINITE, date_time_text
from vim25_emulator.vmodl.type_description import Kind, Property, TypeRef
from vim25_emulator.vmodl.type_names import (
    ANY,
    BARE_STRINGS,
    DATA_TYPES,
    ENUM_TYPES,
    FAULT,
    LOCALIZED_FAULT,
    PRIMITIVES,
    REFERENCE,
    item_name,
)
from vim25_emulator.vmodl.value import DataObject, Fragment, MoRef, Tagged

Writer = Callable[[Any], Any]

#: Name, writer, and what is written if the member is unset, None for nothing.
Members = tuple[tuple[str, Writer | None, tuple[()] | None], ...]


def other(value: Any, expected: str) -> msgspec.Raw | None:
    """Write a fragment, an empty one as nothing; raise TypeError for any other value."""
    if value.__class__ is not Fragment:
        raise TypeError(f"takes {expected}, not {value!r:.80}")
    return msgspec.Raw(value) if value else None


# ---- scalars and references ----------------------------------------------------------------------------


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else NOT_FINITE[repr(value)]


def _date_time(value: datetime) -> Any:
    try:
        return date_time_text(value)
    except TypeError as expected:
        return other(value, str(expected))


#: Primitives that are not written as they are.
_PRIMITIVES: Final[dict[str, Writer]] = {"float": _number, "double": _number, "dateTime": _date_time}


@cache
def _reference(declared: str, position: int) -> Writer:
    names: dict[str, str] = {}

    def learn(name: str) -> str:
        names[name] = shown_type(name, declared, position, f"a reference to a {declared}")
        return names[name]

    def write(value: Any) -> Any:
        if value.__class__ is not MoRef:
            return other(value, "a MoRef")
        name, mo_id = value
        return {TYPE_NAME: REFERENCE, "type": names.get(name) or learn(name), "value": mo_id}

    return write


# ---- data objects and faults ---------------------------------------------------------------------------


@cache
def members(name: str, audience: Audience) -> Members:
    """Return the members of a data object type in wire order, for an audience."""
    kind = data_type(name)
    inherited = members(kind.base.name, audience) if kind.base else ()
    own = (_member(prop, audience) for prop in kind.own if prop.since <= audience.position)
    return (*inherited, *own)


def _member(prop: Property, audience: Audience) -> tuple[str, Writer | None, tuple[()] | None]:
    write = writer(prop.type, audience)
    if not prop.type.array:
        return prop.name, write, None
    if prop.optional:
        return prop.name, lambda values: (write(values) if write else values) or None, None
    return prop.name, write, ()


def add_members(encoded: dict[str, Any], value: DataObject, table: Members) -> dict[str, Any]:
    """Add the members of a data object that are set; raise TypeError, which names the member."""
    properties = value.__dict__
    name = ""
    try:
        for name, write, unset in table:
            if name in properties:
                if write is None:
                    encoded[name] = properties[name]
                    continue
                written = write(properties[name])
                if written is not None:
                    encoded[name] = written
            elif unset is not None:
                encoded[name] = unset
    except TypeError as error:
        raise TypeError(f"{value._type.name}.{name} {error}") from None
    return encoded


@cache
def _data(declared: str, audience: Audience) -> Writer:
    known: dict[str, tuple[str, Members]] = {}

    def learn(value: DataObject) -> tuple[str, Members]:
        if not value.is_a(declared):
            raise TypeError(f"takes a {declared}, not a {value.type_.name}")
        name = value.type_.known_at(audience.position).name
        known[value.type_.name] = name, members(name, audience)
        return known[value.type_.name]

    def write(value: Any) -> Any:
        if value.__class__ is not DataObject:
            return other(value, f"a {declared}")
        name, table = known.get(value._type.name) or learn(value)
        return add_members({TYPE_NAME: name}, value, table)

    return write


def flat_fault(fault: DataObject, text: str | None, audience: Audience) -> dict[str, Any]:
    """Return a fault with its text, which is left out if it is empty [observed: 8.0.3]."""
    name = fault.type_.known_at(audience.position).name
    encoded = {TYPE_NAME: name, TEXT: text} if text else {TYPE_NAME: name}
    return add_members(encoded, fault, members(name, audience))


@cache
def _fault(audience: Audience) -> Writer:
    """Return the writer of faults; LocalizedMethodFault is no type of this binding [documented]."""
    text_of = audience.texts.text_of

    def write(value: Any) -> Any:
        if value.__class__ is not DataObject:
            return other(value, "a fault")
        if value._type.is_fault:
            return flat_fault(value, text_of(value), audience)
        if value._type.name != LOCALIZED_FAULT:
            raise TypeError(f"takes a fault, not a {value.type_.name}")
        return flat_fault(value.fault, value.localizedMessage, audience)

    return write


# ---- anyType -------------------------------------------------------------------------------------------

_LOW, _HIGH = INTEGER_RANGES["int"]


@cache
def _any(audience: Audience) -> Writer:
    writers: dict[str, Writer] = {}

    def learn(name: str) -> Writer:
        writers[name] = named(name, audience)
        return writers[name]

    def write(value: Any) -> Any:
        kind = value.__class__
        if kind is Tagged:
            name, value = value
        elif kind is DataObject:
            name = FAULT if value._type.is_fault else value._type.name
        elif kind is int:
            name = "int" if _LOW <= value <= _HIGH else "long"
        elif kind in PYTHON_TYPES:
            name = PYTHON_TYPES[kind]
        else:
            return other(value, "a value whose type Python determines, or a Tagged")
        return (writers.get(name) or learn(name))(value)

    return write


@cache
def named(name: str, audience: Audience) -> Writer:
    """Return the writer of a value of the named type in an anyType place; raise TypeError for other names."""
    if name in PRIMITIVES:
        return _boxed(name, _PRIMITIVES.get(name))
    if name in ENUM_TYPES:
        return _boxed(_item_for(name, audience), None)
    if name == ANY:
        return _any(audience)
    if name == REFERENCE:
        return _reference("ManagedObject", audience.position)
    if name in DATA_TYPES:
        return _structure(name, audience)
    item = item_name(name)
    if item is None:
        raise TypeError(f"takes no {name!r}: vim25 has no such type")
    return _array(item, audience)


def _boxed(name: str, convert: Writer | None) -> Writer:
    if convert is None:
        return lambda value: {TYPE_NAME: name, VALUE: value}
    return lambda value: {TYPE_NAME: name, VALUE: convert(value)}


def _array(item: str, audience: Audience) -> Writer:
    name = _item_for(item, audience)
    write_items = _repeated(_item_writer(name, audience))
    return _boxed(f"ArrayOf{name[0].upper()}{name[1:]}", write_items)


def _item_for(item: str, audience: Audience) -> str:
    """Return the item type of an array of `item` in the audience's version.

    Names of types and methods are strings in an array [observed: recording of govmomi].
    """
    if item in BARE_STRINGS:
        return "string"
    if item == LOCALIZED_FAULT:
        return FAULT
    if item in ENUM_TYPES:
        return item if enum_type(item).since <= audience.position else "string"
    return data_type(item).known_at(audience.position).name if item in DATA_TYPES else item


def _item_writer(name: str, audience: Audience) -> Writer | None:
    """Return the writer of an item of an array of the named type."""
    if name == ANY:
        return _any(audience)
    if name == REFERENCE:
        return _reference("ManagedObject", audience.position)
    return _structure(name, audience) if name in DATA_TYPES else _PRIMITIVES.get(name)


def _structure(name: str, audience: Audience) -> Writer:
    is_fault = name == LOCALIZED_FAULT or data_type(name).is_fault
    return _fault(audience) if is_fault else _data(name, audience)


# ---- values of a declared type -------------------------------------------------------------------------


def _repeated(write_item: Writer | None) -> Writer | None:
    if write_item is None:
        return None

    def write(values: Any) -> Any:
        if values.__class__ is not tuple and values.__class__ is not list:
            return other(values, "a tuple")
        return [written for value in values if (written := write_item(value)) is not None]

    return write


@cache
def writer(declared: TypeRef, audience: Audience) -> Writer | None:
    """Return the writer of values of a declared type, None if they are passed on as they are."""
    write = _single(declared, audience)
    return _repeated(write) if declared.array else write


def _single(declared: TypeRef, audience: Audience) -> Writer | None:
    writers: dict[Kind, Callable[[], Writer | None]] = {
        Kind.PRIMITIVE: lambda: _PRIMITIVES.get(declared.name),
        Kind.ENUM: lambda: None,
        Kind.REFERENCE: lambda: _reference(declared.name, audience.position),
        Kind.DATA: lambda: _data(declared.name, audience),
        Kind.FAULT: lambda: _fault(audience),
        Kind.ANY: lambda: _any(audience),
    }
    return writers[declared.kind]()

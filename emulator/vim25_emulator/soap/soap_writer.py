"""Writers of SOAP elements: for each type and API version, a table of (property, writer), built on first use.

The tables omit properties that the client's version does not have [observed: recordings]. A value of a type
newer than the client is written as its nearest known ancestor, with that ancestor's properties; a newer
enumeration, as a string [derived].
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any, NoReturn

from vim25_emulator.soap.soap_leaf_writer import Append, Writer, other, primitive, reference, scalar
from vim25_emulator.soap.soap_text import TO_TEXT, enum_text
from vim25_emulator.vmodl.any_type import PYTHON_TYPES
from vim25_emulator.vmodl.audience import Audience
from vim25_emulator.vmodl.registry import data_type, enum_type
from vim25_emulator.vmodl.scalar import INTEGER_RANGES
from vim25_emulator.vmodl.type_description import Kind, Property, TypeRef
from vim25_emulator.vmodl.type_names import (
    ANY,
    BARE_STRINGS,
    DATA_TYPES,
    ENUM_TYPES,
    FAULT,
    LOCALIZED_FAULT,
    REFERENCE,
    item_name,
)
from vim25_emulator.vmodl.value import DataObject, Tagged

Members = tuple[tuple[str, Writer], ...]


# ---- data objects and faults ---------------------------------------------------------------------------


@cache
def members(name: str, audience: Audience) -> Members:
    """Return (property, writer) of a data object type in wire order, for an audience."""
    kind = data_type(name)
    inherited = members(kind.base.name, audience) if kind.base else ()
    own = ((p.name, _property(name, p, audience)) for p in kind.own if p.since <= audience.position)
    return (*inherited, *own)


def _property(owner: str, prop: Property, audience: Audience) -> Writer:
    where = f"{owner}.{prop.name}"
    if owner == LOCALIZED_FAULT and prop.type.kind is Kind.FAULT:
        return _data(prop.name, prop.type.name, audience, where)  # the only property that is a bare fault
    return element(prop.name, prop.type, audience, where)


def _data(tag: str, declared: str, audience: Audience, where: str, always_typed: bool = False) -> Writer:
    closing = f"</{tag}>"
    known: dict[str, tuple[str, Members]] = {}

    def learn(value: DataObject) -> tuple[str, Members]:
        if not value.is_a(declared):
            raise TypeError(f"{where} takes a {declared}, not a {value.type_.name}")
        name = value.type_.known_at(audience.position).name
        plain = name == declared and not always_typed
        opening = f"<{tag}>" if plain else f'<{tag} xsi:type="{name}">'
        known[value.type_.name] = opening, members(name, audience)
        return known[value.type_.name]

    def write(value: Any, append: Append) -> None:
        if value.__class__ is not DataObject:
            other(value, append, f"a {declared}", where)
            return
        opening, table = known.get(value._type.name) or learn(value)
        append(opening)
        properties = value.__dict__
        for name, writer in table:
            if name in properties:
                writer(properties[name], append)
        append(closing)

    return write


def _fault(tag: str, audience: Audience, where: str, always_typed: bool = False) -> Writer:
    """Return the writer of faults as LocalizedMethodFault; one that already is keeps its text.

    Texts are those of the server, whatever the client's version.
    """
    write_localized = _data(tag, LOCALIZED_FAULT, audience, where, always_typed)
    kind, text_of = data_type(LOCALIZED_FAULT), audience.texts.text_of

    def write(value: Any, append: Append) -> None:
        if value.__class__ is DataObject and value._type.is_fault:
            value = DataObject(kind, fault=value, localizedMessage=text_of(value))
        write_localized(value, append)

    return write


# ---- anyType -------------------------------------------------------------------------------------------

_LOW, _HIGH = INTEGER_RANGES["int"]


def _any(tag: str, audience: Audience, where: str) -> Writer:
    writers: dict[str, Writer] = {}

    def learn(name: str) -> Writer:
        writers[name] = typed(tag, name, audience, where)
        return writers[name]

    def write(value: Any, append: Append) -> None:
        kind = value.__class__
        if kind is Tagged:
            name, value = value
        elif kind is DataObject:
            name = LOCALIZED_FAULT if value._type.is_fault else value._type.name
        elif kind is int:
            name = "int" if _LOW <= value <= _HIGH else "long"
        elif kind in PYTHON_TYPES:
            name = PYTHON_TYPES[kind]
        else:
            other(value, append, "a value whose type Python determines, or a Tagged", where)
            return
        (writers.get(name) or learn(name))(value, append)

    return write


@cache
def typed(tag: str, name: str, audience: Audience, where: str) -> Writer:
    """Return the writer of a value of the named type in an anyType place, always with xsi:type.

    Raises TypeError if the type does not exist.
    """
    if name in TO_TEXT:
        name = "string" if name in BARE_STRINGS else name
        return primitive(name, f'<{tag} xsi:type="xsd:{name}">', f"</{tag}>", where)
    if name in ENUM_TYPES:
        shown = name if enum_type(name).since <= audience.position else "xsd:string"
        return scalar(enum_text, f'<{tag} xsi:type="{shown}">', f"</{tag}>", where)
    if name == REFERENCE:
        return reference(tag, f' xsi:type="{name}"', "ManagedObject", audience.position, where)
    if name in {LOCALIZED_FAULT, FAULT}:
        return _fault(tag, audience, where, always_typed=True)
    if name in DATA_TYPES:
        return _data(tag, name, audience, where, always_typed=True)
    if name == ANY:
        return _any(tag, audience, where)
    return _array(tag, _item_name(name, where), audience, where)


def _item_name(array_name: str, where: str) -> str:
    item = item_name(array_name)
    if item is None:
        raise TypeError(f"{where}: vim25 has no type {array_name!r}")
    return item


def _array(tag: str, item: str, audience: Audience, where: str) -> Writer:
    item = _item_for(item, audience)
    opening = f'<{tag} xsi:type="ArrayOf{item[0].upper()}{item[1:]}">'
    closing = f"</{tag}>"
    write_items = _repeated(typed(item, item, audience, where), where)

    def write(values: Any, append: Append) -> None:
        append(opening)
        write_items(values, append)
        append(closing)

    return write


def _item_for(item: str, audience: Audience) -> str:
    """Return the item type of an array of `item` in the audience's version."""
    if item in BARE_STRINGS or (item in ENUM_TYPES and enum_type(item).since > audience.position):
        return "string"
    return data_type(item).known_at(audience.position).name if item in DATA_TYPES else item


# ---- elements of a declared type -----------------------------------------------------------------------


def _repeated(write_item: Writer, where: str) -> Writer:
    def write(values: Any, append: Append) -> None:
        if values.__class__ is not tuple and values.__class__ is not list:
            other(values, append, "a tuple", where)
            return
        for value in values:
            write_item(value, append)

    return write


def _single(tag: str, declared: TypeRef, audience: Audience, where: str) -> Writer:
    name = declared.name
    opening, closing = f"<{tag}>", f"</{tag}>"
    factories: dict[Kind, Callable[[], Writer]] = {
        Kind.PRIMITIVE: partial(primitive, name, opening, closing, where),
        Kind.ENUM: partial(scalar, enum_text, opening, closing, where),
        Kind.REFERENCE: partial(reference, tag, "", name, audience.position, where),
        Kind.DATA: partial(_data, tag, name, audience, where),
        Kind.FAULT: partial(_fault, tag, audience, where),
        Kind.ANY: partial(_any, tag, audience, where),
        Kind.VOID: partial(_nothing, where),
    }
    return factories[declared.kind]()


def _nothing(where: str) -> NoReturn:
    raise TypeError(f"{where} is void and takes no value")


@cache
def element(tag: str, declared: TypeRef, audience: Audience, where: str) -> Writer:
    """Return the writer of values of a declared type: one element, or one per item of an array."""
    single = _single(tag, declared, audience, where)
    return _repeated(single, where) if declared.array else single

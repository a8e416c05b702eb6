"""Writers of SOAP elements: for each type and API version, a table of (property, writer), built on first use.

A writer is a closure that knows its tags and appends the text of one value's elements. The tables leave out
what the client's version does not know; a value of a type newer than it is written as the nearest ancestor
that it knows, with that ancestor's properties. Types and properties are named in every complaint about a
value, since it is a mistake of the code that made the value.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from typing import Any, Final, NoReturn

from emulator.vmodl.registry import (
    Kind,
    Property,
    TypeRef,
    data_type,
    enum_type,
    enum_type_names,
    managed_type,
    managed_type_names,
)
from emulator.vmodl.soap_text import INTEGER_RANGES, TO_TEXT, enum_text, escape
from emulator.vmodl.text import text_of
from emulator.vmodl.value import DataObject, MoRef, Tagged
from emulator.vmodl.version import VERSIONS

Append = Callable[[str], None]
Writer = Callable[[Any, Append], None]
Members = tuple[tuple[str, Writer], ...]

LOCALIZED_FAULT: Final = TypeRef(Kind.DATA, "LocalizedMethodFault", False)
REFERENCE_NAME: Final = "ManagedObjectReference"
#: Primitives that only VMODL tells from strings.
BARE_STRINGS: Final = frozenset({"TypeName", "MethodName", "PropertyPath"})


class Fragment(bytes):
    """Elements that are already encoded; written as they are wherever a value could stand."""

    __slots__ = ()


def _other(value: Any, append: Append, expected: str, where: str) -> None:
    """Write a fragment; raise TypeError for any other value, which is not what its place declares."""
    if value.__class__ is not Fragment:
        raise TypeError(f"{where} takes {expected}, not {value!r:.80}")
    append(value.decode())


# ---- scalars -------------------------------------------------------------------------------------------


def _scalar(to_text: Callable[[Any], str], opening: str, closing: str, where: str) -> Writer:
    def write(value: Any, append: Append) -> None:
        try:
            append(f"{opening}{to_text(value)}{closing}")
        except (TypeError, ValueError) as expected:
            _other(value, append, str(expected), where)

    return write


def _boolean(opening: str, closing: str, where: str) -> Writer:
    true, false = f"{opening}true{closing}", f"{opening}false{closing}"

    def write(value: Any, append: Append) -> None:
        if value is True:
            append(true)
        elif value is False:
            append(false)
        else:
            _other(value, append, "a bool", where)

    return write


def _primitive(name: str, opening: str, closing: str, where: str) -> Writer:
    if name == "boolean":
        return _boolean(opening, closing, where)
    return _scalar(TO_TEXT[name], opening, closing, where)


# ---- references ----------------------------------------------------------------------------------------


@cache
def _known_reference(name: str, position: int) -> str:
    """Return the nearest ancestor of a managed object type that a client knows."""
    if name not in _MANAGED_NAMES:
        return name
    return next((known.name for known in managed_type(name).ancestors if known.since <= position), name)


def _reference(tag: str, suffix: str, declared: str | None, position: int, where: str) -> Writer:
    closing = f"</{tag}>"
    openings: dict[str, str] = {}

    def learn(name: str) -> str:
        if declared and name in _MANAGED_NAMES and not managed_type(name).is_a(declared):
            raise TypeError(f"{where} takes a reference to a {declared}, not to a {name}")
        opening = f'<{tag} type="{escape(_known_reference(name, position))}"{suffix}>'
        if name in _MANAGED_NAMES:
            openings[name] = opening
        return opening

    def write(value: Any, append: Append) -> None:
        if value.__class__ is MoRef:
            name, mo_id = value
            append(f"{openings.get(name) or learn(name)}{escape(mo_id)}{closing}")
        else:
            _other(value, append, "a MoRef", where)

    return write


_MANAGED_NAMES: Final = frozenset(managed_type_names())
_ENUM_NAMES: Final = frozenset(enum_type_names())


# ---- data objects and faults ---------------------------------------------------------------------------


@cache
def members(name: str, position: int) -> Members:
    """Return (property, writer) of a data object type in wire order, as known to clients at a position."""
    kind = data_type(name)
    inherited = members(kind.base.name, position) if kind.base else ()
    own = ((p.name, _property(name, p, position)) for p in kind.own if p.since <= position)
    return (*inherited, *own)


def _property(owner: str, prop: Property, position: int) -> Writer:
    where = f"{owner}.{prop.name}"
    if owner == LOCALIZED_FAULT.name and prop.type.kind is Kind.FAULT:
        return _data(prop.name, prop.type.name, position, where)  # the one place for a fault as it is
    return element(prop.name, prop.type, position, where)


def _data(tag: str, declared: str, position: int, where: str, always_typed: bool = False) -> Writer:
    closing = f"</{tag}>"
    known: dict[str, tuple[str, Members]] = {}

    def learn(value: DataObject) -> tuple[str, Members]:
        if not value.is_a(declared):
            raise TypeError(f"{where} takes a {declared}, not a {value.type_.name}")
        name = value.type_.known_at(position).name
        plain = name == declared and not always_typed
        opening = f"<{tag}>" if plain else f'<{tag} xsi:type="{name}">'
        known[value.type_.name] = opening, members(name, position)
        return known[value.type_.name]

    def write(value: Any, append: Append) -> None:
        if value.__class__ is not DataObject:
            return _other(value, append, f"a {declared}", where)
        opening, table = known.get(value._type.name) or learn(value)
        append(opening)
        held = value.__dict__
        for name, writer in table:
            if name in held:
                writer(held[name], append)
        return append(closing)

    return write


def _fault(tag: str, position: int, where: str, always_typed: bool = False) -> Writer:
    """Write a fault, or a LocalizedMethodFault that brings its own text, as LocalizedMethodFault."""
    write_localized = _data(tag, LOCALIZED_FAULT.name, position, where, always_typed)
    kind = data_type(LOCALIZED_FAULT.name)

    def write(value: Any, append: Append) -> None:
        if value.__class__ is DataObject and value._type.is_fault:
            text = text_of(value, VERSIONS[position])
            value = DataObject(kind, fault=value, localizedMessage=text)
        write_localized(value, append)

    return write


# ---- anyType -------------------------------------------------------------------------------------------

_LOW, _HIGH = INTEGER_RANGES["int"]
_PYTHON_TYPES: Final = {
    bool: "boolean",
    str: "string",
    float: "double",
    datetime: "dateTime",
    bytes: "base64Binary",
    MoRef: REFERENCE_NAME,
}


def _any(tag: str, position: int, where: str) -> Writer:
    def write(value: Any, append: Append) -> None:
        kind = value.__class__
        if kind is Tagged:
            name, value = value
        elif kind is DataObject:
            name = LOCALIZED_FAULT.name if value._type.is_fault else value._type.name
        elif kind is int:
            name = "int" if _LOW <= value <= _HIGH else "long"
        elif kind in _PYTHON_TYPES:
            name = _PYTHON_TYPES[kind]
        else:
            return _other(value, append, "a value whose type tells its own, or a Tagged", where)
        return typed(tag, name, position, where)(value, append)

    return write


@cache
def typed(tag: str, name: str, position: int, where: str) -> Writer:
    """Return the writer of a value of the named type in an anyType place, where xsi:type is always told.

    Raises TypeError if there is no such type.
    """
    if name in TO_TEXT:
        name = "string" if name in BARE_STRINGS else name
        return _primitive(name, f'<{tag} xsi:type="xsd:{name}">', f"</{tag}>", where)
    if name == REFERENCE_NAME:
        return _reference(tag, f' xsi:type="{name}"', None, position, where)
    if name == LOCALIZED_FAULT.name:
        return _fault(tag, position, where, always_typed=True)
    if name in _ENUM_NAMES:
        shown = name if enum_type(name).since <= position else "xsd:string"
        return _scalar(enum_text, f'<{tag} xsi:type="{shown}">', f"</{tag}>", where)
    try:
        data_type(name)
    except KeyError:
        if name.startswith("ArrayOf"):
            return _typed_array(tag, name, position, where)
        raise TypeError(f"{where}: vim25 has no type {name!r}") from None
    return _data(tag, name, position, where, always_typed=True)


_CAPITALIZED: Final = {name[0].upper() + name[1:]: name for name in TO_TEXT}


def item_name(array_name: str) -> str:
    """Return the WSDL name of the items of an array type (`ArrayOfInt` → `int`)."""
    item = array_name.removeprefix("ArrayOf")
    return _CAPITALIZED.get(item, "anyType" if item == "AnyType" else item)


def _typed_array(tag: str, name: str, position: int, where: str) -> Writer:
    item = _known_item(item_name(name), position)
    opening = f'<{tag} xsi:type="ArrayOf{item[0].upper()}{item[1:]}">'
    closing = f"</{tag}>"
    if item == "anyType":
        write_items = _repeated(_any(item, position, where), where)
    elif item == "MethodFault":
        write_items = _repeated(_fault(item, position, where, always_typed=True), where)
    else:
        write_items = _repeated(typed(item, item, position, where), where)

    def write(values: Any, append: Append) -> None:
        append(opening)
        write_items(values, append)
        append(closing)

    return write


def _known_item(item: str, position: int) -> str:
    """Return the item type by which a client at this position knows arrays of `item`."""
    if item in BARE_STRINGS or (item in _ENUM_NAMES and enum_type(item).since > position):
        return "string"
    if item in TO_TEXT or item in _ENUM_NAMES or item in {"anyType", "MethodFault", REFERENCE_NAME}:
        return item
    try:
        return data_type(item).known_at(position).name
    except KeyError:
        raise TypeError(f"vim25 has no type {item!r}") from None


# ---- declared places -----------------------------------------------------------------------------------


def _repeated(write_item: Writer, where: str) -> Writer:
    def write(values: Any, append: Append) -> None:
        if values.__class__ is not tuple and values.__class__ is not list:
            return _other(values, append, "a tuple", where)
        for value in values:
            write_item(value, append)
        return None

    return write


def _single(tag: str, declared: TypeRef, position: int, where: str) -> Writer:
    name = declared.name
    opening, closing = f"<{tag}>", f"</{tag}>"
    makers: dict[Kind, Callable[[], Writer]] = {
        Kind.PRIMITIVE: partial(_primitive, name, opening, closing, where),
        Kind.ENUM: partial(_scalar, enum_text, opening, closing, where),
        Kind.REFERENCE: partial(_reference, tag, "", name, position, where),
        Kind.DATA: partial(_data, tag, name, position, where),
        Kind.FAULT: partial(_fault, tag, position, where),
        Kind.ANY: partial(_any, tag, position, where),
        Kind.VOID: partial(_nothing, where),
    }
    return makers[declared.kind]()


def _nothing(where: str) -> NoReturn:
    raise TypeError(f"{where} is void and takes no value")


@cache
def element(tag: str, declared: TypeRef, position: int, where: str) -> Writer:
    """Return the writer of values of a declared type: one element, or one for each item of an array."""
    single = _single(tag, declared, position, where)
    return _repeated(single, where) if declared.array else single

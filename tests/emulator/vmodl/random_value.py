"""Random values of every type, of what a client of a version has and both bindings carry.

A value is nested to a depth that is drawn, and its data objects are of any subtype of the declared one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import cache
from random import Random
from typing import Any, Final

from tests.emulator.vmodl.samples import ANY
from vim25_emulator.vmodl.registry import (
    data_type,
    data_type_names_below,
    enum_type,
    managed_type,
    managed_type_names,
)
from vim25_emulator.vmodl.scalar import INTEGER_RANGES
from vim25_emulator.vmodl.type_description import DataType, Kind, Property, TypeRef
from vim25_emulator.vmodl.value import DataObject, MoRef, Tagged
from vim25_emulator.vmodl.wire_member import wire_members

_DEPTH: Final = 2  #: nesting of optional members
_START: Final = datetime(1, 1, 1, tzinfo=timezone.utc)
_CHARACTERS: Final = (
    *(chr(code) for code in range(0x20, 0x7F)),
    *"\t\n\r\x7f\x85\u2028\ud7ff\ue000\ufffdé漢\U0001f600\U0010ffff",
)


def _text(random: Random) -> str:
    return "".join(random.choices(_CHARACTERS, k=random.choice((0, 1, 8, 40))))


def _number(random: Random) -> float:
    return random.choice((0.0, -1.5, 1e300, 5e-324, float("inf"), random.uniform(-1e9, 1e9)))


def _date_time(random: Random) -> datetime:
    whole = timedelta(seconds=random.randrange(315_537_897_600))
    return _START + whole + timedelta(microseconds=random.choice((0, 120_000, random.randrange(10**6))))


_SCALARS: Final[dict[str, Callable[[Random], Any]]] = {
    **dict.fromkeys(("string", "anyURI", "TypeName", "MethodName", "PropertyPath"), _text),
    "boolean": lambda random: random.random() < 0.5,
    "float": _number,
    "double": _number,
    "dateTime": _date_time,
    "base64Binary": lambda random: random.randbytes(random.randrange(5)),
    **{
        name: lambda random, low=low, high=high: random.choice((low, high, random.randint(low, high)))
        for name, (low, high) in INTEGER_RANGES.items()
    },
}


def random_value(kind: DataType, position: int, random: Random, depth: int = _DEPTH) -> DataObject:
    """Return a value with the required members and some of the others."""
    likely = random.choice((0.1, 0.5, 0.9)) if depth else 0.0
    chosen = [p for p, required in wire_members(kind, position) if required or random.random() < likely]
    return DataObject(kind, **{p.name: _member(p, position, random, depth) for p in chosen})


def _member(prop: Property, position: int, random: Random, depth: int) -> Any:
    if not prop.type.array:
        return _item(prop.type, position, random, depth)
    # An empty array has no elements, so that it is read as none.
    items = [_item(prop.type, position, random, depth) for _ in range(random.randint(1, 2))]
    return tuple(items)


def _item(declared: TypeRef, position: int, random: Random, depth: int) -> Any:
    if declared.kind is Kind.PRIMITIVE:
        return _SCALARS[declared.name](random)
    if declared.kind is Kind.ENUM:
        return random.choice(enum_type(declared.name).values)
    if declared.kind is Kind.REFERENCE:
        return MoRef(random.choice(_managed(declared.name, position)), _text(random).strip() or "x")
    if declared.kind is Kind.ANY:
        return _any(position, random, depth)
    kind = data_type(random.choice(_data(declared.name, position)))
    value = random_value(kind, position, random, max(depth - 1, 0))
    return _fault(value, random) if declared.kind is Kind.FAULT else value


def _fault(fault: DataObject, random: Random) -> DataObject:
    """Return a fault as memory has it: with a text of its own, or without."""
    if random.random() < 0.5:
        return fault
    return DataObject("LocalizedMethodFault", fault=fault, localizedMessage=f"own {_text(random)}")


def _any(position: int, random: Random, depth: int) -> Any:
    names = ("string", "boolean", "int", "double", "dateTime", "base64Binary")
    tagged = ("byte", "short", "long", "float", "anyURI")
    kind = TypeRef(Kind.DATA, random.choice(("OptionDef", "Event", "VirtualDevice")), array=False)
    draws: tuple[Callable[[], Any], ...] = (
        lambda: random.choice(ANY),
        lambda: _SCALARS[random.choice(names)](random),
        lambda: Tagged(name := random.choice(tagged), _SCALARS[name](random)),
        lambda: Tagged("ArrayOfAnyType", (_any(position, random, 0), MoRef("Task", "task-1"))),
        lambda: _item(TypeRef(Kind.FAULT, "MethodFault", array=False), position, random, 0),
        lambda: _item(kind, position, random, max(depth - 1, 0)),
    )
    return random.choice(draws)()


@cache
def _data(name: str, position: int) -> tuple[str, ...]:
    kinds = map(data_type, (name, *data_type_names_below(name)))
    return tuple(kind.name for kind in kinds if kind.is_a(name) and kind.since <= position)


@cache
def _managed(name: str, position: int) -> tuple[str, ...]:
    kinds = map(managed_type, managed_type_names())
    return tuple(kind.name for kind in kinds if kind.is_a(name) and kind.since <= position)

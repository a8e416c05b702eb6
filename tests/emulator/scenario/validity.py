"""Validity of values by the registry: required properties are set, and values have their declared types."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.vmodl.registry import enum_type, managed_type
from vim25_emulator.vmodl.type_description import Kind, Property, TypeRef
from vim25_emulator.vmodl.value import DataObject, MoRef, Tagged

_BITS = {"byte": 8, "short": 16, "int": 32, "long": 64}
_SCALARS: dict[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "float": float,
    "double": float,
    "dateTime": datetime,
    "base64Binary": bytes,
}


def flaws_of(managed: ManagedObject) -> Iterator[str]:
    """Yield the errors in a managed object's properties, except computed ones."""
    for prop in managed.type.properties.values():
        value = managed.properties.get(prop.name)
        where = f"{managed.ref}.{prop.name}"
        if value is None:
            if not prop.optional and prop.name not in IMPLEMENTATION.computed_properties(managed.type.name):
                yield f"{where} is required and unset"
        else:
            yield from _flaws(prop, value, where)


def _flaws(prop: Property, value: Any, where: str) -> Iterator[str]:
    if not prop.type.array:
        yield from _item_flaws(prop.type, value, where)
    elif not isinstance(value, tuple) or isinstance(value, MoRef | Tagged):
        yield f"{where} is an array and holds {value!r}"
    elif not value and not prop.optional:
        yield f"{where} requires at least one item"
    else:
        for index, item in enumerate(value):
            yield from _item_flaws(prop.type, item, f"{where}[{index}]")


def _item_flaws(declared: TypeRef, value: Any, where: str) -> Iterator[str]:
    if declared.kind in (Kind.DATA, Kind.FAULT):
        yield from _object_flaws(declared, value, where)
    elif declared.kind is Kind.REFERENCE:
        if not isinstance(value, MoRef) or not managed_type(value.type).is_a(declared.name):
            yield f"{where} is a {declared} and holds {value!r}"
    elif declared.kind is Kind.ENUM:
        if value not in enum_type(declared.name).values:
            yield f"{where} is a {declared} and holds {value!r}"
    elif declared.kind is Kind.PRIMITIVE:
        yield from _primitive_flaws(declared.name, value, where)


def _object_flaws(declared: TypeRef, value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, DataObject) or not value.is_a(declared.name):
        yield f"{where} is a {declared} and holds {value!r}"
        return
    for prop in value.type_.properties.values():
        item = value.__dict__.get(prop.name)
        if item is None:
            if not prop.optional:
                yield f"{where}.{prop.name} is required and unset"
        else:
            yield from _flaws(prop, item, f"{where}.{prop.name}")


def _primitive_flaws(name: str, value: Any, where: str) -> Iterator[str]:
    if name in _BITS:
        bound = 1 << (_BITS[name] - 1)
        if type(value) is not int or not -bound <= value < bound:
            yield f"{where} is a {name} and holds {value!r}"
    elif not isinstance(value, _SCALARS.get(name, str)):
        yield f"{where} is a {name} and holds {value!r}"
    elif isinstance(value, datetime) and value.tzinfo is None:
        yield f"{where} has no time zone: {value!r}"

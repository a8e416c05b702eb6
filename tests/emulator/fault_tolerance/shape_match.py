"""Whether a fault that a client received is one that a row of a table describes."""

from __future__ import annotations

from typing import Any

from tests.emulator.fault_tolerance.reasons import type_of
from vim25_emulator.fault_tolerance.fault_shape import FaultShape
from vim25_emulator.vmodl.value import DataObject


def has_shape(part: Any, shape: FaultShape | DataObject) -> bool:
    """Whether a data object is of a shape's type and has its constants."""
    if isinstance(shape, DataObject):
        wanted = {name: value for name, value in shape.__dict__.items() if value is not None}
        return type_of(part) == shape.type_.name and _agrees(part, wanted)
    return type_of(part) == shape.type and _agrees(part, shape.fields)


def _agrees(part: Any, fields: dict[str, Any]) -> bool:
    return all(_matches(getattr(part, name), value) for name, value in fields.items())


def _matches(actual: Any, expected: Any) -> bool:
    if isinstance(expected, FaultShape | DataObject):
        return has_shape(actual, expected)
    if isinstance(expected, tuple):
        return len(actual) == len(expected) and all(map(_matches, actual, expected))
    return callable(expected) or bool(actual == expected)

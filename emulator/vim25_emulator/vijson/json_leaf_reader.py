"""Readers of JSON scalars and references.

Nothing is converted but what JSON has no form of: neither a string nor a boolean is a number, and a number
with a fraction or an exponent is no integer [derived].
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from vim25_emulator.vijson.object_form import TYPE_NAME
from vim25_emulator.vijson.wrong_value import LONGEST, WrongValueError
from vim25_emulator.vmodl.reference_type import understood_type
from vim25_emulator.vmodl.registry import enum_type
from vim25_emulator.vmodl.scalar import INTEGER_RANGES, NOT_FINITE, read_binary, read_date_time
from vim25_emulator.vmodl.type_names import MANAGED_TYPES, REFERENCE
from vim25_emulator.vmodl.value import MoRef

Reader = Callable[[Any], Any]

_JSON_TYPES: Final = {
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
}


def wrong_type(expected: str, data: Any) -> WrongValueError:
    """Return the error for a value of another JSON type than the expected one."""
    return WrongValueError(f"{expected} is required, not {_JSON_TYPES.get(data.__class__, 'null')}")


# ---- scalars -------------------------------------------------------------------------------------------


def _string(data: Any) -> str:
    if data.__class__ is str:
        return data
    raise wrong_type("a string", data)


def _boolean(data: Any) -> bool:
    if data.__class__ is bool:
        return data
    raise wrong_type("a boolean", data)


def _integer(name: str, low: int, high: int) -> Reader:
    def read(data: Any) -> int:
        if data.__class__ is not int:
            raise wrong_type("an integer", data)
        if low <= data <= high:
            return data
        raise WrongValueError(f"the number is out of the range of {name}")

    return read


_SPECIAL_NUMBERS: Final = {name: float(text) for text, name in NOT_FINITE.items()}


def _number(data: Any) -> float:
    """Read a number, or the name of one that is not finite."""
    try:
        return _SPECIAL_NUMBERS[data] if data.__class__ is str else _finite(data)
    except (KeyError, OverflowError):
        raise WrongValueError("the value is no number of this type") from None


def _finite(data: Any) -> float:
    if data.__class__ is float or data.__class__ is int:
        return float(data)
    raise wrong_type("a number", data)


def _text(convert: Callable[[str], Any], name: str) -> Reader:
    def read(data: Any) -> Any:
        try:
            return convert(_string(data))
        except ValueError:
            raise WrongValueError(f"{data[:LONGEST]!r} is no {name}") from None

    return read


#: Primitive → its reader.
PRIMITIVES: Final[dict[str, Reader]] = {
    "string": _string,
    "anyURI": _string,
    "TypeName": _string,
    "MethodName": _string,
    "PropertyPath": _string,
    "boolean": _boolean,
    "float": _number,
    "double": _number,
    "dateTime": _text(read_date_time, "dateTime"),
    "base64Binary": _text(read_binary, "base64Binary"),
    **{name: _integer(name, *limits) for name, limits in INTEGER_RANGES.items()},
}


@cache
def enumeration(name: str) -> Reader:
    """Return the reader of an enumeration, which rejects values that are not listed."""
    values = frozenset(enum_type(name).values)

    def read(data: Any) -> Any:
        if _string(data) in values:
            return data
        raise WrongValueError(f"{data[:LONGEST]!r} is no value of {name}")

    return read


# ---- references ----------------------------------------------------------------------------------------

_FIELDS: Final = frozenset({TYPE_NAME, "type", "value"})


def require_fields(data: dict[str, Any]) -> None:
    """Raise WrongValueError for an object that has a member which a reference does not have.

    The text is that of real servers [observed: 8.0.3].
    """
    for name in data:
        if name not in _FIELDS:
            raise WrongValueError(f"{name:.{LONGEST}}", text="Invalid MoRef field: {reason}")


@cache
def reference(declared: str) -> Reader:
    """Return the reader of references, which need no `_typeName` [observed: 8.0.3]."""
    types: dict[str, str] = {}

    def learn(name: str) -> str:
        if name not in MANAGED_TYPES:
            raise WrongValueError(f"{name[:LONGEST]!r} is no managed object type", "type")
        understood = understood_type(name, declared)
        if understood is None:
            raise WrongValueError(f"a {name} is no {declared}", "type")
        types[name] = understood
        return understood

    def read(data: Any) -> MoRef:
        if data.__class__ is not dict:
            raise wrong_type(f"a reference to a {declared}", data)
        if data.get(TYPE_NAME) not in (None, REFERENCE):  # it may be unhashable
            raise WrongValueError(f"a {REFERENCE} is required")
        require_fields(data)
        name, mo_id = _field(data, "type"), _field(data, "value")
        return MoRef(types.get(name) or learn(name), mo_id)

    return read


def _field(data: dict[str, Any], name: str) -> str:
    value: Any = data.get(name)
    if value.__class__ is str:
        return value
    raise WrongValueError("a string is required", name)

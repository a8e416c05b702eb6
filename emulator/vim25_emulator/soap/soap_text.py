"""Conversion between scalars of the API and XML text.

Writing follows real servers: all five special characters are escaped [observed: recordings]. Reading accepts
everything that XML Schema allows: white space around a number, `0/1` for booleans.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable
from typing import Any, Final

from vim25_emulator.vmodl.scalar import (
    INTEGER_RANGES,
    NOT_FINITE,
    WHITE_SPACE,
    date_time_text,
    read_binary,
    read_date_time,
)

#: Characters that need escaping. A parser would turn a literal carriage return into a line feed.
_SPECIAL: Final = re.compile("[&<>\"'\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
is_special: Final = _SPECIAL.search
_REPLACED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"}


def escape(text: str) -> str:
    """Return text escaped for XML. A character that XML 1.0 does not allow becomes U+FFFD."""
    if not is_special(text):
        return text
    return _SPECIAL.sub(lambda match: _REPLACED.get(match.group(), "\ufffd"), text)


# ---- values to text ------------------------------------------------------------------------------------


def boolean_text(value: bool) -> str:
    """Return `true` or `false`; raise TypeError for anything but a bool."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    raise TypeError("a bool")


def integer_text(low: int, high: int) -> Callable[[int], str]:
    """Return a function that writes an int of this range, and raises TypeError or ValueError otherwise."""

    def text(value: int) -> str:
        if value.__class__ is not int and (isinstance(value, bool) or not isinstance(value, int)):
            raise TypeError("an int")
        if low <= value <= high:
            return int.__repr__(value)
        raise ValueError(f"an int from {low} to {high}")

    return text


def float_text(value: float) -> str:
    """Return the shortest decimal that reads back as the same number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("a float")
    return repr(value) if math.isfinite(value) else NOT_FINITE[repr(value)]


def string_text(value: str) -> str:
    """Return a string escaped; raise TypeError for anything else."""
    if value.__class__ is not str:
        if not isinstance(value, str):
            raise TypeError("a str")
        value = str.__str__(value)
    return escape(value) if is_special(value) else value


def binary_text(value: bytes) -> str:
    """Return bytes in base64."""
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise TypeError("bytes")
    return base64.b64encode(value).decode("ascii")


def enum_text(value: str) -> str:
    """Return an enumeration's value: any string, as real servers do, except "", on which clients fail."""
    if value == "":
        raise ValueError("an enumeration's value")
    return string_text(value)


#: Primitive → its writer, which raises TypeError or ValueError naming what it expects.
TO_TEXT: Final[dict[str, Callable[[Any], str]]] = {
    "string": string_text,
    "anyURI": string_text,
    "TypeName": string_text,
    "MethodName": string_text,
    "PropertyPath": string_text,
    "boolean": boolean_text,
    "float": float_text,
    "double": float_text,
    "dateTime": date_time_text,
    "base64Binary": binary_text,
    **{name: integer_text(*limits) for name, limits in INTEGER_RANGES.items()},
}

# ---- text to values ------------------------------------------------------------------------------------

_BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,40}\Z")
_FLOAT: Final = re.compile(r"(?:[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN)\Z")


def read_boolean(text: str) -> bool:
    """Read `true`, `false`, `1` or `0`; raise ValueError for anything else."""
    try:
        return _BOOLEANS[text.strip(WHITE_SPACE)]
    except KeyError:
        raise ValueError(text) from None


def integer_reader(low: int, high: int) -> Callable[[str], int]:
    """Return a function that reads an integer of this range, and raises ValueError otherwise."""

    def read(text: str) -> int:
        digits = text.strip(WHITE_SPACE)
        if not _INTEGER.match(digits):
            raise ValueError(text)
        value = int(digits)
        if low <= value <= high:
            return value
        raise ValueError(text)

    return read


def read_float(text: str) -> float:
    """Read a decimal number, `INF`, `-INF` or `NaN`; raise ValueError for anything else."""
    number = text.strip(WHITE_SPACE)
    if not _FLOAT.match(number):
        raise ValueError(text)
    return float(number)


#: Primitive → its reader, which raises ValueError for text that is not a value of the type.
FROM_TEXT: Final[dict[str, Callable[[str], Any]]] = {
    "string": str,
    "anyURI": str,
    "TypeName": str,
    "MethodName": str,
    "PropertyPath": str,
    "boolean": read_boolean,
    "float": read_float,
    "double": read_float,
    "dateTime": read_date_time,
    "base64Binary": read_binary,
    **{name: integer_reader(*limits) for name, limits in INTEGER_RANGES.items()},
}

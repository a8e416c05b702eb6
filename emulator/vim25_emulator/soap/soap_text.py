"""Conversion between scalars of the API and XML text.

Writing follows real servers: all five special characters are escaped, a dateTime is in UTC with `Z` and at
most six decimals, without trailing zeros [observed: recordings]. Reading accepts everything that XML Schema
allows: white space around a number, `0/1` for booleans, a dateTime in any time zone; without one it is UTC.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, Final

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

#: Integer type → its minimum and maximum.
INTEGER_RANGES: Final = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
}
_NOT_FINITE: Final = {"inf": "INF", "-inf": "-INF", "nan": "NaN"}


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
    return repr(value) if math.isfinite(value) else _NOT_FINITE[repr(value)]


def string_text(value: str) -> str:
    """Return a string escaped; raise TypeError for anything else."""
    if value.__class__ is not str:
        if not isinstance(value, str):
            raise TypeError("a str")
        value = str.__str__(value)
    return escape(value) if is_special(value) else value


def date_time_text(value: datetime) -> str:
    """Return an aware datetime in UTC; raise TypeError for a naive one, which is ambiguous."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError("an aware datetime")
    if value.tzinfo is not timezone.utc:
        value = value.astimezone(timezone.utc)
    text = value.isoformat()[:-6]
    return f"{text.rstrip('0') if value.microsecond else text}Z"


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
_WHITE_SPACE: Final = " \t\r\n"
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,40}\Z")
_FLOAT: Final = re.compile(r"(?:[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN)\Z")
_DATE_TIME: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))?\Z"
)


def read_boolean(text: str) -> bool:
    """Read `true`, `false`, `1` or `0`; raise ValueError for anything else."""
    try:
        return _BOOLEANS[text.strip(_WHITE_SPACE)]
    except KeyError:
        raise ValueError(text) from None


def integer_reader(low: int, high: int) -> Callable[[str], int]:
    """Return a function that reads an integer of this range, and raises ValueError otherwise."""

    def read(text: str) -> int:
        digits = text.strip(_WHITE_SPACE)
        if not _INTEGER.match(digits):
            raise ValueError(text)
        value = int(digits)
        if low <= value <= high:
            return value
        raise ValueError(text)

    return read


def read_float(text: str) -> float:
    """Read a decimal number, `INF`, `-INF` or `NaN`; raise ValueError for anything else."""
    number = text.strip(_WHITE_SPACE)
    if not _FLOAT.match(number):
        raise ValueError(text)
    return float(number)


def read_date_time(text: str) -> datetime:
    """Read a dateTime and return it in UTC, truncated to microseconds; raise ValueError for anything else."""
    match = _DATE_TIME.match(text.strip(_WHITE_SPACE))
    if match is None:
        raise ValueError(text)
    *fields, fraction, sign, hours, minutes = match.groups()
    micros = int((fraction or "")[:6].ljust(6, "0"))
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        local = datetime(*map(int, fields), micros, tzinfo=timezone.utc)  # type: ignore[arg-type, misc]
        return local + offset if sign == "-" else local - offset
    except (ValueError, OverflowError):
        raise ValueError(text) from None


def read_binary(text: str) -> bytes:
    """Read base64, with or without line breaks; raise ValueError for anything else."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise ValueError(text) from None


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

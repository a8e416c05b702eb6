"""Scalars that both bindings write alike: ranges of integers, names of special numbers, dateTime, base64.

A dateTime is written in UTC with `Z` and at most six decimals, without trailing zeros [observed: recordings].
All that XML Schema allows is read: any time zone, and none, which means UTC.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime, timedelta, timezone
from typing import Final

#: Integer type → its minimum and maximum.
INTEGER_RANGES: Final = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
}
#: Python's text of a number that is not finite → its name in XML Schema.
NOT_FINITE: Final = {"inf": "INF", "-inf": "-INF", "nan": "NaN"}
WHITE_SPACE: Final = " \t\r\n"
_DATE_TIME: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:Z|([+-])(0[0-9]|1[0-3]|14(?=:00)):([0-5][0-9]))?\Z"
)


def date_time_text(value: datetime) -> str:
    """Return an aware datetime in UTC; raise TypeError for a naive one, which is ambiguous."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError("an aware datetime")
    if value.tzinfo is not timezone.utc:
        value = value.astimezone(timezone.utc)
    text = value.isoformat()[:-6]
    return f"{text.rstrip('0') if value.microsecond else text}Z"


def read_date_time(text: str) -> datetime:
    """Read a dateTime and return it in UTC, truncated to microseconds; raise ValueError for anything else."""
    match = _DATE_TIME.match(text.strip(WHITE_SPACE))
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

"""Values in anyType places: which types Python's own types determine. Values of all others are Tagged."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from vim25_emulator.vmodl.type_names import REFERENCE
from vim25_emulator.vmodl.value import MoRef

#: Python type → name of the API's type; an int is an `int`, or a `long` if it is out of range.
PYTHON_TYPES: Final = {
    bool: "boolean",
    str: "string",
    float: "double",
    datetime: "dateTime",
    bytes: "base64Binary",
    MoRef: REFERENCE,
}
#: Primitives that Python's types determine.
PLAIN: Final = frozenset({*PYTHON_TYPES.values(), "int"}) - {REFERENCE}

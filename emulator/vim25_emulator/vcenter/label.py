"""Labels derived from names of the API; a real vCenter reads them from its message catalog."""

from __future__ import annotations

import re
from typing import Final

from vim25_emulator.vmodl.value import DataObject

_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[._]")


def words(name: str) -> str:
    """Return an API name as words: `TaskReasonUser` becomes `Task reason user`."""
    text = " ".join(filter(None, _WORD.split(name))).lower()
    return text[:1].upper() + text[1:]


def element(key: str) -> DataObject:
    """Return the ElementDescription of a key."""
    return DataObject("ElementDescription", label=words(key), summary=words(key), key=key)

"""Errors in the declaration of a case: one line with the case, the mistake and the nearest right name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

Entry = TypeVar("Entry")

#: Longest list of possible names that a message contains.
_LISTED: Final = 20


class DeclarationError(ValueError):
    """A case is declared wrongly; no case can run. The message names the case or its file."""


class UnknownNameError(DeclarationError):
    """A case names a clause, situation or arrangement that does not exist."""


def named(case: str, what: str, name: str, table: Mapping[str, Entry]) -> Entry:
    """Return the entry of a table that a case names; raise UnknownNameError."""
    if name not in table:
        raise UnknownNameError(f"{case}: no {what} {name!r}{suggestion(name, table)}")
    return table[name]


def suggestion(name: str, possible: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: the nearest names, and all if they are few."""
    known = list(dict.fromkeys(possible))
    near = difflib.get_close_matches(name, known, 2)
    question = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    return question + (f"; possible: {', '.join(known)}" if 0 < len(known) <= _LISTED else "")

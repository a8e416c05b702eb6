"""Wildcards in the names of files: `*` is any number of characters, `?` is one [documented]."""

from __future__ import annotations


def matches_wildcards(name: str, pattern: str) -> bool:
    """Return whether a pattern matches a whole name.

    The parts between the stars are searched from left to right, each once, so no pattern costs more than its
    length times that of the name, and one that is longer than any matching name costs nothing.
    """
    first, *others = pattern.split("*")
    if len(pattern) - len(others) > len(name) or not _matches_at(name, first, 0):
        return False
    if not others:
        return len(first) == len(name)
    *inner, last = others
    position = len(first)
    for part in filter(None, inner):
        found = _search(name, part, position)
        if found is None:
            return False
        position = found + len(part)
    end = len(name) - len(last)
    return end >= position and _matches_at(name, last, end)


def _search(name: str, part: str, start: int) -> int | None:
    """Return the first position of a part in a name; None if it does not occur."""
    positions = range(start, len(name) - len(part) + 1)
    return next((position for position in positions if _matches_at(name, part, position)), None)


def _matches_at(name: str, part: str, position: int) -> bool:
    return position + len(part) <= len(name) and all(
        wanted in ("?", name[position + index]) for index, wanted in enumerate(part)
    )

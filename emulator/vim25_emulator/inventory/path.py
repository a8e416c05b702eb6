"""Property paths: reading and replacing a value inside immutable values.

A path consists of property names joined by dots. A name may have a key (`device[4000]`, `latestPage["x"]`),
which selects an element of an array: the data object with this `key`, or the reference with this moId.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from vim25_emulator.vmodl.value import DataObject, MoRef

#: A step, and the dot behind it. Every character is in one step, so the time is linear in the path's length.
_STEP: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[(?:\"([^\"]*)\"|([^\]\"]*))\])?(?:(\.)|\Z)")


class Segment(NamedTuple):
    """A step of a path: a property name, and the key of an array element or None."""

    name: str
    key: str | None


@lru_cache(maxsize=8192)
def split(path: str) -> tuple[Segment, ...]:
    """Return the steps of a path; raise ValueError if it is malformed."""
    return tuple(_segment(match) for match in _steps(path))


def owner(path: str) -> str:
    """Return a path without its last step, empty for a property of the managed object itself."""
    *_, last = _steps(path)
    return path[: max(0, last.start() - 1)]


def around(path: str) -> Iterator[str]:
    """Yield the paths that a path is inside of, innermost first."""
    end = len(path)
    while end > 0:
        end = max(path.rfind(".", 0, end), path.rfind("[", 0, end))
        if end > 0:
            yield path[:end]


def _steps(path: str) -> Iterator[re.Match[str]]:
    start, dot = 0, "."
    while dot:
        match = _STEP.match(path, start)
        if match is None:
            step = path[start:].partition(".")[0]
            raise ValueError(f"{step!r} is not a step of a property path (in {path!r})")
        yield match
        start, dot = match.end(), match[4]


def _segment(match: re.Match[str]) -> Segment:
    name, quoted, bare, _ = match.groups()
    return Segment(name, quoted if quoted is not None else bare)


def key_of(element: Any) -> str | None:
    """Return the key of an array element in a path: its `key` or moId, or None."""
    if isinstance(element, MoRef):
        return element.value
    key = element.__dict__.get("key") if isinstance(element, DataObject) else None
    return None if key is None else str(key)


def step(value: Any, segment: Segment) -> Any:
    """Return the value at a step, None if it does not exist."""
    if not isinstance(value, DataObject):
        return None
    child = value.__dict__.get(segment.name)
    return child if segment.key is None else element(child, segment.key)


def element(value: Any, key: str | None) -> Any:
    """Return an array's element with a key, None if it does not exist; without a key, the value itself."""
    if key is None or value is None:
        return value
    return next((child for child in value if key_of(child) == key), None)


def replaced(value: Any, segments: tuple[Segment, ...], new: Any) -> Any:
    """Return a copy of `value` with `new` at the path `segments`; all other parts are shared.

    Raises ValueError if a data object on the path is unset, since creating one would be a guess.
    """
    if not segments:
        return new
    head, rest = segments[0], segments[1:]
    if not isinstance(value, DataObject):
        raise ValueError(f"no data object to set {head.name!r} on: {value!r}")
    child = value.__dict__.get(head.name)
    if head.key is None:
        return value.replace(**{head.name: replaced(child, rest, new)})
    elements = [replaced(e, rest, new) if key_of(e) == head.key else e for e in child or ()]
    if not any(key_of(e) == head.key for e in child or ()):
        raise ValueError(f"no element {head.key!r} in {head.name!r}")
    return value.replace(**{head.name: tuple(e for e in elements if e is not None)})


def overlaps(one: str, other: str) -> bool:
    """Whether a change at one path affects the value at the other."""
    if one == other:
        return True
    short, long = (one, other) if len(one) < len(other) else (other, one)
    return long.startswith(short) and long[len(short)] in ".["

"""Property paths: reading and replacing one place inside immutable values.

A path is property names joined by dots; a name may carry a key (`device[4000]`, `latestPage["x"]`) that
selects the element of an array of data objects whose `key` it is, or of managed object references whose moId
it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, NamedTuple

from vim25_emulator.vmodl.value import DataObject, MoRef

_SEGMENT: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[(?:\"([^\"]*)\"|([^\]\"]*))\])?\Z")


class Segment(NamedTuple):
    """One step of a path: a property name, and the key of an array element or None."""

    name: str
    key: str | None


#: The dots between steps, which those inside a key are not.
_JOINT: Final = re.compile(r"\.(?![^\[]*\])")


@lru_cache(maxsize=8192)
def split(path: str) -> tuple[Segment, ...]:
    """Return the steps of a path; raise ValueError if it is not one."""
    return tuple(_segment(part, path) for part in _JOINT.split(path))


def owner(path: str) -> str:
    """Return the path of what holds the last step, empty for a property of the managed object itself."""
    joints = list(_JOINT.finditer(path))
    return path[: joints[-1].start()] if joints else ""


def _segment(part: str, path: str) -> Segment:
    match = _SEGMENT.match(part)
    if match is None:
        raise ValueError(f"{part!r} is not a step of a property path (in {path!r})")
    name, quoted, bare = match.groups()
    return Segment(name, quoted if quoted is not None else bare)


def key_of(element: Any) -> str | None:
    """Return what identifies an array element in a path: its `key` or moId, or None if it has none."""
    if isinstance(element, MoRef):
        return element.value
    key = element.__dict__.get("key") if isinstance(element, DataObject) else None
    return None if key is None else str(key)


def step(value: Any, segment: Segment) -> Any:
    """Return what one step leads to: None where the way ends."""
    if not isinstance(value, DataObject):
        return None
    found = value.__dict__.get(segment.name)
    if segment.key is None or found is None:
        return found
    return next((element for element in found if key_of(element) == segment.key), None)


def replaced(value: Any, segments: tuple[Segment, ...], new: Any) -> Any:
    """Return `value` with the place that `segments` lead to set to `new`; all else is shared.

    Raises ValueError where the way to the place is not there, since inventing its owner would be a guess.
    """
    if not segments:
        return new
    head, rest = segments[0], segments[1:]
    if not isinstance(value, DataObject):
        raise ValueError(f"no data object to set {head.name!r} on: found {value!r}")
    held = value.__dict__.get(head.name)
    if head.key is None:
        return value.replace(**{head.name: replaced(held, rest, new)})
    elements = [replaced(e, rest, new) if key_of(e) == head.key else e for e in held or ()]
    if not any(key_of(e) == head.key for e in held or ()):
        raise ValueError(f"no element {head.key!r} in {head.name!r}")
    return value.replace(**{head.name: tuple(e for e in elements if e is not None)})


def overlaps(one: str, other: str) -> bool:
    """Whether a change of one of these paths can be seen by a reader of the other."""
    if one == other:
        return True
    short, long = (one, other) if len(one) < len(other) else (other, one)
    return long.startswith(short) and long[len(short)] in ".["

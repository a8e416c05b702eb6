"""The differences between two outcomes: a pure function of two trees.

Arrays are compared as multisets, so that an extra object is one difference wherever it is. What depends on
timing is not compared: the values that a filter reported, and the intermediate states of a task.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from vim25_conformance.outcome import Data, Fault, Outcome, Several, Step, TaskSeen, Wire

NOTHING: Final = None
MOMENTARY: Final[dict[type, tuple[str, ...]]] = {TaskSeen: ("states",), Outcome: ("seen",)}


class Difference(msgspec.Struct, frozen=True):
    """At `path` one side has `left` and the other has `right`; None where a side has nothing."""

    path: str
    left: Any
    right: Any


def differences(left: Outcome, right: Outcome, *, wire: bool = True) -> tuple[Difference, ...]:
    """Return all differences between the outcomes, in the order of the left one.

    Without `wire` the form of the responses is left out: the outcomes are of two bindings.
    """
    if not wire:
        left, right = _formless(left), _formless(right)
    return tuple(_compare(left, right, ""))


def _formless(outcome: Outcome) -> Outcome:
    steps = tuple(msgspec.structs.replace(step, wire=Wire()) for step in outcome.steps)
    return msgspec.structs.replace(outcome, steps=steps)


def _canonical(value: Any) -> str:
    """Return the same text for values that are equal: array order is ignored, and true is not 1."""
    return json.dumps(_ordered(msgspec.to_builtins(value)), sort_keys=True)


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    if isinstance(value, dict):
        inner = {key: _ordered(item) for key, item in value.items()}
        if value.get("kind") == "several":
            inner["items"] = sorted(inner["items"], key=lambda item: json.dumps(item, sort_keys=True))
        return inner
    return value


def _compare(left: Any, right: Any, path: str) -> Iterator[Difference]:
    if _canonical(left) == _canonical(right):
        return
    if isinstance(left, Several) and isinstance(right, Several):
        yield from _multisets(left.items, right.items, path)
    elif isinstance(left, tuple) and isinstance(right, tuple):
        yield from _steps(left, right, path)
    elif isinstance(left, Mapping) and isinstance(right, Mapping):
        yield from _mappings(left, right, path)
    elif type(left) is type(right) and _same_sort(left, right):
        yield from _mappings(_parts(left), _parts(right), path)
    else:
        yield Difference(path, left, right)


def _same_sort(left: Any, right: Any) -> bool:
    """Whether differences inside the values say more than a difference of the values themselves."""
    match left:
        case Data():
            return bool(left.type == right.type)
        case Fault():
            return bool(left.lineage == right.lineage)
    return isinstance(left, msgspec.Struct) and bool(left.__struct_fields__)


def _parts(value: Any) -> dict[str, Any]:
    if isinstance(value, Data | Fault):
        return {**value.fields, **({"declared": value.declared} if isinstance(value, Fault) else {})}
    left_out = MOMENTARY.get(type(value), ())
    return {name: getattr(value, name) for name in value.__struct_fields__ if name not in left_out}


def _mappings(left: Mapping[str, Any], right: Mapping[str, Any], path: str) -> Iterator[Difference]:
    for key in [*left, *(key for key in right if key not in left)]:
        yield from _compare(left.get(key, NOTHING), right.get(key, NOTHING), f"{path}.{key}" if path else key)


def _steps(left: tuple[Any, ...], right: tuple[Any, ...], path: str) -> Iterator[Difference]:
    """Compare steps by name; any other tuple as a whole."""
    if not all(isinstance(each, Step) for each in (*left, *right)):
        yield Difference(path, left, right)
        return
    yield from _mappings(_by_name(left), _by_name(right), path)


def _by_name(steps: tuple[Step, ...]) -> dict[str, Step]:
    named: dict[str, Step] = {}
    for step in steps:
        same = sum(1 for each in named.values() if each.name == step.name)
        named[f"{step.name} ({same + 1})" if same else step.name] = step
    return named


def _multisets(left: tuple[Any, ...], right: tuple[Any, ...], path: str) -> Iterator[Difference]:
    """Pair equal items; compare the rest in order, and report a surplus as missing on the other side."""
    only_right = {index: _canonical(item) for index, item in enumerate(right)}
    only_left = []
    for item in left:
        twin = next((index for index, text in only_right.items() if text == _canonical(item)), None)
        if twin is None:
            only_left.append(item)
        else:
            del only_right[twin]
    rest = [right[index] for index in only_right]
    for index in range(max(len(only_left), len(rest))):
        here = only_left[index] if index < len(only_left) else NOTHING
        there = rest[index] if index < len(rest) else NOTHING
        yield from _compare(here, there, f"{path}[]")

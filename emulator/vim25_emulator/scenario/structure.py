"""From plain values to a Scenario: types, ranges and keys, checked by msgspec.

msgspec stops at the first mistake and does not say under which key of a mapping it was. Here the mistake
is located, noted, taken out, and the rest is tried again, so a user sees all of them at once.
"""

from __future__ import annotations

import re
from copy import deepcopy
from difflib import get_close_matches
from typing import Any, Final

import msgspec
from msgspec import inspect

from vim25_emulator.scenario.format import Scenario
from vim25_emulator.scenario.source import Document, Path, Problem, ScenarioError, format_path

_MOST_PROBLEMS: Final = 20
_MESSAGE: Final = re.compile(r"(?P<what>.*?)(?: - at (?:`key` in )?`(?P<path>\$[^`]*)`)?\Z", re.DOTALL)
_STEP: Final = re.compile(r"\.(?P<name>\w+)|\[(?P<index>\d+)\]|\[(?P<any>\.\.\.)\]")
_VALUE: Final = re.compile(r"Invalid enum value '(?P<value>.*)'\Z")
_FIELD: Final = re.compile(r"(?:unknown|required) field `(?P<name>\w+)`")


def scenario_of(document: Document) -> Scenario:
    """Return the scenario that a document describes; raise ScenarioError with every mistake of form."""
    data, problems, taken_out = deepcopy(document.data), list[Problem](), set[Path]()
    while len(problems) < _MOST_PROBLEMS:
        error = _first_error(data)
        if error is None:
            break
        what, path = _located(data, error)
        if (*path, _missing(what)) not in taken_out:
            problems.append(document.problem(path, _explained(what, path)))
        taken_out.add(path)
        if not _take_out(data, path):
            break
    if problems:
        raise ScenarioError(*sorted(problems, key=lambda problem: problem.location))
    return msgspec.convert(data, Scenario)


def _first_error(data: dict[str, Any]) -> str | None:
    """Return what msgspec says of the first mistake in the data; None if there is none."""
    try:
        msgspec.convert(data, Scenario)
    except msgspec.ValidationError as error:
        return str(error)
    return None


def _missing(what: str) -> str | None:
    """Return the name of the field that a message misses."""
    field = _FIELD.search(what)
    return field["name"] if field and "required" in what else None


def _located(data: dict[str, Any], message: str) -> tuple[str, Path]:
    """Return what is wrong, and the path to it with the keys that msgspec leaves out."""
    what, steps = _parted(message)
    while ... in steps:
        depth = steps.index(...)
        key, data, message = _narrowed(data, steps[:depth], message)
        what, found = _parted(message)
        steps = (*steps[:depth], key, *found[depth + 1 :])
    field = _FIELD.search(what)
    return what, (*steps, field["name"]) if field and "unknown" in what else steps


def _parted(message: str) -> tuple[str, tuple[Any, ...]]:
    """Return what a message says, and its path, in which `...` stands for a key that it does not say."""
    match = _MESSAGE.match(message)
    path = match["path"] if match and match["path"] else "$"
    steps = (int(step["index"]) if step["index"] else step["name"] or ... for step in _STEP.finditer(path))
    return (match["what"] if match else message), tuple(steps)


def _narrowed(data: dict[str, Any], path: Path, message: str) -> tuple[str, dict[str, Any], str]:
    """Find under which key of the mapping at `path` the mistake is, by trying one entry at a time.

    Returns the key, the data with that entry alone, and the message that it gives.
    """
    for key, value in _at(data, path).items():
        alone = _with(data, path, {key: value})
        error = _first_error(alone)
        if error is not None and _leads_below(_parted(error)[1], path):
            return key, alone, error
    raise AssertionError(f"no entry of {format_path(path)} fails by itself: {message}")


def _leads_below(steps: tuple[Any, ...], path: Path) -> bool:
    """Whether a path of a message, in which `...` stands for any key, goes on from another path."""
    same = all(step in (taken, ...) for step, taken in zip(steps, path, strict=False))
    return same and len(steps) > len(path)


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _with(data: Any, path: Path, value: Any) -> Any:
    """Return a copy of the data in which the value at a path is another one."""
    if not path:
        return value
    copy: Any = list(data) if isinstance(data, list) else dict(data)
    copy[path[0]] = _with(data[path[0]], path[1:], value)
    return copy


def _take_out(data: dict[str, Any], path: Path) -> bool:
    """Take the value at a path out of the data; return whether that was possible."""
    if not path:
        return False
    holder = _at(data, path[:-1])
    del holder[path[-1]]
    return True


def _explained(what: str, path: Path) -> str:
    """Return what is wrong in the user's terms, with what was expected and the suggestion valid name."""
    field = _FIELD.search(what)
    if field and "unknown" in what:
        return f"there is no such key here{suggestion(field['name'], _fields(_type_at(path[:-1])))}"
    if field:
        return f"`{field['name']}` is missing"
    value = _VALUE.match(what)
    allowed = _values(_type_at(path))
    if not allowed:
        expected = (
            what.removeprefix("Expected ").replace("`object`", "a mapping").replace("`array`", "a list")
        )
        return f"expected {expected}"
    near = get_close_matches(value["value"], allowed, n=1) if value else []
    return f"expected one of {', '.join(allowed)}" + (f"; did you mean `{near[0]}`?" if near else "")


def suggestion(name: str, known: list[str]) -> str:
    """Return `; did you mean x?`, or what there is to choose from if nothing is near."""
    near = get_close_matches(name.strip("'\""), known, n=1)
    if near:
        return f"; did you mean `{near[0]}`?"
    return f"; there is {', '.join(f'`{other}`' for other in known)}" if 0 < len(known) <= 30 else ""


def _type_at(path: Path) -> inspect.Type | None:
    """Return the type that the value at a path should have."""
    found: inspect.Type | None = inspect.type_info(Scenario)
    for step in path:
        found = _step_into(found, step)
    return found


def _step_into(found: inspect.Type | None, step: str | int) -> inspect.Type | None:
    candidates = found.types if isinstance(found, inspect.UnionType) else (found,)
    for candidate in candidates:
        if isinstance(candidate, inspect.StructType):
            fields = {field.encode_name: field.type for field in candidate.fields}
            return fields.get(str(step))
        if isinstance(candidate, inspect.DictType):
            return candidate.value_type
        if isinstance(candidate, inspect.VarTupleType):
            return candidate.item_type
    return None


def _fields(found: inspect.Type | None) -> list[str]:
    return [field.encode_name for field in found.fields] if isinstance(found, inspect.StructType) else []


def _values(found: inspect.Type | None) -> list[str]:
    candidates = found.types if isinstance(found, inspect.UnionType) else (found,)
    literals = (candidate for candidate in candidates if isinstance(candidate, inspect.LiteralType))
    return [str(value) for literal in literals for value in literal.values]

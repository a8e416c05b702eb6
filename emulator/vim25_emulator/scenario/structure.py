"""Conversion of plain values to a Scenario; msgspec checks types, ranges and keys.

msgspec stops at the first error and does not report the mapping key that leads to it. Here the error is
located and recorded, its value removed, and the conversion repeated, so all errors are reported at once.
"""

from __future__ import annotations

import re
from copy import deepcopy
from difflib import get_close_matches
from itertools import chain
from typing import Any, Final

import msgspec
from msgspec import inspect

from vim25_emulator.scenario.format import Scenario
from vim25_emulator.scenario.source import Document, Path, Problem, ScenarioError, format_path

_MAX_PROBLEMS: Final = 20
_MAX_ECHO: Final = 40
#: msgspec's messages, and the paths in them.
_MESSAGE: Final = re.compile(
    r"(?P<message>.*?)(?: - at (?P<key>`key` in )?`(?P<path>\$[^`]*)`)?\Z", re.DOTALL
)
_STEP: Final = re.compile(r"\.(?P<name>\w+)|\[(?P<index>\d+)\]|\[(?P<any>\.\.\.)\]")
_FIELD: Final = re.compile(r"(?:unknown|required) field `(?P<name>\w+)`")

#: msgspec's name of a type → the user's.
_TYPES: Final = {
    "bool": "true or false",
    "int": "an integer",
    "float": "a number",
    "str": "text",
    "array": "a list",
    "object": "a mapping",
}

#: Form of msgspec's message about a value → the expected value, by type, limit and example.
_WORDINGS: Final = {
    re.compile(form, re.DOTALL): wording
    for form, wording in {
        r"Expected `(?P<type>.+)`, got `\w+`": "{type}",
        r"Expected `(?P<type>.+)` >= (?P<limit>.+)": "{type} of at least {limit}",
        r"Expected `(?P<type>.+)` > (?P<limit>.+)": "{type} greater than {limit}",
        r"Expected `(?P<type>.+)` <= (?P<limit>.+)": "{type} of at most {limit}",
        r"Expected `(?P<type>.+)` that's a multiple of (?P<limit>.+)": "a multiple of {limit}",
        r"Expected `(?P<type>.+)` of length >= (?P<limit>.+)": "{type} with a length of at least {limit}",
        r"Expected `(?P<type>.+)` of length <= (?P<limit>.+)": "{type} with a length of at most {limit}",
        r"Expected `(?P<type>.+)` matching regex .+": "{type} such as {example!r}",
    }.items()
}


def scenario_of(document: Document) -> Scenario:
    """Return the scenario of a document; ScenarioError with all structural errors."""
    data, problems, removed = deepcopy(document.data), list[Problem](), set[Path]()
    while len(problems) < _MAX_PROBLEMS:
        error = _first_error(data)
        if error is None:
            break
        message, path = _located(data, error)
        if (*path, _missing_field(message)) not in removed:
            problems.append(
                document.problem(path, _user_message(message, path, *_rejected(data, path, error)))
            )
        removed.add(path)
        if not _remove(data, path):
            break
    if problems:
        raise ScenarioError(*sorted(problems, key=lambda problem: problem.location))
    return msgspec.convert(data, Scenario)


def _first_error(data: dict[str, Any]) -> str | None:
    """Return msgspec's message for the first error in the data; None if the data are valid."""
    try:
        msgspec.convert(data, Scenario)
    except msgspec.ValidationError as error:
        return str(error)
    return None


def _missing_field(message: str) -> str | None:
    """Return the required field that is missing according to a message; None for other messages."""
    field = _FIELD.search(message)
    return field["name"] if field and "required" in message else None


def _located(data: dict[str, Any], error: str) -> tuple[str, Path]:
    """Return the message of an error and its full path, with the keys that msgspec omits."""
    message, path = _split(error)
    while ... in path:
        depth = path.index(...)
        key, data, error = _failing_entry(data, path[:depth], error)
        message, entry_path = _split(error)
        path = (*path[:depth], key, *entry_path[depth + 1 :])
    field = _FIELD.search(message)
    return message, (*path, field["name"]) if field and "unknown" in message else path


def _split(error: str) -> tuple[str, tuple[Any, ...]]:
    """Return the message of an error and its path, in which `...` stands for an omitted key."""
    match = _MESSAGE.match(error)
    path = match["path"] if match and match["path"] else "$"
    steps = (int(step["index"]) if step["index"] else step["name"] or ... for step in _STEP.finditer(path))
    return (match["message"] if match else error), tuple(steps)


def _failing_entry(data: dict[str, Any], path: Path, error: str) -> tuple[str, dict[str, Any], str]:
    """Return the key of the invalid entry in the mapping at `path`, the data with it alone, and its error.

    Entries are converted one at a time, because the error does not name the key.
    """
    for key, value in _at(data, path).items():
        single = _with(data, path, {key: value})
        entry_error = _first_error(single)
        if entry_error is not None and _is_below(_split(entry_error)[1], path):
            return key, single, entry_error
    raise AssertionError(f"no entry of {format_path(path)} fails alone: {error}")


def _is_below(below: tuple[Any, ...], path: Path) -> bool:
    """Return whether a path of an error, in which `...` stands for any key, continues another path."""
    same = all(step in (key, ...) for step, key in zip(below, path, strict=False))
    return same and len(below) > len(path)


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _with(data: Any, path: Path, value: Any) -> Any:
    """Return a copy of the data with another value at a path."""
    if not path:
        return value
    copy: Any = list(data) if isinstance(data, list) else dict(data)
    copy[path[0]] = _with(data[path[0]], path[1:], value)
    return copy


def _remove(data: dict[str, Any], path: Path) -> bool:
    """Remove the value at a path; return False for the root, which cannot be removed."""
    if not path:
        return False
    owner = _at(data, path[:-1])
    del owner[path[-1]]
    return True


def _rejected(data: dict[str, Any], path: Path, error: str) -> tuple[Any, str]:
    """Return the rejected value and its role: the value at the path, or a key of the mapping there."""
    value = _at(data, path)
    match = _MESSAGE.match(error)
    if not match or not match["key"]:
        return value, ""
    alone = ((key, _with(data, path, {key: value[key]})) for key in value)
    return next(key for key, single in alone if _first_error(single) == error), " as a key"


def _user_message(message: str, path: Path, value: Any, role: str) -> str:
    """Return msgspec's message in the user's terms, with the expected values or the nearest valid name."""
    field = _FIELD.search(message)
    if field and "unknown" in message:
        return f"unknown key{suggestion(field['name'], _fields(_type_at(path[:-1])))}"
    if field:
        return f"`{field['name']}` is missing"
    declared = _type_at(path)
    allowed = _values(declared)
    expected = f"one of {', '.join(allowed)}" if allowed else _expected(message, _example(declared))
    return f"expected {expected}{role}, not {_echo(value)}{_hint(value, allowed, expected)}"


def _expected(message: str, example: str) -> str:
    """Return the value that msgspec expects according to a message, in the user's terms."""
    for form, wording in _WORDINGS.items():
        match = form.fullmatch(message)
        if match:
            parts = match.groupdict(default="")
            limit = parts.get("limit", "").removesuffix(".0")
            return wording.format(type=_type_words(parts["type"]), limit=limit, example=example)
    return "a valid value"


def _type_words(types: str) -> str:
    """Return msgspec's alternative types in the user's terms; null, which is optional, is not one."""
    *others, last = (_TYPES[name] for name in types.split(" | ") if name in _TYPES)
    return f"{', '.join(others)} or {last}" if others else last


def _hint(value: Any, allowed: list[str], expected: str) -> str:
    """Return the nearest allowed value, or the advice to quote text that YAML reads as something else."""
    nearest = get_close_matches(value, allowed, n=1) if isinstance(value, str) else []
    if nearest:
        return f"; did you mean `{nearest[0]}`?"
    is_text = "text" in expected or (isinstance(value, bool) and "on" in allowed)
    return "; put it in quotes" if is_text and not isinstance(value, str | dict | list | None) else ""


def _echo(value: Any) -> str:
    """Return a value as in YAML, shortened; of a mapping or a list, only its kind."""
    if isinstance(value, str):
        return repr(value if len(value) <= _MAX_ECHO else f"{value[: _MAX_ECHO - 1]}…")
    kinds = {dict: "a mapping", list: "a list", type(None): "null"}
    return kinds.get(type(value)) or str(value).lower()[:_MAX_ECHO]


def suggestion(name: str, valid: list[str]) -> str:
    """Return `; did you mean x?` with the nearest valid name, or else a short list of all; may be empty."""
    nearest = get_close_matches(name.strip("'\""), valid, n=1)
    if nearest:
        return f"; did you mean `{nearest[0]}`?"
    return f"; expected one of {', '.join(f'`{other}`' for other in valid)}" if 0 < len(valid) <= 30 else ""


def _type_at(path: Path) -> inspect.Type | None:
    """Return the declared type of the value at a path."""
    declared: inspect.Type | None = inspect.type_info(Scenario)
    for step in path:
        declared = _item_type(declared, step)
    return declared


def _item_type(declared: inspect.Type | None, step: str | int) -> inspect.Type | None:
    for candidate in _alternatives(declared):
        if isinstance(candidate, inspect.StructType):
            fields = {field.encode_name: field.type for field in candidate.fields}
            return fields.get(str(step))
        if isinstance(candidate, inspect.DictType):
            return candidate.value_type
        if isinstance(candidate, inspect.VarTupleType):
            return candidate.item_type
    return None


def _alternatives(declared: inspect.Type | None) -> tuple[inspect.Type | None, ...]:
    """Return the types that a declared type consists of, without descriptions."""
    if isinstance(declared, inspect.Metadata):
        return _alternatives(declared.type)
    if isinstance(declared, inspect.UnionType):
        return tuple(chain.from_iterable(map(_alternatives, declared.types)))
    return (declared,)


def _fields(declared: inspect.Type | None) -> list[str]:
    structs = (struct for struct in _alternatives(declared) if isinstance(struct, inspect.StructType))
    return [field.encode_name for struct in structs for field in struct.fields]


def _values(declared: inspect.Type | None) -> list[str]:
    alternatives = _alternatives(declared)
    literals = (literal for literal in alternatives if isinstance(literal, inspect.LiteralType))
    return [str(value) for literal in literals for value in literal.values]


def _example(declared: inspect.Type | None) -> str:
    """Return the example that a declared type gives; it is empty if there is none."""
    if isinstance(declared, inspect.UnionType):
        return next(filter(None, map(_example, declared.types)), "")
    if not isinstance(declared, inspect.Metadata):
        return ""
    schema = declared.extra_json_schema or {}
    examples = schema.get("examples")
    return str(examples[0]) if examples else _example(declared.type)

"""The page of all keys of a scenario file, from the JSON schema that `vim25-emulator schema` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any, Final

from vim25_emulator.fault_tolerance.documentation_page import GENERATED, table
from vim25_emulator.scenario.library import json_schema

_INTRODUCTION: Final = """\
# Keys of a scenario file

Every key that a scenario file can have, by section. `NAME` stands for the name of an object. In a file that
extends another one, `null` instead of an entry removes it. [The guide](../fixtures/README.md) shows the keys
in use; `vim25-emulator schema` prints this page as a JSON schema, for editors."""

_HEAD: Final = ("Key", "Value", "Default", "Meaning")

#: Keyword of a JSON schema → limit in words.
_LIMITS: Final = {
    "minimum": "at least {}",
    "exclusiveMinimum": "greater than {}",
    "maximum": "at most {}",
    "multipleOf": "a multiple of {}",
    "maxLength": "at most {} characters",
}

#: Type in a JSON schema → type in words.
_TYPES: Final = {"boolean": "`true` or `false`", "string": "text", "object": "mapping"}


def scenario_format_page() -> str:
    """Return the page of all keys, in Markdown."""
    definitions = json_schema()["$defs"]
    sections = (_section(path, definitions[name]) for path, name in _paths(definitions, "Scenario", ""))
    return "\n\n".join((GENERATED, _INTRODUCTION, *sections)) + "\n"


def _paths(definitions: dict[str, Any], name: str, path: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the name of a definition, and of all those that its keys refer to."""
    yield path, name
    for key, schema in definitions[name].get("properties", {}).items():
        for suffix, target in _references(schema):
            yield from _paths(definitions, target, f"{path}.{key}{suffix}".removeprefix("."))


def _references(schema: dict[str, Any], suffix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the definitions that a value refers to, and the path that leads to each from the value."""
    if "$ref" in schema:
        yield suffix, schema["$ref"].rpartition("/")[2]
    for alternative in schema.get("anyOf", ()):
        yield from _references(alternative, suffix)
    for keyword, step in (("items", "[]"), ("additionalProperties", ".NAME")):
        if isinstance(schema.get(keyword), dict):
            yield from _references(schema[keyword], suffix + step)


def _section(path: str, definition: dict[str, Any]) -> str:
    title = f"`{path}`" if path else "The file"
    required = definition.get("required", ())
    rows = [
        (f"`{key}`", _value(schema), _default(schema, required=key in required), schema["description"])
        for key, schema in definition.get("properties", {}).items()
    ]
    keys = table(_HEAD, rows) if rows else "It has no keys: write `{}`."
    return f"## {title}\n\n{cleandoc(definition['description'])}\n\n{keys}"


def _value(schema: dict[str, Any]) -> str:
    """Return what a value can be, in words."""
    if "$ref" in schema:
        return "section"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_value(other) for other in schema["anyOf"] if other != {"type": "null"})
    kind = schema["type"]
    if kind == "array":
        return f"list: {_value(schema['items'])}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"by name: {_value(schema['additionalProperties'])}"
    limits = [words.format(schema[keyword]) for keyword, words in _LIMITS.items() if keyword in schema]
    example = [f"such as `{text}`" for text in schema.get("examples", ())]
    return ", ".join((_TYPES.get(kind, kind), *limits, *example))


def _default(schema: dict[str, Any], *, required: bool) -> str:
    """Return the default of a key; it is empty if the meaning of the key, or its section, states it."""
    default = schema.get("default")
    if required:
        return "required"
    if default is None or isinstance(default, dict | list | tuple):
        return "" if default is None or default else "none"
    return f"`{default or json.dumps(default)}`" if isinstance(default, str) else f"`{json.dumps(default)}`"

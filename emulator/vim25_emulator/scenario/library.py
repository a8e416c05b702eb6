"""Packaged scenarios and scenario files: listing, reading, checking."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from vim25_emulator.scenario.format import Scenario
from vim25_emulator.scenario.saved_inventory import load_folder
from vim25_emulator.scenario.source import Document, Location, Problem, ScenarioError, merge, parse, read_text
from vim25_emulator.scenario.structure import scenario_of, suggestion
from vim25_emulator.scenario.validation import check

STDIN: Final = "-"
_SUFFIX: Final = ".yaml"


@cache
def _folder() -> Path:
    """Return the folder of the packaged scenarios, in the installed package or in a source checkout."""
    installed = Path(__file__).parents[1] / "scenarios"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "fixtures" / "scenarios"


@cache
def names() -> tuple[str, ...]:
    """Return the names of the packaged scenarios, sorted."""
    files = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in files if name.endswith(_SUFFIX)))


def titles() -> dict[str, str]:
    """Return the titles of the packaged scenarios by name."""
    return {name: str(_read(name, None).data.get("title", "")) for name in names()}


def load_packaged() -> dict[str, Scenario | ScenarioError]:
    """Return the packaged scenarios by name; for an invalid one, its errors."""
    return {name: _loaded(name) for name in names()}


def _loaded(name: str) -> Scenario | ScenarioError:
    try:
        return load(name)
    except ScenarioError as error:
        return error


def load(name: str) -> Scenario:
    """Return the packaged scenario of this name, or the one in this file or on standard input (`-`).

    A folder is loaded as an inventory saved by `govc object.save`.

    Raises ScenarioError with the file and line of every error, and the values expected there.
    """
    if name != STDIN and name not in names() and Path(name).is_dir():
        return load_folder(Path(name))
    document = _resolved(name, None, ())
    scenario = scenario_of(document)
    problems = check(scenario, document)
    if problems:
        raise ScenarioError(*problems)
    return scenario


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of scenario files, for completion and validation in editors."""
    schema = _with_null(msgspec.json.schema(Scenario))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _with_null(schema: Any) -> Any:
    """Return a schema that accepts null for every entry of a mapping, as a patch that removes it."""
    if isinstance(schema, list):
        return [_with_null(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    nullable = {key: _with_null(value) for key, value in schema.items()}
    if isinstance(nullable.get("additionalProperties"), dict):
        nullable["additionalProperties"] = {"anyOf": [nullable["additionalProperties"], {"type": "null"}]}
    return nullable


def _resolved(name: str, folder: Path | None, extending: tuple[str, ...]) -> Document:
    """Return a document merged with those that it extends; `extending`: the names that led to it."""
    document = _read(name, folder)
    base = document.data.pop("extends", None)
    if base is None:
        return document
    location = document.locate(("extends",))
    if not isinstance(base, str):
        raise ScenarioError(Problem(location, "extends: expected the name of a scenario or a file"))
    if base in extending or base == name:
        chain = " → ".join((*extending, name, base))
        raise ScenarioError(Problem(location, f"extends: circular reference: {chain}"))
    try:
        parent = _resolved(base, _folder_of(name, folder), (*extending, name))
    except FileNotFoundError as missing:
        raise ScenarioError(Problem(location, f"extends: {missing}")) from None
    return merge(parent, document)


def _folder_of(name: str, folder: Path | None) -> Path | None:
    """Return the folder of a scenario file; None for a packaged scenario or standard input."""
    if name == STDIN or name in names():
        return None
    return (folder / name if folder else Path(name)).parent


def _read(name: str, folder: Path | None) -> Document:
    if name == STDIN:
        return parse(read_text(sys.stdin, "<stdin>"), "<stdin>")
    if name in names():
        return _parsed(_folder() / f"{name}{_SUFFIX}", f"{name}{_SUFFIX}")
    path = folder / name if folder else Path(name)
    try:
        return _parsed(path, str(path))
    except FileNotFoundError:
        hint = suggestion(name, list(names())) or "; `vim25-emulator scenarios` lists the packaged scenarios"
        raise FileNotFoundError(f"no scenario or file named {name!r}{hint}") from None


def _parsed(path: Path, shown: str) -> Document:
    """Return the document in a file, which errors name as `shown`."""
    try:
        return parse(read_text(path, shown), shown)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ScenarioError(Problem(Location(shown, 1), f"cannot be read: {error}")) from None

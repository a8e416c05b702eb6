"""The scenarios that come with the emulator, and those in files: finding, reading, checking."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from vim25_emulator.scenario.format import Scenario
from vim25_emulator.scenario.saved_inventory import load_folder
from vim25_emulator.scenario.source import Document, Location, Problem, ScenarioError, merge, parse
from vim25_emulator.scenario.structure import scenario_of, suggestion
from vim25_emulator.scenario.validation import check

STDIN: Final = "-"
_SUFFIX: Final = ".yaml"


@cache
def _folder() -> Path:
    """Return the folder of the packaged scenarios: of the installed package, or of the source checkout."""
    installed = Path(__file__).parents[1] / "scenarios"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "fixtures" / "scenarios"


@cache
def names() -> tuple[str, ...]:
    """Return the names of the packaged scenarios, sorted."""
    found = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


def titles() -> dict[str, str]:
    """Return the packaged scenarios' one-line titles by name."""
    return {name: str(_read(name, None).data.get("title", "")) for name in names()}


def load(name: str) -> Scenario:
    """Return the scenario with this packaged name, in this file, or on standard input (`-`).

    A folder is one that `govc object.save` wrote: the situation that it was saved in.

    Raises ScenarioError, which says for every mistake the file, the line and what was expected.
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
    """Return the JSON schema of scenario files, by which editors complete and check them."""
    schema = _with_null(msgspec.json.schema(Scenario))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _with_null(schema: Any) -> Any:
    """Return a schema in which every entry of a mapping may be null, as in a patch that takes it away."""
    if isinstance(schema, list):
        return [_with_null(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _with_null(each) for key, each in schema.items()}
    if isinstance(made.get("additionalProperties"), dict):
        made["additionalProperties"] = {"anyOf": [made["additionalProperties"], {"type": "null"}]}
    return made


def _resolved(name: str, beside: Path | None, below: tuple[str, ...]) -> Document:
    """Return a document with those that it extends merged into it."""
    document = _read(name, beside)
    base = document.data.pop("extends", None)
    if base is None:
        return document
    location = document.locate(("extends",))
    if not isinstance(base, str):
        raise ScenarioError(Problem(location, "extends: expected the name of a scenario or a file"))
    if base in below or base == name:
        chain = " → ".join((*below, name, base))
        raise ScenarioError(Problem(location, f"extends: goes in a circle: {chain}"))
    try:
        parent = _resolved(base, _folder_of(name, beside), (*below, name))
    except FileNotFoundError as missing:
        raise ScenarioError(Problem(location, f"extends: {missing}")) from None
    return merge(parent, document)


def _folder_of(name: str, beside: Path | None) -> Path | None:
    """Return the folder that a scenario's file is in; None for a packaged one or standard input."""
    if name == STDIN or name in names():
        return None
    return (beside / name if beside else Path(name)).parent


def _read(name: str, beside: Path | None) -> Document:
    if name == STDIN:
        return parse(sys.stdin.read(), "<stdin>")
    if name in names():
        entry = _folder() / f"{name}{_SUFFIX}"
        return parse(entry.read_text("utf-8"), f"{name}{_SUFFIX}")
    path = beside / name if beside else Path(name)
    try:
        return parse(path.read_text("utf-8"), str(path))
    except FileNotFoundError:
        near = suggestion(name, list(names())) or "; `vim25-emulator scenarios` lists those there are"
        raise FileNotFoundError(f"there is no scenario and no file {name!r}{near}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(Problem(Location(str(path), 1), f"cannot be read: {error}")) from None

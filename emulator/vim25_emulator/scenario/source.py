"""Scenario files as text: YAML parsed into plain values, with their locations.

A file may patch another one: the values are merged, and their locations with them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import IO, Any, Final, NamedTuple

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

#: Limits of a file, far above any real one: characters, values with those that aliases repeat, and depth.
MOST_BYTES: Final = 8 << 20
MOST_VALUES: Final = 500_000
DEEPEST: Final = 64

#: Keys and indexes that lead to a value.
Path = tuple[str | int, ...]


class Location(NamedTuple):
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Problem(NamedTuple):
    """An error and its location."""

    location: Location
    message: str

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"


class ScenarioError(ValueError):
    """A scenario is invalid; `problems` are its errors and their locations."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True)
class Document:
    """The root mapping of a file, and the locations of its values."""

    data: dict[str, Any]
    locations: dict[Path, Location]

    def locate(self, path: Path) -> Location:
        """Return the location of the value at a path, or of the innermost mapping or list around it."""
        while path not in self.locations:
            path = path[:-1]
        return self.locations[path]

    def problem(self, path: Path, message: str) -> Problem:
        """Return a problem with the value at a path."""
        prefix = format_path(path)
        return Problem(self.locate(path), f"{prefix}: {message}" if prefix else message)


def format_path(path: Path) -> str:
    """Return a path in the notation of error messages: `vms.web01.disks[0].mode`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def read_text(file: IO[str] | FilePath, shown: str) -> str:
    """Return the text of a file.

    Raises ScenarioError for a file that is too large or not UTF-8, OSError if it cannot be read.
    """
    if isinstance(file, FilePath):
        with file.open(encoding="utf-8") as opened:
            return read_text(opened, shown)
    try:
        text = file.read(MOST_BYTES + 1)
    except UnicodeDecodeError as error:
        raise ScenarioError(Problem(Location(shown, 1), f"cannot be read: {error}")) from None
    if len(text) > MOST_BYTES:
        raise ScenarioError(Problem(Location(shown, 1), f"larger than {MOST_BYTES >> 20} MiB"))
    return text


def parse(
    text: str, file: str, *, expected: str = "expected a mapping that begins with `title:`"
) -> Document:
    """Return the YAML document in a text; ScenarioError if it is malformed or not a mapping."""
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise ScenarioError(Problem(Location(file, 1), expected))
        reader = _Reader(loader, file)
        data = reader.read(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ScenarioError(Problem(Location(file, line), f"not YAML: {error.problem}")) from None
    except yaml.YAMLError as error:
        raise ScenarioError(Problem(Location(file, 1), f"not YAML: {' '.join(str(error).split())}")) from None
    finally:
        loader.dispose()
    if reader.problems:
        raise ScenarioError(*reader.problems)
    return Document(data, reader.locations)


class _Reader:
    """Converts YAML nodes to values. Keys are always strings, so a name can be `on` or `1`."""

    def __init__(self, loader: Any, file: str) -> None:
        self._loader = loader
        self._file = file
        self._open: list[yaml.Node] = []
        self.locations: dict[Path, Location] = {}
        self.problems: list[Problem] = []

    def read(self, node: yaml.Node, path: Path) -> Any:
        if len(self.locations) > MOST_VALUES:
            raise self._too_much(node, f"more than {MOST_VALUES:,} values, with those that aliases repeat")
        if len(path) > DEEPEST:
            raise self._too_much(node, f"more than {DEEPEST} levels deep")
        self.locations.setdefault(path, self._location(node))
        if any(node is opened for opened in self._open):
            self._add_problem(node, path, "an anchor must not contain itself")
            return None
        self._open.append(node)
        value = self._value(node, path)
        self._open.pop()
        return value

    def _value(self, node: yaml.Node, path: Path) -> Any:
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        value = self._loader.construct_object(node)
        if isinstance(value, float) and not math.isfinite(value):
            self._add_problem(node, path, f"expected a finite number, not {node.value}")
        return value

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        lines: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            value_path = (*path, name)
            if not isinstance(key, yaml.ScalarNode):
                self._add_problem(key, path, "expected a name as the key")
            elif name in lines:
                self._add_problem(key, value_path, f"duplicate key; first defined on line {lines[name]}")
            else:
                lines[name] = key.start_mark.line + 1
                self.locations[value_path] = self._location(key)
                yield name, self.read(value, value_path)

    def _too_much(self, node: yaml.Node, message: str) -> ScenarioError:
        return ScenarioError(Problem(self._location(node), message))

    def _location(self, node: yaml.Node) -> Location:
        return Location(self._file, node.start_mark.line + 1)

    def _add_problem(self, node: yaml.Node, path: Path, message: str) -> None:
        self.problems.append(Problem(self._location(node), f"{format_path(path)}: {message}"))


def merge(base: Document, patch: Document) -> Document:
    """Return `base` with `patch` applied: mappings are merged, null removes a key, other values replace."""
    return Document(_merged(base.data, patch.data), {**base.locations, **patch.locations})


def _merged(base: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    merged = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None and key in merged:
            del merged[key]
        else:
            merged[key] = _merged(merged.get(key), value)
    return merged

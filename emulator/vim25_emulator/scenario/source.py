"""Scenario files as text: YAML read into plain values, with the line that each of them stands on.

A file may be a patch on another one; the values merge, and each keeps the file and line it came from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

Path = tuple[str | int, ...]
MOST_BYTES: Final = 10_000_000  #: a scenario file larger than this is not one


class Location(NamedTuple):
    """A place in a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Problem(NamedTuple):
    """What is wrong where."""

    location: Location
    message: str

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"


class ScenarioError(ValueError):
    """A scenario cannot be used. `problems` says why, each with its file and line."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True)
class Document:
    """Plain values and where they stand: the root is the mapping of the file."""

    data: dict[str, Any]
    locations: dict[Path, Location]

    def locate(self, path: Path) -> Location:
        """Return where the value at a path stands, or else the nearest thing around it."""
        while path not in self.locations:
            path = path[:-1]
        return self.locations[path]

    def problem(self, path: Path, message: str) -> Problem:
        """Return a problem with the value at a path."""
        named = format_path(path)
        return Problem(self.locate(path), f"{named}: {message}" if named else message)


def format_path(path: Path) -> str:
    """Return a path as a user would say it: `vms.web01.disks[0].mode`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def parse(
    text: str, file: str, *, expected: str = "expected a mapping that begins with `title:`"
) -> Document:
    """Read one YAML document; raise ScenarioError for bad YAML, what is no mapping, and a repeated key."""
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
    """Turns YAML nodes into values. Keys are taken as they are written, so a name may be `on` or `1`."""

    def __init__(self, loader: Any, file: str) -> None:
        self._loader = loader
        self._file = file
        self._open: list[yaml.Node] = []
        self.locations: dict[Path, Location] = {}
        self.problems: list[Problem] = []

    def read(self, node: yaml.Node, path: Path) -> Any:
        self.locations.setdefault(path, self._location(node))
        if any(node is opened for opened in self._open):
            self._complain(node, path, "an anchor may not contain itself")
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
            self._complain(node, path, f"expected a number, got `{node.value}`")
        return value

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            place = (*path, name)
            if not isinstance(key, yaml.ScalarNode):
                self._complain(key, path, "expected a name as the key")
            elif name in seen:
                self._complain(key, place, f"given twice; first on line {seen[name]}")
            else:
                seen[name] = key.start_mark.line + 1
                self.locations[place] = self._location(key)
                yield name, self.read(value, place)

    def _location(self, node: yaml.Node) -> Location:
        return Location(self._file, node.start_mark.line + 1)

    def _complain(self, node: yaml.Node, path: Path, message: str) -> None:
        self.problems.append(Problem(self._location(node), f"{format_path(path)}: {message}"))


def merge(base: Document, patch: Document) -> Document:
    """Return `base` with `patch` applied: mappings merge, null takes away, all else replaces."""
    return Document(_merged(base.data, patch.data), {**base.locations, **patch.locations})


def _merged(base: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    held = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None and key in held:
            del held[key]
        else:
            held[key] = _merged(held.get(key), value)
    return held

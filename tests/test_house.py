"""Who may know whom: read from the imports, so that the floors of the house stay where they are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Room of the emulator → the rooms below it that it may use. `cli`, `server` and such stand on all of them.
MAY_USE = {
    "vmodl": set(),
    "inventory": {"vmodl"},
    "fault_tolerance": {"inventory", "vmodl"},
    "scenario": {"inventory", "vmodl"},
    # What an object looks like in each state is the scenario's knowledge, and behaviour asks it.
    "vcenter": {"scenario", "fault_tolerance", "inventory", "vmodl"},
    "wire": {"vcenter", "inventory", "vmodl"},
}

#: Third-party packages that belong to one room.
KEPT_IN = {
    "spyne": {"wire"},
    "uvicorn": {"wire"},
    "httptools": {"wire"},
    "trustme": {"wire"},
    "pyVmomi": {"vmodl"},
    "lxml": {"vmodl"},
    "yaml": {"scenario"},
    "msgspec": {"scenario"},
}


def _imported(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each module that a file imports, as `a.b.c`, with its line; names count as modules, too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute here"
            yield node.module or "", node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def _strangers(path: Path, allowed: set[str]) -> list[str]:
    """Return the imports by which a file reaches into rooms that it may not use."""
    found = []
    for module, line in _imported(path):
        top, _, rest = module.partition(".")
        room = rest.partition(".")[0]
        if top == "emulator" and rest and room not in allowed:
            found.append(f"{path.relative_to(ROOT)}:{line}: {module}")
    return found


def test_every_room_has_its_floor() -> None:
    rooms = {path.parent.name for path in (ROOT / "emulator").glob("*/__init__.py")}
    assert rooms == MAY_USE.keys()


def test_the_floors_are_those_that_are_told_to_contributors() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    told = re.findall(r"^\| (\d) \| `(\w+)/` \| .* \| (.*) \|$", table, re.MULTILINE)
    assert {room: set(re.findall(r"`(\w+)`", below)) for _, room, below in told} == MAY_USE
    floors = {room: int(floor) for floor, room, _ in told}
    assert all(floors[below] <= floors[room] for room, used in MAY_USE.items() for below in used)


@pytest.mark.parametrize("room", MAY_USE)
def test_a_room_uses_only_those_below_it(room: str) -> None:
    allowed = {room, *MAY_USE[room]}
    assert [each for path in _modules(f"emulator/{room}") for each in _strangers(path, allowed)] == []


def test_no_two_rooms_use_each_other() -> None:
    assert [(a, b) for a, below in MAY_USE.items() for b in below if a in MAY_USE[b]] == []


def test_libraries_stay_in_their_rooms() -> None:
    astray = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in _modules("emulator")
        for module, line in _imported(path)
        if path.parent.name not in KEPT_IN.get(module.partition(".")[0], {path.parent.name})
    ]
    assert astray == []


def test_emulator_and_suite_meet_only_at_the_front_door() -> None:
    inwards = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in _modules("emulator")
        for module, line in _imported(path)
        if module.partition(".")[0] in {"conformance", "benchmarks", "tests"}
    ]
    assert inwards == []
    doors = {"emulator", "emulator.Emulator", "emulator.__version__"}
    across = {module for path in _modules("conformance") for module, _ in _imported(path)}
    assert {module for module in across if module.partition(".")[0] == "emulator"} <= doors


def test_nobody_takes_what_another_module_keeps_to_itself() -> None:
    taken = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for package in ("emulator", "conformance")
        for path in _modules(package)
        for module, line in _imported(path)
        if module.partition(".")[0] in {"emulator", "conformance"}
        and any(part.startswith("_") and not part.startswith("__") for part in module.split("."))
    ]
    assert taken == []

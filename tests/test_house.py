"""Who may know whom: read from the imports, so that the floors of the house stay where they are."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.vcenter.implementation import Operation, declared
from vim25_emulator.vmodl.registry import managed_type

ROOT = Path(__file__).parents[1]

#: Root of each package: its source folder at the top level, and its name.
PACKAGES = {"vim25_emulator": ROOT / "emulator", "vim25_conformance": ROOT / "conformance"}
EMULATOR = PACKAGES["vim25_emulator"] / "vim25_emulator"

#: Room of the emulator → the rooms below it that it may use. `cli`, `server` and such stand on all of them.
MAY_USE: dict[str, set[str]] = {
    "vmodl": set(),
    "inventory": {"vmodl"},
    "soap": {"vmodl"},
    "vijson": {"vmodl"},
    "model": {"inventory", "vmodl"},
    "fault_tolerance": {"model", "inventory", "vmodl"},
    "vcenter": {"model", "inventory", "vmodl"},
    "behavior": {"fault_tolerance", "vcenter", "model", "inventory", "vmodl"},
    "operations": {"behavior", "fault_tolerance", "vcenter", "model", "inventory", "vmodl"},
    # Inventories saved by `govc object.save` are SOAP documents.
    "scenario": {"soap", "model", "inventory", "vmodl"},
    "wire": {"operations", "vcenter", "soap", "vijson", "inventory", "vmodl"},
}

#: Third-party packages that belong to one room.
KEPT_IN = {
    "spyne": {"wire"},
    "uvicorn": {"wire"},
    "httptools": {"wire"},
    "trustme": {"wire"},
    "pyVmomi": {"vmodl"},
    "lxml": {"soap"},
    "yaml": {"scenario"},
    "msgspec": {"scenario", "vijson", "wire"},
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
    return sorted((PACKAGES[package] / package).rglob("*.py"))


def _in_room(room: str) -> list[Path]:
    return sorted((EMULATOR / room).rglob("*.py"))


def _room(path: Path) -> str:
    """Return the room that a file of the emulator is in; empty for those on top of all rooms."""
    return path.relative_to(EMULATOR).parts[0] if path.parent != EMULATOR else ""


def _strangers(path: Path, allowed: set[str]) -> list[str]:
    """Return the imports by which a file reaches into rooms that it may not use."""
    found = []
    for module, line in _imported(path):
        top, _, rest = module.partition(".")
        room = rest.partition(".")[0]
        if top == "vim25_emulator" and rest and room not in allowed:
            found.append(f"{path.relative_to(ROOT)}:{line}: {module}")
    return found


def test_every_room_has_its_floor() -> None:
    rooms = {path.parent.name for path in EMULATOR.glob("*/__init__.py")}
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
    assert [each for path in _in_room(room) for each in _strangers(path, allowed)] == []


@pytest.mark.parametrize(
    "room", ["inventory", "model", "fault_tolerance", "vcenter", "behavior", "operations"]
)
def test_no_room_that_decides_or_holds_state_knows_a_binding(room: str) -> None:
    """Which binding a client speaks is known to `wire/` alone."""
    bindings = {"soap", "vijson", "wire"}
    assert [each for path in _in_room(room) for each in _strangers(path, MAY_USE.keys() - bindings)] == []


def test_no_two_rooms_use_each_other() -> None:
    assert [(a, b) for a, below in MAY_USE.items() for b in below if a in MAY_USE[b]] == []


def test_libraries_stay_in_their_rooms() -> None:
    astray = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in _modules("vim25_emulator")
        for module, line in _imported(path)
        if _room(path) not in KEPT_IN.get(module.partition(".")[0], {_room(path)})
    ]
    assert astray == []


def test_emulator_and_suite_meet_only_at_the_front_door() -> None:
    inwards = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in _modules("vim25_emulator")
        for module, line in _imported(path)
        if module.partition(".")[0] in {"vim25_conformance", "benchmarks", "tests"}
    ]
    assert inwards == []
    doors = {"vim25_emulator", "vim25_emulator.Emulator", "vim25_emulator.__version__"}
    across = {module for path in _modules("vim25_conformance") for module, _ in _imported(path)}
    assert {module for module in across if module.partition(".")[0] == "vim25_emulator"} <= doors


def test_nobody_takes_what_another_module_keeps_to_itself() -> None:
    taken = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for package in PACKAGES
        for path in _modules(package)
        for module, line in _imported(path)
        if module.partition(".")[0] in PACKAGES
        and any(part.startswith("_") and not part.startswith("__") for part in module.split("."))
    ]
    assert taken == []


def test_operations_import_no_operations() -> None:
    """What two operations share is behavior; `operations/__init__` alone knows where they are."""
    taken = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in _in_room("operations")
        for module, line in _imported(path)
        if module.startswith("vim25_emulator.operations")
    ]
    assert taken == []


def test_operations_are_declared_in_their_room() -> None:
    """`@operation` anywhere else would never be found."""
    declared = [
        path.relative_to(ROOT)
        for path in _modules("vim25_emulator")
        if any(module.endswith(".operation.operation") for module, _ in _imported(path))
    ]
    assert declared
    assert [path for path in declared if _room(ROOT / path) != "operations"] == []


def test_a_task_works_through_its_call() -> None:
    """`Call.work` asks again what the operation requires; the task's own `work` would pass that over."""
    direct = [
        path.relative_to(EMULATOR).as_posix()
        for path in _modules("vim25_emulator")
        if "running.work(" in path.read_text("utf-8")
    ]
    assert direct == ["vcenter/call.py"]


def _files_by_module() -> dict[str, Path]:
    files = {}
    for package, root in PACKAGES.items():
        for path in _modules(package):
            parts = path.relative_to(root).with_suffix("").parts
            files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return files


#: Folder below operations/ → managed object types whose methods are in it, as patterns. Of the others,
#: subtypes of ManagedEntity belong to inventory_tree, all else to manager.
FOLDERS = {
    "virtual_machine": ("VirtualMachine", "VirtualMachineSnapshot"),
    "host": ("Host*",),
    "property": ("Property*", "*View", "ViewManager", "SearchIndex", "ManagedObject"),
    "session": ("SessionManager", "AuthorizationManager", "UserDirectory"),
}


def _folder_of(type_name: str) -> str:
    """Return the folder below operations/ that the methods of a managed object type belong to."""
    for folder, patterns in FOLDERS.items():
        if any(fnmatchcase(type_name, pattern) for pattern in patterns):
            return folder
    ancestors = {ancestor.name for ancestor in managed_type(type_name).ancestors}
    return "inventory_tree" if "ManagedEntity" in ancestors else "manager"


def test_a_method_is_in_the_folder_of_its_managed_object_type() -> None:
    """Computed properties are exempt: they stay beside the methods that change what they show."""
    methods = {
        (method.type_name, method.method_name): path.parent.name
        for module, path in _files_by_module().items()
        if module.startswith("vim25_emulator.operations.")
        for method in declared(import_module(module), Operation)
    }
    assert methods.keys() == IMPLEMENTATION.implemented()
    assert {method: folder for method, folder in methods.items() if folder != _folder_of(method[0])} == {}


def test_no_files_import_each_other_in_a_circle() -> None:
    """Imports for type checking and inside functions count: they hide a circle, they do not break it."""
    files = _files_by_module()
    graph = {
        module: {target for target, _ in _imported(path) if target in files and target != module}
        for module, path in files.items()
    }
    TopologicalSorter(graph).prepare()  # a CycleError names the files


def test_modules_of_the_emulator_have_names_of_their_own() -> None:
    """A module is named in prose and in tracebacks without its room."""
    stems = [path.stem for path in _modules("vim25_emulator") if path.stem != "__init__"]
    assert sorted(stem for stem, uses in Counter(stems).items() if uses > 1) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_classes_of_a_package_have_names_of_their_own(package: str) -> None:
    trees = (ast.parse(path.read_text("utf-8")) for path in _modules(package))
    names = Counter(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    assert sorted(name for name, uses in names.items() if uses > 1) == []


def test_exceptions_end_in_error_or_are_faults() -> None:
    """Ruff's N818 requires the suffix `Error`; only classes with the API's word `Fault` are exempt."""
    sources = [path.read_text("utf-8") for package in PACKAGES for path in _modules(package)]
    exempt = [name for text in sources for name in re.findall(r"class (\w+)\(.*noqa: N818", text)]
    assert exempt
    assert [name for name in exempt if "Fault" not in name] == []


#: Where prose states certainty: the rooms of the emulator, the files on top of them, the suite, the pages.
PROSE: dict[str, list[Path]] = {
    **{room: _in_room(room) for room in MAY_USE},
    "top of the emulator": sorted(EMULATOR.glob("*.py")),
    "conformance": _modules("vim25_conformance"),
    "docs": sorted((ROOT / "docs").rglob("*.md")),
}

#: The four marks of certainty.
MARK = re.compile(r"\[(?:documented|observed:\s[^\]]+|derived|contested)\]")

#: What is meant as a mark: parentheses or brackets with a word of certainty, former words included.
LIKE_A_MARK = re.compile(
    r"(?<![\w\]`])(?:"
    r"\((?:\w+ )?(?:documented|observed|derived|contested|seen)\b[^()]*\)"
    r"|\[(?:documented|observed|derived|contested|seen|doc|wire|paste|client|report|conflict)\b[^\]]*\]"
    r")",
    re.IGNORECASE,
)


def _prose(path: Path) -> str:
    """Return the text of a page, or the comments and strings of a Python file."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        return text
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return "\n".join(t.string for t in tokens if t.type in {tokenize.COMMENT, tokenize.STRING})


@pytest.mark.parametrize("room", PROSE)
def test_certainty_has_one_mark_each(room: str) -> None:
    """`[documented]`, `[observed: source]`, `[derived]`, `[contested]`, so that one search finds all."""
    others = [
        f"{path.relative_to(ROOT)}: {mark[0]}"
        for path in PROSE[room]
        for mark in LIKE_A_MARK.finditer(_prose(path))
        if not MARK.fullmatch(mark[0])
    ]
    assert others == []


def test_only_what_is_a_mark_counts_as_one() -> None:
    marks = ["[documented]", "[observed: wire]", "[derived]", "[contested]"]
    formers = ["(seen)", "(derived: why)", "(both derived)", "[observed]", "[doc]", "[derived from it]"]
    assert all(MARK.fullmatch(mark) for mark in marks)
    assert all(LIKE_A_MARK.fullmatch(former) and not MARK.fullmatch(former) for former in formers)
    assert not LIKE_A_MARK.search("list[seen], f(seen), a list (of what is derived)")

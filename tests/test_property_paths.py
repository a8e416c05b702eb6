"""Every property path that is written in the code exists: read from the sources, looked up in the registry.

`ManagedObject.get` raises for a path that a type does not have, but only when it runs and finds no value.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from vim25_emulator.inventory.mirrored_property import MIRRORS
from vim25_emulator.inventory.property_type import reachable_type
from vim25_emulator.vmodl.registry import managed_type, managed_type_names

ROOT = Path(__file__).parents[1]
EMULATOR = ROOT / "emulator" / "vim25_emulator"
CONFORMANCE = ROOT / "conformance" / "vim25_conformance"

#: What a managed object is called in the emulator's code → the narrowest type that it is asked as.
TYPES = {
    "alarm": "Alarm",
    "browser": "HostDatastoreBrowser",
    "cluster": "ClusterComputeResource",
    "compute_resource": "ClusterComputeResource",
    "datacenter": "Datacenter",
    "datastore": "Datastore",
    "folder": "Folder",
    "host": "HostSystem",
    "machine": "VirtualMachine",
    "network": "Network",
    "partner": "VirtualMachine",
    "pool": "ResourcePool",
    "primary": "VirtualMachine",
    "secondary": "VirtualMachine",
    "snapshot": "VirtualMachineSnapshot",
    "store": "Datastore",
    "task": "Task",
    "view": "ContainerView",
    "vm": "VirtualMachine",
    "volume": "Datastore",
}

#: Receivers of `get`, `set`, `add` and `remove` that are no managed objects.
OTHERS = {
    "__dict__": "the properties of a data object",
    "arguments": "a method's arguments by name",
    "attributes": "of an XML element",
    "backing": "the properties of a data object",
    "data": "a scenario",
    "element": "an XML element",
    "environ": "environment variables",
    "nullable": "a JSON schema",
    "headers": "of HTTP",
    "message": "of ASGI",
    "resp_headers": "of HTTP",
    "root": "an XML element",
    "schema": "an XML element",
    "scope": "of ASGI",
    "sent": "the headers of a request",
}

#: Literals that look like paths and are none.
NO_PATHS = {
    "config.log.level": "a setting of vCenter",
    "config.vpxd.certmgmt.mode": "a setting of vCenter",
    "vm.uselegacyft": "an advanced setting of a VM",
    "key.pem": "a file",
    "config.version": "a key of a .vmx file",
    "uuid.bios": "a key of a .vmx file",
    "uuid.location": "a key of a .vmx file",
}

#: Modules whose paths begin below a property.
BELOW = {
    EMULATOR / "behavior" / "virtual_machine_config_spec.py": "config.",
    EMULATOR / "model" / "vmx_file.py": "config.",
}

_DOTTED = re.compile(r"(?:objects\.\w+\.)?([a-z]\w*(?:\[\w+\])?(?:\.\w+(?:\[\w+\])?)+)")
_OUTCOME = re.compile(r"\w+\.(failure|reply|wire|soap|json)\b")  # a part of what a step of a case observed


class Literal(NamedTuple):
    """A path as it is written: where, and of which type if the receiver's name says so."""

    place: str
    path: str
    type_name: str | None = None


@cache
def _first_steps() -> frozenset[str]:
    return frozenset(name for kind in managed_type_names() for name in managed_type(kind).properties)


def _exists(path: str, type_name: str | None = None) -> bool:
    kinds = (type_name,) if type_name else managed_type_names()
    return any(reachable_type(kind, path) is not None for kind in kinds)


@cache
def _nodes(package: Path) -> tuple[tuple[Path, ast.AST], ...]:
    return tuple(
        (path, node)
        for path in sorted(package.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )


def _last_name(node: ast.expr) -> str:
    """Return the last name of an expression: `primary` of `pair.primary`, nothing for `inventory[ref]`."""
    return re.split(r"\W", ast.unparse(node))[-1]


def _type(receiver: ast.expr) -> str | None:
    """Return the type that the receiver's name says; `folders.host` is where hosts are, no host."""
    return None if ast.unparse(receiver).startswith("folders.") else TYPES.get(_last_name(receiver))


def _text(node: ast.expr) -> str | None:
    """Return a literal, or the whole steps that an f-string begins with."""
    if isinstance(node, ast.JoinedStr):
        start = _text(node.values[0]) or ""
        return start.rpartition(".")[0] or None
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _accesses(package: Path) -> Iterator[Literal]:
    """Yield the literal paths that managed objects are asked for or changed at."""
    for path, node in _nodes(package):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        receiver, text = _last_name(node.func.value), _text(node.args[0])
        if node.func.attr not in {"get", "set", "add", "remove"} or text is None or receiver in OTHERS:
            continue
        if node.func.attr == "get" and len(node.args) > 1:
            continue  # a dictionary: managed objects take no default
        yield Literal(f"{path.relative_to(ROOT)}:{node.lineno}", text, _type(node.func.value))


def _dotted(package: Path) -> Iterator[Literal]:
    """Yield the literals that look like paths from a managed object, such as those in tables."""
    parameters = {
        node.value
        for _, node in _nodes(package)
        if isinstance(node, ast.keyword) and node.arg in {"invalidProperty", "property"}
    }  # paths into the arguments of a method
    for path, node in _nodes(package):
        if not isinstance(node, ast.Constant):
            continue
        match = _DOTTED.fullmatch(_text(node) or "")
        if match is None or node in parameters or match[1] in NO_PATHS or _OUTCOME.match(match[1]):
            continue
        if re.split(r"[.\[]", match[1])[0] in _first_steps():
            yield Literal(f"{path.relative_to(ROOT)}:{node.lineno}", BELOW.get(path, "") + match[1])


def _unknown(literals: list[Literal]) -> list[Literal]:
    return [found for found in literals if not _exists(found.path, found.type_name)]


def test_managed_objects_are_asked_for_what_their_types_have() -> None:
    accesses = list(_accesses(EMULATOR))
    assert len(accesses) > 700
    assert sum(found.type_name is not None for found in accesses) > 500
    assert _unknown(accesses) == []


def test_paths_in_tables_and_cases_exist() -> None:
    for package, least in ((EMULATOR, 450), (CONFORMANCE, 120)):
        dotted = list(_dotted(package))
        assert len(dotted) > least
        assert _unknown(dotted) == []


def test_properties_that_repeat_others_belong_to_their_type() -> None:
    pairs = [(kind, path) for kind, pairs in MIRRORS.items() for pair in pairs for path in pair]
    assert len(pairs) > 60
    assert [(kind, path) for kind, path in pairs if not _exists(path, kind)] == []


def test_a_path_that_does_not_exist_is_found() -> None:
    wrong = [
        Literal("", "config.hardware.numCpu"),
        Literal("", "childEntity", "HostSystem"),
        Literal("", "summary.config.nonsense", "VirtualMachine"),
    ]
    assert _unknown([*wrong, Literal("", "info.vmfs.uuid", "Datastore")]) == wrong

from __future__ import annotations

import csv
from importlib import resources

import pytest

from vim25_emulator.vijson.deprecation import deprecation
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.version import version


def test_every_row_is_about_something_in_the_registry() -> None:
    text = resources.files("vim25_emulator.vijson").joinpath("deprecations.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    known = {(kind, member) for kind in _types() for member in ("", *_members(kind))}
    assert [row for row in rows if (row["type"], row["member"]) not in known] == []
    assert len({(row["type"], row["member"]) for row in rows}) == len(rows) == 430


def _types() -> tuple[str, ...]:
    return (*registry.data_type_names(), *registry.managed_type_names(), *registry.enum_type_names())


def _members(name: str) -> tuple[str, ...]:
    if name in registry.enum_type_names():
        return registry.enum_type(name).values
    if name in registry.data_type_names():
        return tuple(registry.data_type(name).properties)
    kind = registry.managed_type(name)
    return (*kind.properties, *kind.methods)


@pytest.mark.parametrize(
    ("release", "deprecated"), [("8.0.1.0", False), ("8.0.2.0", False), ("8.0.3.0", True), ("9.1.0.0", True)]
)
def test_a_release_before_the_deprecation_does_not_know_of_it(release: str, deprecated: bool) -> None:
    found = deprecation(version(release), "StorageIORMThresholdMode")
    assert (found is not None) is deprecated


def test_a_deprecation_names_its_release_and_its_replacement_as_far_as_they_are_known() -> None:
    at = version("9.1.0.0")
    texts = {
        str(deprecation(at, *names)) for names in (("VirtualDiskType", "thick"), ("VirtualDisk", "shares"))
    }
    assert texts == {"Deprecated.", "Deprecated as of 4.1; use StorageIOAllocationInfo.shares."}
    assert deprecation(at, "VirtualDisk", "key") is None

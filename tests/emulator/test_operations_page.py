"""The page of implemented methods: one row for each, with its version and privileges."""

from __future__ import annotations

import re

import pytest

from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.operations_page import operations_page

PAGE = operations_page()


def test_every_implemented_method_has_a_row_below_its_type() -> None:
    rows = set()
    for section in PAGE.split("\n## ")[1:]:
        ((type_name, count),) = re.findall(r"\A(\w+) \((\d+)\)\n", section)
        methods = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
        assert len(methods) == int(count)
        rows |= {(type_name, method) for method in methods}
    assert rows == IMPLEMENTATION.implemented()


def test_the_counts_are_those_of_the_rows() -> None:
    types = {type_name for type_name, _ in IMPLEMENTATION.implemented()}
    assert f"\n{len(IMPLEMENTATION.implemented())} methods of {len(types)} managed object types" in PAGE


@pytest.mark.parametrize(
    "row",
    [
        "| `CreateSecondaryVM_Task` | 4.0 | `VirtualMachine.Interact.CreateSecondary` |",
        "| `CreateSecondaryVMEx_Task` | 6.0 | `VirtualMachine.Interact.CreateSecondary` |",
        "| `MoveHostInto_Task` | 2.0 | `Host.Inventory.EditCluster`, `Host.Inventory.MoveHost` on `host` |",
        "| `DestroyCollector` | 2.0 | – |",
    ],
)
def test_a_row_has_first_version_and_privileges(row: str) -> None:
    assert row in PAGE

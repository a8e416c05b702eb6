from __future__ import annotations

import pytest

from vim25_emulator.vmodl.registry import data_type, managed_type
from vim25_emulator.vmodl.type_description import ManagedType, Method


@pytest.mark.parametrize(
    "order", [("VirtualDevice", "VirtualController"), ("VirtualController", "VirtualDevice")]
)
def test_the_nearest_row_is_that_of_the_type_or_its_nearest_ancestor(order: tuple[str, str]) -> None:
    table = {name: name for name in order}
    assert data_type("ParaVirtualSCSIController").nearest(table, "none") == "VirtualController"
    assert data_type("VirtualDisk").nearest(table, "none") == "VirtualDevice"
    assert data_type("VirtualDevice").nearest(table, "none") == "VirtualDevice"


def test_a_table_without_a_row_for_the_type() -> None:
    assert managed_type("HostSystem").nearest({"ClusterComputeResource": 1}, None) is None
    assert managed_type("ComputeResource").nearest({"ClusterComputeResource": 1}, 0) == 0


def test_methods_are_described_when_they_are_first_read() -> None:
    described: list[str] = []

    def describe() -> tuple[Method, ...]:
        described.append("once")
        return managed_type("Alarm").own_methods

    kind = ManagedType("Mine", "vim.Mine", 0, None, (), describe)
    assert described == []
    assert set(kind.methods) == set(kind.methods) == {method.name for method in kind.own_methods}
    assert described == ["once"]

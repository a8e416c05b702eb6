"""The encoded values that clients ask for are cached within bounds, whatever paths the clients make up."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from vim25_emulator.inventory import store
from vim25_emulator.inventory.filter_spec import LONGEST_PATH
from vim25_emulator.inventory.managed_object import FRAGMENT_OVERHEAD, MOST_FRAGMENTS, ManagedObject
from vim25_emulator.inventory.path import split

PC = vmodl.query.PropertyCollector


def retrieve(lab: Lab, vm: Any, paths: list[str]) -> Any:
    spec = PC.FilterSpec(
        objectSet=[PC.ObjectSpec(obj=vm)],
        propSet=[PC.PropertySpec(type=vim.VirtualMachine, pathSet=paths)],
    )
    (content,) = lab.content.propertyCollector.RetrieveContents([spec])
    return {found.name: found.val for found in content.propSet}


def behind(lab: Lab, managed: Any) -> ManagedObject:
    return lab.emulator.vcenter.inventory[managed._moId]


def cached_bytes(lab: Lab) -> int:
    """Return the bytes of all fragments, counted anew."""
    return sum(
        FRAGMENT_OVERHEAD + len(fragment)
        for managed in lab.emulator.vcenter.inventory
        for fragment in managed.fragments.values()
    )


def test_keys_that_clients_make_up_are_not_cached(lab: Lab) -> None:
    vm = lab.vm("web01")
    retrieve(lab, vm, ["name"])
    before = dict(behind(lab, vm).fragments)
    assert retrieve(lab, vm, [f"config.hardware.device[{key}]" for key in range(5000, 6000)]) == {}
    assert behind(lab, vm).fragments == before


def test_paths_without_keys_are_bounded_per_object(lab: Lab) -> None:
    vm = lab.vm("web01")
    retrieve(lab, vm, ["name"])
    managed = behind(lab, vm)
    for number in range(3 * MOST_FRAGMENTS):
        lab.emulator.vcenter.inventory.cache_fragment(managed, (f"path{number}", 1), b"x")
    assert len(managed.fragments) <= MOST_FRAGMENTS
    assert lab.emulator.vcenter.inventory.journal.fragment_bytes == cached_bytes(lab)


def test_all_caches_together_have_a_bound_in_bytes(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "FRAGMENT_BYTES", 20_000)
    inventory = lab.emulator.vcenter.inventory
    for vm in lab.all(vim.VirtualMachine):
        retrieve(lab, vm, ["name", "summary.config", "summary.guest", "runtime", "guest"])
        assert inventory.journal.fragment_bytes == cached_bytes(lab)
        assert inventory.journal.fragment_bytes < 20_000 + 5 * 5_000
    assert lab.vm("web01").name == "web01"


def test_a_path_longer_than_any_is_invalid_and_not_stored(lab: Lab) -> None:
    before = split.cache_info().currsize
    for number in range(20):
        with pytest.raises(vmodl.query.InvalidProperty):
            retrieve(lab, lab.vm("web01"), [f"config.hardware.device[{number}{'0' * LONGEST_PATH}]"])
    assert split.cache_info().currsize - before < 20

"""The secondary follows its primary: configuration, snapshots and files, as a client sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator import specs
from tests.emulator.fault_tolerance.conftest import Site, Start

PAIR = "already-fault-tolerant"


def reconfigure(site: Site, vm: Any, **changes: Any) -> None:
    info = site.finish(vm.ReconfigVM_Task(vim.vm.ConfigSpec(**changes)))
    assert info.state == "success", info.error


def snapshot(site: Site, vm: Any, name: str = "backup") -> Any:
    """Take a disk-only snapshot and return it."""
    info = site.finish(vm.CreateSnapshot_Task(name, "", False, True))
    assert info.state == "success", info.error
    return info.result


def paths(vm: Any) -> list[list[str]]:
    """Return the files of each disk, the one that is written to first."""
    chains = []
    for disk in specs.disks(vm):
        chain, backing = [], disk.backing
        while backing is not None:
            chain.append(backing.fileName)
            backing = backing.parent
        chains.append(chain)
    return chains


def files(vm: Any, kind: str) -> list[tuple[str, int]]:
    """Return the path and size of each file of a type."""
    return [(file.name, file.size) for file in vm.layoutEx.file if file.type == kind]


def test_the_secondary_has_the_cpu_reservation_and_the_notes_of_its_primary(start: Start) -> None:
    site = start(PAIR)
    primary, secondary = site.find("web01"), site.twin("web01")
    identity = (
        secondary.config.instanceUuid,
        secondary.config.files.vmPathName,
        str(secondary.config.ftInfo),
    )
    reserved = vim.ResourceAllocationInfo(reservation=500)
    reconfigure(site, primary, cpuAllocation=reserved, annotation="by the shop", ftEncryptionMode=REQUIRED)
    for vm in (primary, secondary):
        assert vm.config.cpuAllocation.reservation == vm.summary.config.cpuReservation == 500
        assert vm.resourceConfig.cpuAllocation.reservation == 500
        assert vm.config.annotation == vm.summary.config.annotation == "by the shop"
        assert vm.config.ftEncryptionMode == REQUIRED
    assert identity == (
        secondary.config.instanceUuid,
        secondary.config.files.vmPathName,
        str(secondary.config.ftInfo),
    )


REQUIRED = "ftEncryptionRequired"


def test_the_secondary_has_the_network_cards_of_its_primary(start: Start) -> None:
    site = start(PAIR)
    primary, secondary = site.find("web01"), site.twin("web01")
    site.finish(primary.PowerOffVM_Task())
    reconfigure(site, primary, deviceChange=[specs.add(specs.card())])
    cards = [specs.devices(vm, vim.vm.device.VirtualEthernetCard) for vm in (primary, secondary)]
    assert [len(of_vm) for of_vm in cards] == [2, 2]
    assert str(cards[0]) == str(cards[1])


def test_a_network_card_that_a_relocation_changes_is_that_of_both(start: Start, tmp_path: Path) -> None:
    scenario = tmp_path / "mine.yaml"
    scenario.write_text(f"title: t\nextends: {PAIR}\nnetworks: {{backup: {{}}}}\n")
    site = start(str(scenario))
    primary, secondary = site.find("db01"), site.twin("db01")
    (card,) = specs.devices(primary, vim.vm.device.VirtualEthernetCard)
    card.backing = specs.card("backup").backing
    spec = vim.vm.RelocateSpec(deviceChange=[specs.edit(card)])
    assert site.finish(primary.RelocateVM_Task(spec)).state == "success"
    for vm in (primary, secondary):
        (card,) = specs.devices(vm, vim.vm.device.VirtualEthernetCard)
        assert card.backing.deviceName == "backup"
        assert [network.name for network in vm.network] == ["backup"]


def test_an_allocation_set_by_the_resource_pool_is_that_of_both(start: Start) -> None:
    site = start(PAIR)
    primary, secondary = site.find("web01"), site.twin("web01")
    cpu = primary.config.cpuAllocation
    cpu.reservation = 300
    spec = vim.ResourceConfigSpec(
        entity=primary, cpuAllocation=cpu, memoryAllocation=primary.config.memoryAllocation
    )
    primary.resourcePool.UpdateChildResourceConfiguration([spec])
    assert secondary.config.cpuAllocation.reservation == 300


@pytest.mark.parametrize("release", ["6.0", "8.0.3.0"])
def test_a_backup_takes_and_removes_a_snapshot_of_a_running_pair(start: Start, release: str) -> None:
    site = start(PAIR, api_version=release)
    primary, secondary = site.find("web01"), site.twin("web01")
    before = (paths(primary), paths(secondary), files(primary, "diskExtent"))
    taken = snapshot(site, primary)
    assert primary.snapshot.currentSnapshot == taken
    assert secondary.snapshot is None
    for vm, unchanged in zip((primary, secondary), before, strict=False):
        (chain,) = paths(vm)
        assert chain[1:] == unchanged[0]
        assert chain[0].endswith("-000001.vmdk")
        assert chain[0].rpartition("/")[0] == unchanged[0][0].rpartition("/")[0]
    assert primary.runtime.faultToleranceState == "running"
    assert site.finish(taken.RemoveSnapshot_Task(False)).state == "success"
    assert (paths(primary), paths(secondary), files(primary, "diskExtent")) == before


def test_with_a_snapshot_a_pair_fails_over_and_starts_its_secondary_again(start: Start) -> None:
    site = start(PAIR)
    primary, secondary = site.find("web01"), site.twin("web01")
    taken = snapshot(site, primary)
    expected = (paths(secondary), paths(primary))
    site.finish(primary.MakePrimaryVM_Task(secondary))
    assert primary.runtime.faultToleranceState == "running"
    assert (paths(primary), paths(secondary)) == expected
    (base,) = specs.disks(taken)
    assert base.backing.fileName == paths(primary)[0][1]
    listed = {file.name for file in primary.layoutEx.file}
    assert {*paths(primary)[0], base.backing.fileName} <= listed
    assert [layout.key for layout in primary.layoutEx.snapshot] == [taken]
    assert not secondary.layoutEx.snapshot
    assert site.finish(primary.RemoveAllSnapshots_Task()).state == "success"
    assert [len(chain) for vm in (primary, secondary) for chain in paths(vm)] == [1, 1]


def test_a_snapshot_of_a_pair_outlives_fault_tolerance_and_keeps_it_from_returning(start: Start) -> None:
    site = start(PAIR)
    primary = site.find("web01")
    taken = snapshot(site, primary)
    assert site.finish(primary.TurnOffFaultToleranceForVM_Task()).state == "success"
    assert primary.snapshot.currentSnapshot == taken
    (issue,) = site.create("web01").error.errors
    assert issue.reason == "hasSnapshots"


def test_a_secondary_with_a_snapshot_is_resumed_and_powered_on(start: Start) -> None:
    site = start(PAIR)
    primary, secondary = site.find("web01"), site.twin("web01")
    site.finish(primary.DisableSecondaryVM_Task(secondary))
    snapshot(site, primary)
    assert site.finish(primary.EnableSecondaryVM_Task(secondary, None)).state == "success"
    site.finish(primary.PowerOffVM_Task())
    site.finish(primary.PowerOnVM_Task(None))
    assert primary.runtime.faultToleranceState == "running"


def test_a_pair_is_not_reverted_to_a_snapshot(start: Start) -> None:
    site = start(PAIR)
    primary = site.find("web01")
    taken = snapshot(site, primary)
    for task in (taken.RevertToSnapshot_Task(), primary.RevertToCurrentSnapshot_Task()):
        assert type(site.finish(task).error) is vmodl.fault.NotSupported


@pytest.mark.parametrize(("release", "possible"), [("5.5", False), ("6.0", True)])
def test_disabled_methods_agree_with_snapshots_and_vmotion(
    start: Start, release: str, possible: bool
) -> None:
    site = start(PAIR, api_version=release)
    primary, secondary = site.find("web01"), site.twin("web01")
    assert ("CreateSnapshot_Task" not in primary.disabledMethod) is possible
    assert "CreateSnapshot_Task" in secondary.disabledMethod
    for vm in (primary, secondary):
        assert "RelocateVM_Task" not in vm.disabledMethod
        info = site.finish(vm.CreateSnapshot_Task("backup", "", False, False))
        assert (info.state == "success") is (possible and vm is primary)


def test_a_host_only_relocation_of_either_vm_is_vmotion(start: Start) -> None:
    site = start("pair-and-standalone-host")
    third = site.find("esx3.lab.example")
    for vm in (site.find("web01"), site.twin("web01")):
        spec = vim.vm.RelocateSpec(host=third, datastore=vm.datastore[0])
        home = vm.runtime.host
        assert site.finish(vm.RelocateVM_Task(spec)).state == "success"
        assert vm.runtime.host == third
        site.finish(vm.RelocateVM_Task(vim.vm.RelocateSpec(host=home)))


def test_only_a_checkpointing_pair_has_a_metadata_file(start: Start) -> None:
    site = start("default")
    vm = site.find("web01")
    assert files(vm, "ftMetadata") == []
    assert site.create("web01").state == "success"
    ((path, _),) = files(vm, "ftMetadata")
    assert path.startswith(vm.config.files.ftMetadataDirectory)
    assert path.endswith(".vmft")
    assert files(site.twin("web01"), "ftMetadata") == files(vm, "ftMetadata")
    site.finish(vm.TurnOffFaultToleranceForVM_Task())
    assert files(vm, "ftMetadata") == []
    legacy = start("legacy")
    assert legacy.create("web01").state == "success"
    assert files(legacy.find("web01"), "ftMetadata") == []


def test_the_swap_file_has_the_size_of_the_memory_that_is_not_reserved(start: Start) -> None:
    site = start("default")
    vm = site.find("web01")
    ((_, size),) = files(vm, "swap")
    assert size == vm.config.hardware.memoryMB << 20
    assert site.create("web01").state == "success"
    assert [size for member in (vm, site.twin("web01")) for _, size in files(member, "swap")] == [0, 0]
    site.finish(vm.PowerOffVM_Task())
    assert files(vm, "swap") == files(site.twin("web01"), "swap") == []


def test_the_space_of_a_pair_with_snapshots_is_given_back(start: Start) -> None:
    site = start("default")
    vm = site.find("db01")
    free = [store.summary.freeSpace for store in vm.datastore]
    assert site.create("db01").state == "success"
    site.finish(snapshot(site, vm).RemoveSnapshot_Task(False))
    site.finish(vm.TurnOffFaultToleranceForVM_Task())
    assert [store.summary.freeSpace for store in vm.datastore] == free

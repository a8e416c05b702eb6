"""A new name is shown wherever the old one was; the VMs of a pair have the same name and folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.everything import present
from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.specs import reconfigure

#: Ways to rename a VM.
RENAME: dict[str, Callable[[Lab, Any, str], None]] = {
    "Rename_Task": lambda lab, vm, name: lab.run(vm.Rename_Task(name)),
    "ReconfigVM_Task": lambda lab, vm, name: reconfigure(lab, vm, name=name),
}
#: Ways to move a VM to a folder.
MOVE: dict[str, Callable[[Lab, Any, Any], None]] = {
    "MoveIntoFolder_Task": lambda lab, vm, folder: lab.run(folder.MoveIntoFolder_Task([vm])),
    "RelocateVM_Task": lambda lab, vm, folder: lab.run(
        vm.RelocateVM_Task(vim.vm.RelocateSpec(folder=folder))
    ),
}


def protect(lab: Lab, name: str) -> tuple[Any, Any]:
    """Turn Fault Tolerance on; return the primary and the secondary."""
    vm = lab.vm(name)
    lab.run(vm.CreateSecondaryVM_Task())
    return vm, vm.config.ftInfo.secondaries[0]


@pytest.mark.parametrize("way", RENAME)
def test_both_vms_of_a_pair_are_renamed(sound_lab: Lab, way: str) -> None:
    pair = protect(sound_lab, "db01")
    RENAME[way](sound_lab, pair[0], "data/01")
    for vm in pair:
        assert vm.name == vm.config.name == vm.summary.config.name == "data%2f01"
    assert sound_lab.events("VmRenamedEvent") == ["VmRenamedEvent"]


@pytest.mark.parametrize("way", RENAME)
def test_a_pair_keeps_a_name_that_it_has_and_takes_none_of_others(sound_lab: Lab, way: str) -> None:
    pair = protect(sound_lab, "db01")
    RENAME[way](sound_lab, pair[0], "db01")
    with pytest.raises(vim.fault.DuplicateName) as refused:
        RENAME[way](sound_lab, pair[0], "mail01")
    assert refused.value.object == sound_lab.vm("mail01")
    with pytest.raises(vim.fault.DuplicateName):
        RENAME[way](sound_lab, sound_lab.vm("mail01"), "db01")
    assert [vm.name for vm in pair] == ["db01", "db01"]
    assert sound_lab.events("VmRenamedEvent") == []


@pytest.mark.parametrize("way", MOVE)
def test_both_vms_of_a_pair_are_moved(sound_lab: Lab, way: str) -> None:
    pair = protect(sound_lab, "db01")
    folder = pair[0].parent.CreateFolder("protected")
    MOVE[way](sound_lab, pair[0], folder)
    assert [vm.parent for vm in pair] == [folder, folder]
    MOVE[way](sound_lab, pair[0], folder)
    assert sorted(folder.childEntity, key=str) == sorted(pair, key=str)


def test_a_network_is_renamed_although_a_vm_on_it_is_inaccessible() -> None:
    with open_lab("vm-disconnected") as lab:
        network = lab.all(vim.Network)[0]
        lab.run(network.Rename_Task("renamed"))
        assert network.name == "renamed"
        cards = [device for vm in network.vm if vm.config for device in vm.config.hardware.device]
        names = {card.backing.deviceName for card in cards if isinstance(card, vim.vm.device.VirtualVmxnet3)}
        assert names == {"renamed"}


def test_a_snapshot_follows_the_name_of_its_network() -> None:
    with open_lab("snapshots") as lab:
        vm = lab.vm("web01")
        network = vm.network[0]
        lab.run(network.Rename_Task("renamed"))
        snapshot = vm.snapshot.currentSnapshot
        cards = [device for device in snapshot.config.hardware.device if device.backing]
        assert "renamed" in {getattr(card.backing, "deviceName", "") for card in cards}


@pytest.mark.parametrize("kind", [vim.Datastore, vim.Network])
@pytest.mark.parametrize("scenario", ["default", "unusual-hardware", "snapshots"])
def test_no_property_shows_the_old_name(scenario: str, kind: Any) -> None:
    with open_lab(scenario) as opened:
        for renamed in opened.all(kind):
            before = renamed.name
            opened.run(renamed.Rename_Task(f"new {before[::-1]}"))
            assert before not in present(opened.emulator)


def test_files_without_a_vm_follow_a_renamed_datastore(sound_lab: Lab) -> None:
    vm, store = sound_lab.vm("mail01"), sound_lab.named(vim.Datastore, "shared-1")
    folder, pool, path = vm.parent, vm.resourcePool, vm.config.files.vmPathName
    vm.UnregisterVM()
    sound_lab.run(store.Rename_Task("moved"))
    with pytest.raises(vim.fault.InvalidDatastorePath):
        sound_lab.run(folder.RegisterVM_Task(path, None, False, pool))
    again = sound_lab.run(folder.RegisterVM_Task(path.replace("shared-1", "moved"), None, False, pool))
    assert [pair.name for pair in again.config.datastoreUrl] == ["moved"]
    assert "shared-1" not in present(sound_lab.emulator)


@pytest.mark.parametrize(("one", "other"), [("a%2Fb", "a%2fb"), ("a%5Cb", "a\\b"), ("a%2Fb", "a/b")])
def test_escape_sequences_in_any_case_are_one_name(sound_lab: Lab, one: str, other: str) -> None:
    folder = sound_lab.vm("mail01").parent
    assert folder.CreateFolder(one).name == one.lower()
    with pytest.raises(vim.fault.DuplicateName):
        folder.CreateFolder(other)

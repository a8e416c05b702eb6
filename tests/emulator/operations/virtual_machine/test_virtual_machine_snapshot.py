from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.specs import add, disk, disks, edit, free, reconfigure
from vim25_emulator.inventory.clock import ManualClock


def take(lab: Lab, vm: Any, name: str = "one", *, memory: bool = False, quiesce: bool = False) -> Any:
    return lab.run(vm.CreateSnapshot_Task(name=name, description="why", memory=memory, quiesce=quiesce))


def names(trees: Any) -> dict[str, Any]:
    """Return the names in snapshot trees, nested like the trees."""
    return {tree.name: names(tree.childSnapshotList) for tree in trees}


def files(vm: Any) -> list[str]:
    return [held.backing.fileName.rpartition("/")[2] for held in disks(vm)]


def test_a_tree_grows_and_is_told(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    first, second = take(sound_lab, vm, "one"), take(sound_lab, vm, "two")
    sound_lab.run(first.RevertToSnapshot_Task())
    take(sound_lab, vm, "three")
    assert names(vm.snapshot.rootSnapshotList) == {"one": {"two": {}, "three": {}}}
    assert [each.id for each in vm.snapshot.rootSnapshotList[0].childSnapshotList] == [2, 3]
    assert list(vm.rootSnapshot) == [first]
    assert second in first.childSnapshot
    assert vm.snapshot.rootSnapshotList[0].description == "why"
    assert len(vm.layoutEx.snapshot) == 3


def test_removing_one_lets_the_disks_grow_together(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    first, second = take(sound_lab, vm, "one"), take(sound_lab, vm, "two")
    assert files(vm) == ["mail01-000002.vmdk"]
    sound_lab.run(first.RemoveSnapshot_Task(removeChildren=False))
    assert names(vm.snapshot.rootSnapshotList) == {"two": {}}
    assert vm.snapshot.currentSnapshot == second
    assert disks(vm)[0].backing.parent.fileName.endswith("/mail01.vmdk")
    assert disks(vm)[0].backing.parent.parent is None
    sound_lab.run(second.RemoveSnapshot_Task(removeChildren=False))
    assert vm.snapshot is None
    assert list(vm.rootSnapshot) == []
    assert files(vm) == ["mail01.vmdk"]


def test_a_snapshot_goes_with_its_children_or_all_go(sound_lab: Lab) -> None:
    vm, before = sound_lab.vm("mail01"), free(sound_lab)
    take(sound_lab, vm, "one")
    second = take(sound_lab, vm, "two")
    take(sound_lab, vm, "three")
    sound_lab.run(second.RemoveSnapshot_Task(removeChildren=True))
    assert names(vm.snapshot.rootSnapshotList) == {"one": {}}
    take(sound_lab, vm, "four")
    sound_lab.run(vm.RemoveAllSnapshots_Task())
    assert vm.snapshot is None
    assert files(vm) == ["mail01.vmdk"]
    assert free(sound_lab) == before


def test_reverting_brings_back_what_was(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    take(sound_lab, vm)
    reconfigure(sound_lab, vm, numCPUs=8, name="other", deviceChange=[add(disk(1), "create")])
    sound_lab.run(vm.RevertToCurrentSnapshot_Task())
    assert vm.config.hardware.numCPU == 2
    assert len(disks(vm)) == 1
    assert vm.name == vm.config.name == "other"


def test_memory_brings_back_a_running_vm(sound_lab: Lab) -> None:
    vm = sound_lab.vm("web01")
    take(sound_lab, vm, "off")
    warm = take(sound_lab, vm, "warm", memory=True)
    states = [
        vm.snapshot.rootSnapshotList[0].state,
        vm.snapshot.rootSnapshotList[0].childSnapshotList[0].state,
    ]
    assert states == ["poweredOff", "poweredOn"]
    sound_lab.run(vm.snapshot.rootSnapshotList[0].snapshot.RevertToSnapshot_Task())
    assert vm.runtime.powerState == "poweredOff"
    sound_lab.run(warm.RevertToSnapshot_Task(suppressPowerOn=True))
    assert vm.runtime.powerState == "suspended"
    sound_lab.run(warm.RevertToSnapshot_Task())
    assert vm.runtime.powerState == "poweredOn"


def test_a_task_on_a_snapshot_is_about_its_vm(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    task = take(sound_lab, vm).RemoveSnapshot_Task(removeChildren=False)
    sound_lab.run(task)
    assert (task.info.entity, task.info.entityName) == (vm, "mail01")


def test_a_snapshot_is_renamed(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    snapshot = take(sound_lab, vm)
    snapshot.RenameSnapshot(name="uno")
    tree = vm.snapshot.rootSnapshotList[0]
    assert (tree.name, tree.description) == ("uno", "why")
    with pytest.raises(vim.fault.InvalidName):
        snapshot.RenameSnapshot(name="")


def test_what_is_not_possible_is_refused(sound_lab: Lab) -> None:
    vm = sound_lab.vm("web01")
    with pytest.raises(vmodl.fault.NotSupported):
        take(sound_lab, sound_lab.vm("tpl01"))
    with pytest.raises(vim.fault.InvalidName):
        take(sound_lab, vm, "")
    with pytest.raises(vim.fault.NotFound):
        sound_lab.run(vm.RevertToCurrentSnapshot_Task())
    (held,) = disks(vm)
    held.backing.diskMode = "independent_persistent"
    reconfigure(sound_lab, vm, deviceChange=[edit(held)])
    with pytest.raises(vim.fault.MemorySnapshotOnIndependentDisk):
        take(sound_lab, vm, memory=True)


def test_quiescing_and_the_later_operation(sound_lab: Lab) -> None:
    vm = sound_lab.vm("web01")
    spec = vim.vm.GuestQuiesceSpec(timeout=5)
    sound_lab.run(vm.CreateSnapshotEx_Task(name="calm", memory=False, quiesceSpec=spec))
    assert vm.snapshot.rootSnapshotList[0].quiesced is True


def test_snapshots_older_than_some_days_are_removed() -> None:
    with open_lab(clock=ManualClock(), api_version="9.0.0.0") as lab:
        vm = lab.vm("db01")
        lab.run(vm.CreateSnapshot_Task(name="old", memory=False, quiesce=False))
        lab.emulator.advance(3 * 86_400)
        lab.service = lab.login(lab.emulator.username, lab.emulator.password)
        vm = lab.vm("db01")
        lab.run(vm.CreateSnapshot_Task(name="new", memory=False, quiesce=False))
        for days in (2**31 - 1, 3650):
            spec = vim.vm.SnapshotSelectionSpec(retentionDays=days)
            lab.run(vm.RemoveAllSnapshots_Task(consolidate=None, spec=spec))
            assert [node.name for node in vm.snapshot.rootSnapshotList] == ["old"]
        spec = vim.vm.SnapshotSelectionSpec(retentionDays=-1)
        with pytest.raises(vmodl.fault.InvalidArgument):
            lab.run(vm.RemoveAllSnapshots_Task(consolidate=None, spec=spec))
        spec = vim.vm.SnapshotSelectionSpec(retentionDays=2)
        lab.run(vm.RemoveAllSnapshots_Task(consolidate=None, spec=spec))
        assert [node.name for node in vm.snapshot.rootSnapshotList] == ["new"]

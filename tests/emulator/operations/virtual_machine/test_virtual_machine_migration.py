from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.consistency import contradictions
from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.specs import add, card, devices, disk, disks, edit, free, remove

WIDER = """
title: the default with a second datastore, a local one and a second cluster
extends: default
clusters: {other: {}}
hosts: {esx3.lab.example: {cluster: other}, esx4.lab.example: {cluster: ft-cluster, vmotion_nic: false}}
datastores:
  shared-1: {capacity_gb: 4096}
  shared-2: {capacity_gb: 500, hosts: [esx1.lab.example, esx2.lab.example, esx3.lab.example]}
  local-1: {hosts: [esx1.lab.example]}
  small: {capacity_gb: 1, hosts: [esx1.lab.example, esx2.lab.example]}
"""


@pytest.fixture
def wide(tmp_path: Path) -> Iterator[Lab]:
    path = tmp_path / "wider.yaml"
    path.write_text(WIDER)
    with open_lab(str(path)) as opened:
        yield opened
        assert contradictions(opened.emulator.vcenter.inventory) == []


def host(lab: Lab, number: int) -> Any:
    return lab.named(vim.HostSystem, f"esx{number}.lab.example")


def store(lab: Lab, name: str) -> Any:
    return lab.named(vim.Datastore, name)


def relocate(lab: Lab, vm: Any, **where: Any) -> None:
    lab.run(vm.RelocateVM_Task(spec=vim.vm.RelocateSpec(**where)))


def test_a_running_vm_moves_to_another_host(wide: Lab) -> None:
    vm = wide.vm("web01")
    wide.run(vm.MigrateVM_Task(host=host(wide, 2), priority="defaultPriority", state="poweredOn"))
    assert vm.runtime.host == host(wide, 2)
    assert vm.runtime.powerState == "poweredOn"
    assert wide.events("VmBeingHotMigratedEvent", "VmMigratedEvent") == [
        "VmBeingHotMigratedEvent",
        "VmMigratedEvent",
    ]


def test_its_files_move_with_their_space(wide: Lab) -> None:
    vm, before = wide.vm("mail01"), (free(wide), free(wide, "shared-2"))
    wide.run(vm.CreateSnapshot_Task(name="one", memory=False, quiesce=False))
    relocate(wide, vm, datastore=store(wide, "shared-2"))
    assert vm.config.files.vmPathName == "[shared-2] mail01/mail01.vmx"
    (disk,) = disks(vm)
    assert disk.backing.fileName == "[shared-2] mail01/mail01-000001.vmdk"
    assert disk.backing.parent.fileName == "[shared-2] mail01/mail01.vmdk"
    assert list(vm.datastore) == [store(wide, "shared-2")]
    assert free(wide) > before[0]
    assert free(wide, "shared-2") < before[1]
    wide.run(vm.RevertToCurrentSnapshot_Task())
    assert disks(vm)[0].backing.datastore == store(wide, "shared-2")
    assert wide.events("VmRelocatedEvent") == ["VmRelocatedEvent"]


def test_one_disk_moves_alone_and_becomes_thick(wide: Lab) -> None:
    vm = wide.vm("db01")
    _, second = disks(vm)
    locator = vim.vm.RelocateSpec.DiskLocator(diskId=second.key, datastore=store(wide, "shared-2"))
    relocate(wide, vm, disk=[locator])
    assert [each.backing.datastore.name for each in disks(vm)] == ["shared-1", "shared-2"]
    assert {each.name for each in vm.datastore} == {"shared-1", "shared-2"}
    relocate(wide, vm, datastore=store(wide, "shared-1"), transform="sparse")
    assert [each.backing.thinProvisioned for each in disks(vm)] == [True, True]
    assert [each.name for each in vm.datastore] == ["shared-1"]


def test_it_goes_to_another_cluster_with_a_pool_only(wide: Lab) -> None:
    vm, target = wide.vm("web01"), host(wide, 3)
    with pytest.raises(vmodl.fault.InvalidArgument):
        relocate(wide, vm, host=target)
    with pytest.raises(vmodl.fault.InvalidArgument):
        relocate(wide, vm, host=target, pool=vm.resourcePool)
    relocate(wide, vm, pool=target.parent.resourcePool)
    assert (vm.runtime.host, vm.resourcePool) == (target, target.parent.resourcePool)


def test_it_goes_to_another_folder(wide: Lab) -> None:
    folder = wide.vm("db01").parent.CreateFolder("below")
    relocate(wide, wide.vm("db01"), folder=folder)
    assert [vm.name for vm in folder.childEntity] == ["db01"]


@pytest.mark.parametrize(
    ("fault", "name", "where"),
    [
        (vim.fault.VMotionNotConfigured, "web01", {"host": 4}),
        (vim.fault.InvalidDatastore, "mail01", {"datastore": "local-1"}),
        (vim.fault.NoDiskSpace, "db01", {"datastore": "small"}),
    ],
)
def test_where_it_cannot_go_it_does_not(wide: Lab, fault: Any, name: str, where: dict[str, Any]) -> None:
    vm = wide.vm(name)
    before = str((vm.config, vm.runtime.host, vm.resourcePool))
    spec = (
        {"host": host(wide, where["host"])}
        if "host" in where
        else {"datastore": store(wide, where["datastore"])}
    )
    with pytest.raises(fault):
        relocate(wide, vm, **spec)
    assert str((vm.config, vm.runtime.host, vm.resourcePool)) == before


def test_a_host_that_does_not_reach_its_disk_is_refused(wide: Lab) -> None:
    vm = wide.vm("db01")
    relocate(wide, vm, datastore=store(wide, "local-1"))
    with pytest.raises(vim.fault.InvalidDatastore):
        relocate(wide, vm, host=host(wide, 2))
    locator = vim.vm.RelocateSpec.DiskLocator(diskId=2001, datastore=store(wide, "local-1"))
    with pytest.raises(vim.fault.CannotAccessVmDisk):
        relocate(
            wide,
            vm,
            host=host(wide, 2),
            datastore=store(wide, "shared-1"),
            disk=[vim.vm.RelocateSpec.DiskLocator(diskId=2000, datastore=store(wide, "local-1")), locator],
        )


def test_a_host_in_maintenance_takes_nobody(wide: Lab) -> None:
    wide.run(host(wide, 4).EnterMaintenanceMode_Task(timeout=0))
    with pytest.raises(vim.fault.InvalidHostState):
        relocate(wide, wide.vm("db01"), host=host(wide, 4))
    with pytest.raises(vim.fault.InvalidPowerState):
        wide.run(
            wide.vm("db01").MigrateVM_Task(host=host(wide, 2), priority="highPriority", state="poweredOn")
        )


def test_device_changes_are_applied_on_the_target(wide: Lab) -> None:
    vm = wide.vm("web01")
    (nic,) = devices(vm, vim.vm.device.VirtualEthernetCard)
    relocate(wide, vm, host=host(wide, 2), deviceChange=[add(card())])
    assert vm.runtime.host == host(wide, 2)
    assert len(devices(vm, vim.vm.device.VirtualEthernetCard)) == 2
    nic.backing = vim.vm.device.VirtualEthernetCard.NetworkBackingInfo(deviceName="nowhere")
    with pytest.raises(vim.fault.InvalidDeviceBacking):
        relocate(wide, vm, host=host(wide, 1), deviceChange=[edit(nic)])
    assert vm.runtime.host == host(wide, 2)


def test_a_disk_that_is_removed_leaves_its_file(wide: Lab) -> None:
    vm = wide.vm("db01")
    _, second = disks(vm)
    relocate(wide, vm, datastore=store(wide, "shared-2"), deviceChange=[remove(second)])
    assert len(disks(vm)) == 1
    path = f"[shared-2] {second.backing.fileName.partition('] ')[2]}"
    wide.run(wide.vm("mail01").ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=[add(disk(path=path))])))
    assert path in [attached.backing.fileName for attached in disks(wide.vm("mail01"))]


def test_disks_are_transformed_where_they_are(wide: Lab) -> None:
    vm = wide.vm("mail01")
    relocate(wide, vm, transform="flat")
    assert disks(vm)[0].backing.thinProvisioned is False


def test_a_locator_of_no_disk_is_refused(wide: Lab) -> None:
    locator = vim.vm.RelocateSpec.DiskLocator(diskId=9999, datastore=store(wide, "shared-2"))
    with pytest.raises(vmodl.fault.InvalidArgument) as refused:
        relocate(wide, wide.vm("db01"), disk=[locator])
    assert refused.value.invalidProperty == "spec.disk.diskId"

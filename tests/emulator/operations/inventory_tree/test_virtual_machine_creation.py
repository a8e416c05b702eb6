from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.specs import GIB, add, card, create, devices, disk, disks, free, machine, scsi


def test_a_new_vm_is_like_others_and_has_what_the_spec_says(sound_lab: Lab) -> None:
    before = free(sound_lab)
    changes = [add(scsi(-1)), add(disk(3, controller=-1, thinProvisioned=False), "create"), add(card())]
    vm = create(sound_lab, machine(numCPUs=2, memoryMB=1024, deviceChange=changes))
    assert (vm.name, vm.config.hardware.numCPU, vm.config.hardware.memoryMB) == ("new", 2, 1024)
    assert vm.config.files.vmPathName == "[shared-1] new/new.vmx"
    assert vm.runtime.powerState == "poweredOff"
    assert [held.backing.fileName for held in disks(vm)] == ["[shared-1] new/new.vmdk"]
    assert before - free(sound_lab) >= 3 * GIB
    assert vm in sound_lab.vm("db01").parent.childEntity
    assert sound_lab.events("VmBeingCreatedEvent", "VmMacAssignedEvent", "VmCreatedEvent") == [
        "VmBeingCreatedEvent",
        "VmMacAssignedEvent",
        "VmCreatedEvent",
    ]
    sound_lab.run(vm.PowerOnVM_Task())
    assert (vm.runtime.powerState, vm.guest.guestState) == ("poweredOn", "notRunning")


def test_only_the_chipset_comes_unasked(sound_lab: Lab) -> None:
    vm = create(sound_lab, machine())
    assert not devices(vm, vim.vm.device.VirtualSCSIController)
    assert {device.key for device in vm.config.hardware.device} == {
        100,
        200,
        201,
        300,
        400,
        500,
        600,
        700,
        12000,
    }


def test_two_vms_share_no_identity(sound_lab: Lab) -> None:
    one, two = (create(sound_lab, machine(name)) for name in ("one", "two"))
    assert one.config.uuid != two.config.uuid
    assert one.config.instanceUuid != two.config.instanceUuid


def test_a_directory_that_is_there_is_not_used_again(sound_lab: Lab) -> None:
    folder = sound_lab.vm("db01").parent.CreateFolder("below")
    pool = sound_lab.vm("db01").resourcePool
    vm = sound_lab.run(folder.CreateVM_Task(config=machine("db01"), pool=pool))
    assert vm.config.files.vmPathName == "[shared-1] db01_1/db01.vmx"


def test_it_goes_to_the_host_that_is_named_or_is_the_emptiest(sound_lab: Lab) -> None:
    hosts = {host.name: host for host in sound_lab.all(vim.HostSystem)}
    named = create(sound_lab, machine(), host=hosts["esx1.lab.example"])
    assert named.runtime.host == hosts["esx1.lab.example"]
    assert create(sound_lab, machine("two")).runtime.host == hosts["esx2.lab.example"]


@pytest.mark.parametrize(
    ("fault", "spec"),
    [
        (vim.fault.DuplicateName, machine("web01")),
        (vim.fault.InvalidName, machine(" ")),
        (vim.fault.InvalidDatastorePath, machine(path="shared-1")),
        (vim.fault.InvalidDatastorePath, machine(path="[none]")),
        (vim.fault.AlreadyExists, machine(path="[shared-1] web01/web01.vmx")),
        (vim.fault.NumVirtualCpusNotSupported, machine(numCPUs=1000)),
        (
            vim.fault.MissingController,
            machine(deviceChange=[add(vim.vm.device.VirtualUSB(key=-1, connected=False))]),
        ),
    ],
)
def test_a_wrong_spec_makes_nothing(sound_lab: Lab, fault: Any, spec: Any) -> None:
    before = (len(sound_lab.emulator.vcenter.inventory), free(sound_lab))
    with pytest.raises(fault):
        create(sound_lab, spec)
    tasks = len(list(sound_lab.emulator.vcenter.inventory.of_type("Task")))
    assert (len(sound_lab.emulator.vcenter.inventory) - tasks, free(sound_lab)) == before


def test_a_folder_for_other_things_is_refused(sound_lab: Lab) -> None:
    pool = sound_lab.vm("db01").resourcePool
    with pytest.raises(vmodl.fault.NotSupported):
        sound_lab.run(sound_lab.content.rootFolder.CreateVM_Task(config=machine(), pool=pool))


def test_a_host_out_of_service_is_refused(sound_lab: Lab) -> None:
    host = sound_lab.named(vim.HostSystem, "esx1.lab.example")
    sound_lab.run(sound_lab.vm("web01").PowerOffVM_Task())
    sound_lab.run(host.EnterMaintenanceMode_Task(timeout=0))
    with pytest.raises(vim.fault.InvalidHostState):
        create(sound_lab, machine(), host=host)
    assert create(sound_lab, machine()).runtime.host != host

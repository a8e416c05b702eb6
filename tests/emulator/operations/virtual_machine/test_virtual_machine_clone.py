from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.specs import add, card, devices, disks, edit, free


def clone(lab: Lab, vm: Any, name: str = "copy", **properties: Any) -> Any:
    location = properties.pop("location", vim.vm.RelocateSpec())
    spec = vim.vm.CloneSpec(**{"location": location, "template": False, "powerOn": False, **properties})
    return lab.run(vm.CloneVM_Task(folder=vm.parent, name=name, spec=spec))


def test_a_clone_is_a_vm_of_its_own(sound_lab: Lab) -> None:
    vm, before = sound_lab.vm("web01"), free(sound_lab)
    made = clone(sound_lab, vm)
    assert (made.name, made.runtime.powerState) == ("copy", "poweredOff")
    assert made.config.hardware.memoryMB == vm.config.hardware.memoryMB
    assert made.config.uuid != vm.config.uuid
    assert [held.backing.fileName for held in disks(made)] == ["[shared-1] copy/copy.vmdk"]
    (own,), (other,) = (devices(each, vim.vm.device.VirtualEthernetCard) for each in (made, vm))
    assert own.macAddress != other.macAddress
    assert before - free(sound_lab) >= disks(vm)[0].capacityInBytes
    assert sound_lab.events("VmBeingClonedEvent", "VmClonedEvent") == ["VmBeingClonedEvent", "VmClonedEvent"]


def test_a_template_becomes_a_running_vm(sound_lab: Lab) -> None:
    template = sound_lab.vm("tpl01")
    with pytest.raises(vmodl.fault.InvalidArgument):
        clone(sound_lab, template)
    location = vim.vm.RelocateSpec(pool=sound_lab.vm("db01").resourcePool)
    made = clone(sound_lab, template, location=location, powerOn=True)
    assert made.config.template is False
    assert made.runtime.powerState == "poweredOn"
    assert made in location.pool.vm


def test_a_vm_becomes_a_template(sound_lab: Lab) -> None:
    made = clone(sound_lab, sound_lab.vm("db01"), template=True)
    assert made.config.template is True
    assert made.resourcePool is None
    with pytest.raises(vmodl.fault.InvalidArgument):
        clone(sound_lab, sound_lab.vm("db01"), "two", template=True, powerOn=True)


def test_disks_are_provisioned_as_the_location_says(sound_lab: Lab) -> None:
    thick = clone(sound_lab, sound_lab.vm("mail01"), location=vim.vm.RelocateSpec(transform="flat"))
    assert disks(thick)[0].backing.thinProvisioned is False
    key = disks(thick)[0].key
    backing = vim.vm.device.VirtualDisk.FlatVer2BackingInfo(
        fileName="", diskMode="persistent", thinProvisioned=False, eagerlyScrub=True
    )
    locator = vim.vm.RelocateSpec.DiskLocator(
        diskId=key, datastore=sound_lab.named(vim.Datastore, "shared-1"), diskBackingInfo=backing
    )
    eager = clone(sound_lab, thick, "eager", location=vim.vm.RelocateSpec(disk=[locator]))
    assert disks(eager)[0].backing.eagerlyScrub is True


def test_a_linked_clone_stands_on_the_sources_disks(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    sound_lab.run(vm.CreateSnapshot_Task(name="base", memory=False, quiesce=False))
    location = vim.vm.RelocateSpec(diskMoveType="createNewChildDiskBacking")
    made = clone(sound_lab, vm, location=location, snapshot=vm.snapshot.currentSnapshot)
    assert disks(made)[0].backing.parent.fileName == "[shared-1] mail01/mail01.vmdk"
    assert made.snapshot is None


def test_the_config_of_the_spec_is_applied(sound_lab: Lab) -> None:
    made = clone(sound_lab, sound_lab.vm("db01"), config=vim.vm.ConfigSpec(numCPUs=4, annotation="copied"))
    assert (made.config.hardware.numCPU, made.config.annotation) == (4, "copied")


def test_what_cannot_be_is_refused_and_leaves_nothing(sound_lab: Lab) -> None:
    vm, before = sound_lab.vm("db01"), free(sound_lab)
    with pytest.raises(vim.fault.DuplicateName):
        clone(sound_lab, vm, "web01")
    with pytest.raises(vmodl.fault.NotSupported):
        clone(
            sound_lab,
            vm,
            customization=vim.vm.customization.Specification(
                identity=vim.vm.customization.LinuxPrep(
                    domain="lab.example", hostName=vim.vm.customization.VirtualMachineNameGenerator()
                ),
                globalIPSettings=vim.vm.customization.GlobalIPSettings(),
            ),
        )
    sound_lab.run(vm.CreateSnapshot_Task(name="base", memory=False, quiesce=False))
    with pytest.raises(vmodl.fault.InvalidArgument):
        clone(sound_lab, sound_lab.vm("mail01"), snapshot=vm.snapshot.currentSnapshot)
    assert free(sound_lab) == before
    assert len(sound_lab.all(vim.VirtualMachine)) == 5


def test_device_changes_of_the_location_are_applied(sound_lab: Lab) -> None:
    vm = sound_lab.vm("web01")
    before = len(devices(vm, vim.vm.device.VirtualEthernetCard))
    made = clone(sound_lab, vm, location=vim.vm.RelocateSpec(deviceChange=[add(card())]))
    assert len(devices(made, vim.vm.device.VirtualEthernetCard)) == before + 1
    (nic, *_) = devices(vm, vim.vm.device.VirtualEthernetCard)
    nic.backing = vim.vm.device.VirtualEthernetCard.NetworkBackingInfo(deviceName="nowhere")
    with pytest.raises(vim.fault.InvalidDeviceBacking):
        clone(sound_lab, vm, "two", location=vim.vm.RelocateSpec(deviceChange=[edit(nic)]))
    assert "two" not in [machine.name for machine in sound_lab.all(vim.VirtualMachine)]

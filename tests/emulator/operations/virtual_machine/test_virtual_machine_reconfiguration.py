from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator import specs
from tests.emulator.lab import Lab
from tests.emulator.specs import add, devices, disk, disks, edit, free, reconfigure, remove


def test_sizes_show_wherever_they_are_shown(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    reconfigure(sound_lab, vm, numCPUs=4, numCoresPerSocket=2, memoryMB=8192, annotation="big")
    assert (vm.config.hardware.numCPU, vm.summary.config.numCpu) == (4, 4)
    assert (vm.config.hardware.memoryMB, vm.summary.config.memorySizeMB) == (8192, 8192)
    assert vm.runtime.maxMemoryUsage == 8192
    assert vm.summary.config.annotation == "big"
    assert sound_lab.events("VmReconfiguredEvent") == ["VmReconfiguredEvent"]


def test_what_a_spec_leaves_out_stays(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    before = vm.config.flags.enableLogging
    reconfigure(
        sound_lab,
        vm,
        flags=vim.vm.FlagInfo(diskUuidEnabled=True),
        extraConfig=[vim.option.OptionValue(key="a", value="1")],
        memoryAllocation=vim.ResourceAllocationInfo(reservation=64),
    )
    assert (vm.config.flags.diskUuidEnabled, vm.config.flags.enableLogging) == (True, before)
    assert vm.config.memoryAllocation.limit == -1
    assert vm.summary.config.memoryReservation == 64
    assert {"a", "nvram"} <= {option.key for option in vm.config.extraConfig}
    reconfigure(sound_lab, vm, extraConfig=[vim.option.OptionValue(key="a", value="")])
    assert "a" not in {option.key for option in vm.config.extraConfig}


def test_firmware_nested_virtualization_and_guest(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    reconfigure(sound_lab, vm, firmware="efi", nestedHVEnabled=True, guestId="rhel9_64Guest")
    assert (vm.config.firmware, vm.config.nestedHVEnabled) == ("efi", True)
    assert vm.summary.config.guestFullName == "Red Hat Enterprise Linux 9 (64-bit)"
    assert vm.capability.secureBootSupported is True


def test_a_disk_is_added_grown_and_removed_with_its_space(sound_lab: Lab) -> None:
    vm, before = sound_lab.vm("mail01"), free(sound_lab)
    wanted = disk(2, thinProvisioned=False, eagerlyScrub=True)
    reconfigure(sound_lab, vm, deviceChange=[add(wanted, "create")])
    added = disks(vm)[-1]
    assert (added.key, added.deviceInfo.label) == (2001, "Hard disk 2")
    assert added.backing.fileName == "[shared-1] mail01/mail01_1.vmdk"
    assert added.backing.eagerlyScrub is True
    assert before - free(sound_lab) >= 2 * specs.GIB
    assert vm.summary.config.numVirtualDisks == 2
    assert added.key in devices(vm, vim.vm.device.VirtualSCSIController)[0].device
    added.capacityInKB *= 2
    added.capacityInBytes = added.capacityInKB * 1024
    reconfigure(sound_lab, vm, deviceChange=[edit(added)])
    assert disks(vm)[-1].capacityInBytes == 4 * specs.GIB
    reconfigure(sound_lab, vm, deviceChange=[remove(added, "destroy")])
    assert len(disks(vm)) == 1
    assert before == free(sound_lab)


def test_a_disk_that_is_taken_out_can_be_given_to_another(sound_lab: Lab) -> None:
    vm, other = sound_lab.vm("mail01"), sound_lab.vm("db01")
    (taken,) = disks(vm)
    before = free(sound_lab)
    reconfigure(sound_lab, vm, deviceChange=[remove(taken)])
    assert free(sound_lab) == before
    again = disk(1, path=taken.backing.fileName)
    reconfigure(sound_lab, other, deviceChange=[add(again)])
    assert disks(other)[-1].capacityInBytes == taken.capacityInBytes
    assert free(sound_lab) == before
    with pytest.raises(vim.fault.FileNotFound):
        reconfigure(sound_lab, other, deviceChange=[add(disk(1, path="[shared-1] none/none.vmdk"))])


def test_disk_mode_and_sharing_are_edited(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    (held,) = disks(vm)
    held.backing.diskMode = "independent_persistent"
    held.backing.sharing = "sharingMultiWriter"
    reconfigure(sound_lab, vm, deviceChange=[edit(held)])
    (changed,) = disks(vm)
    assert (changed.backing.diskMode, changed.backing.sharing) == (
        "independent_persistent",
        "sharingMultiWriter",
    )


def test_a_card_follows_its_network(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    network = sound_lab.named(vim.Network, "VM Network")
    (held,) = devices(vm, vim.vm.device.VirtualEthernetCard)
    reconfigure(sound_lab, vm, deviceChange=[remove(held)])
    assert vm not in network.vm
    reconfigure(sound_lab, vm, deviceChange=[add(specs.card())])
    (added,) = devices(vm, vim.vm.device.VirtualEthernetCard)
    assert (added.backing.network, added.deviceInfo.label) == (network, "Network adapter 1")
    assert added.unitNumber == 7  # [observed: recordings]
    assert vm in network.vm
    assert vm.network == [network]


def test_devices_have_the_words_of_a_real_server(sound_lab: Lab) -> None:
    """[observed: recordings]"""
    vm = sound_lab.vm("mail01")
    lsi = vim.vm.device.VirtualLsiLogicController(key=-1, busNumber=1, sharedBus="noSharing")
    iso = vim.vm.device.VirtualCdrom.IsoBackingInfo(fileName="[shared-1] tools.iso")
    reconfigure(sound_lab, vm, deviceChange=[add(lsi), add(specs.card())])
    words = {device.deviceInfo.label: device.deviceInfo.summary for device in vm.config.hardware.device}
    assert words["Keyboard "] == "Keyboard"
    assert words["Video card "] == "Video card"
    assert words["Pointing device"] == "Pointing device; Device"
    assert words["SCSI controller 0"] == "VMware paravirtual SCSI"
    assert words["SCSI controller 1"] == "LSI Logic"
    assert [card.unitNumber for card in devices(vm, vim.vm.device.VirtualEthernetCard)] == [7, 8]
    (drive,) = devices(vm, vim.vm.device.VirtualCdrom)
    drive.backing = iso
    reconfigure(sound_lab, vm, deviceChange=[edit(drive)])
    (drive,) = devices(vm, vim.vm.device.VirtualCdrom)
    assert drive.deviceInfo.summary == "ISO [shared-1] tools.iso"


def test_a_controller_and_its_disk_come_with_one_spec(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    reconfigure(sound_lab, vm, deviceChange=[add(specs.scsi(-7)), add(disk(1, controller=-7), "create")])
    added = disks(vm)[-1]
    assert (added.controllerKey, added.unitNumber) == (1001, 0)
    (controller,) = [d for d in vm.config.hardware.device if d.key == 1001]
    assert (controller.busNumber, list(controller.device)) == (1, [added.key])


UNSUPPORTED_BY_FT = [
    vim.vm.device.VirtualTPM(key=-1),
    vim.vm.device.VirtualUSBXHCIController(key=-1, busNumber=0),
    vim.vm.device.VirtualHdAudioCard(
        key=-1, backing=vim.vm.device.VirtualSoundCard.DeviceBackingInfo(deviceName="", useAutoDetect=True)
    ),
    vim.vm.device.VirtualSerialPort(
        key=-1,
        yieldOnPoll=True,
        backing=vim.vm.device.VirtualSerialPort.FileBackingInfo(fileName="[shared-1] mail01/serial.log"),
    ),
    vim.vm.device.VirtualPCIPassthrough(
        key=-1, backing=vim.vm.device.VirtualPCIPassthrough.DynamicBackingInfo()
    ),
]


@pytest.mark.parametrize("device", UNSUPPORTED_BY_FT, ids=lambda device: type(device).__name__)
def test_devices_of_any_kind_come_and_go(sound_lab: Lab, device: Any) -> None:
    vm = sound_lab.vm("mail01")
    reconfigure(sound_lab, vm, deviceChange=[add(device)])
    (added,) = devices(vm, type(device))
    assert added.key > 0
    assert added.controllerKey is not None
    reconfigure(sound_lab, vm, deviceChange=[remove(added)])
    assert devices(vm, type(device)) == []


def refused(lab: Lab, vm: Any, **properties: Any) -> Any:
    """Return the fault of applying a spec, which leaves the VM unchanged."""
    before = str((vm.name, vm.config, vm.layoutEx, free(lab)))
    with pytest.raises(vmodl.MethodFault) as caught:
        reconfigure(lab, vm, **properties)
    assert str((vm.name, vm.config, vm.layoutEx, free(lab))) == before
    return caught.value


WRONG = [
    (vim.fault.InvalidName, {"name": ""}),
    (vim.fault.InvalidName, {"name": "x" * 81}),
    (vim.fault.DuplicateName, {"name": "db01"}),
    (vim.fault.ConcurrentAccess, {"changeVersion": "old"}),
    (vmodl.fault.InvalidArgument, {"guestId": "none"}),
    (vim.fault.NumVirtualCpusNotSupported, {"numCPUs": 0}),
    (vim.fault.NumVirtualCoresPerSocketNotSupported, {"numCPUs": 4, "numCoresPerSocket": 3}),
    (vim.fault.MemorySizeNotSupported, {"memoryMB": 3}),
    (vmodl.fault.InvalidArgument, {"firmware": "open"}),
    (vim.fault.NoDiskSpace, {"deviceChange": [add(disk(1 << 20, thinProvisioned=False), "create")]}),
    (vim.fault.InvalidDatastorePath, {"deviceChange": [add(disk(1, path="[none]"), "create")]}),
    (
        vim.fault.FileAlreadyExists,
        {"deviceChange": [add(disk(1, path="[shared-1] web01/web01.vmdk"), "create")]},
    ),
    (vim.fault.InvalidDeviceBacking, {"deviceChange": [add(specs.card("none"))]}),
    (vim.fault.InvalidController, {"deviceChange": [add(disk(1, controller=1007), "create")]}),
    (vim.fault.DeviceNotFound, {"deviceChange": [remove(vim.vm.device.VirtualDisk(key=2099))]}),
    (vim.fault.TooManyDevices, {"deviceChange": [add(vim.vm.device.VirtualTPM(key=-1))] * 2}),
    (
        vim.fault.InvalidDeviceOperation,
        {
            "deviceChange": [
                remove(vim.vm.device.ParaVirtualSCSIController(key=1000, busNumber=0, sharedBus="noSharing"))
            ]
        },
    ),
]


@pytest.mark.parametrize(
    ("fault", "properties"), WRONG, ids=[each.__name__.rsplit(".")[-1] for each, _ in WRONG]
)
def test_a_wrong_spec_changes_nothing(sound_lab: Lab, fault: Any, properties: dict[str, Any]) -> None:
    asked = {"numCPUs": 8, **properties}  # what is right in a spec is not done either
    assert isinstance(refused(sound_lab, sound_lab.vm("mail01"), **asked), fault)


RUNNING = [
    (vim.fault.CpuHotPlugNotSupported, {"numCPUs": 4}),
    (vim.fault.MemoryHotPlugNotSupported, {"memoryMB": 1 << 14}),
    (vim.fault.InvalidPowerState, {"firmware": "efi"}),
    (vim.fault.InvalidPowerState, {"flags": vim.vm.FlagInfo(vbsEnabled=True)}),
    (vim.fault.DeviceHotPlugNotSupported, {"deviceChange": [add(vim.vm.device.VirtualTPM(key=-1))]}),
]


@pytest.mark.parametrize(("fault", "properties"), RUNNING)
def test_what_a_running_vm_does_not_take(sound_lab: Lab, fault: Any, properties: dict[str, Any]) -> None:
    assert isinstance(refused(sound_lab, sound_lab.vm("web01"), **properties), fault)


def test_the_kind_of_fault_tolerance_is_not_reconfigured(sound_lab: Lab) -> None:
    vm = sound_lab.vm("web01")
    other = vim.vm.FlagInfo(faultToleranceType="recordReplay")
    assert isinstance(refused(sound_lab, vm, flags=other), vmodl.fault.NotSupported)
    sound_lab.run(vm.CreateSecondaryVM_Task())
    assert isinstance(refused(sound_lab, vm, flags=other), vmodl.fault.NotSupported)
    reconfigure(sound_lab, vm, flags=vm.config.flags)  # as a client does that changes another flag
    assert vm.config.flags.faultToleranceType == "checkpointing"


def test_hot_plug_is_possible_where_it_is_enabled(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    reconfigure(sound_lab, vm, cpuHotAddEnabled=True, memoryHotAddEnabled=True)
    sound_lab.run(vm.PowerOnVM_Task())
    more = {"numCPUs": vm.config.hardware.numCPU * 2, "memoryMB": vm.config.hardware.memoryMB * 2}
    reconfigure(sound_lab, vm, **more, deviceChange=[add(disk(1), "create"), add(specs.card())])
    assert vm.config.hardware.numCPU == more["numCPUs"]
    assert len(disks(vm)) == 2


def test_a_rename_is_told_with_both_names(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    reconfigure(sound_lab, vm, name="data/01")
    assert vm.name == vm.config.name == vm.summary.config.name == "data%2f01"
    assert sound_lab.events("VmRenamedEvent") == ["VmRenamedEvent"]


def test_a_template_takes_a_name_and_an_annotation(sound_lab: Lab) -> None:
    """[observed: a maintainer's report]"""
    template = sound_lab.vm("tpl01")
    assert "ReconfigVM_Task" not in template.disabledMethod
    reconfigure(sound_lab, template, name="golden", annotation="built on Monday")
    assert (template.name, template.config.annotation) == ("golden", "built on Monday")
    assert template.config.template


@pytest.mark.parametrize(
    "other", [{"numCPUs": 4}, {"tools": vim.vm.ToolsConfigInfo()}, {"guestId": "otherGuest"}]
)
def test_a_template_takes_nothing_else(sound_lab: Lab, other: dict[str, Any]) -> None:
    template = sound_lab.vm("tpl01")
    fault = refused(sound_lab, template, annotation="built on Monday", **other)
    assert isinstance(fault, vmodl.fault.NotSupported)
    assert not template.config.annotation


def test_a_host_that_cannot_reserve_the_memory_refuses_a_running_vm(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    size = sound_lab.named(vim.HostSystem, "esx2.lab.example").hardware.memorySize
    reconfigure(sound_lab, vm, memoryMB=(size >> 20) * 2)
    sound_lab.run(vm.PowerOnVM_Task())
    reserved = vim.ResourceAllocationInfo(reservation=(size >> 20) * 2)
    fault = refused(sound_lab, vm, memoryAllocation=reserved)
    assert isinstance(fault, vim.fault.InsufficientMemoryResourcesFault)
    assert fault.requested == reserved.reservation << 20


@pytest.mark.parametrize("name", ["cpuAllocation", "memoryAllocation"])
@pytest.mark.parametrize(
    ("member", "allocation"),
    [
        ("reservation", {"reservation": 2**63 - 1}),
        ("reservation", {"reservation": -5}),
        ("limit", {"limit": -2}),
        ("limit", {"reservation": 100, "limit": 50}),
        ("shares.shares", {"shares": vim.SharesInfo(level="custom", shares=-1)}),
    ],
)
def test_an_impossible_allocation_is_refused(
    sound_lab: Lab, name: str, member: str, allocation: dict[str, Any]
) -> None:
    vm = sound_lab.vm("mail01")
    with pytest.raises(vmodl.fault.InvalidArgument) as refused:
        reconfigure(sound_lab, vm, **{name: vim.ResourceAllocationInfo(**allocation)})
    assert refused.value.invalidProperty == f"configSpec.{name}.{member}"
    assert [each.summary.config.cpuReservation for each in sound_lab.all(vim.VirtualMachine)]


def test_a_reservation_that_no_host_can_guarantee_keeps_a_vm_off(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    reconfigure(sound_lab, vm, cpuAllocation=vim.ResourceAllocationInfo(reservation=2**31 - 1))
    assert vm.summary.config.cpuReservation == 2**31 - 1
    with pytest.raises(vim.fault.InsufficientCpuResourcesFault) as refused:
        sound_lab.run(vm.PowerOnVM_Task())
    assert refused.value.requested == 2**31 - 1
    assert 0 < refused.value.unreserved < 2**31


@pytest.mark.parametrize("size", [2**63 - 1, -(2**63), 2**31])
def test_a_memory_size_beyond_what_its_fault_can_show_is_refused(sound_lab: Lab, size: int) -> None:
    with pytest.raises(vim.fault.MemorySizeNotSupported):
        reconfigure(sound_lab, sound_lab.vm("mail01"), memoryMB=size)

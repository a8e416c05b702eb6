"""Specs as clients write them, for tests that create and change virtual machines."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from tests.emulator.lab import Lab

GIB = 1 << 30


def machine(name: str = "new", path: str = "[shared-1]", **properties: Any) -> Any:
    """The ConfigSpec of a virtual machine without disks and network cards."""
    wanted = {"numCPUs": 1, "memoryMB": 512, "guestId": "otherLinux64Guest", **properties}
    return vim.vm.ConfigSpec(name=name, files=vim.vm.FileInfo(vmPathName=path), **wanted)


def add(device: Any, file_operation: str | None = None) -> Any:
    return vim.vm.device.VirtualDeviceSpec(operation="add", fileOperation=file_operation, device=device)


def edit(device: Any) -> Any:
    return vim.vm.device.VirtualDeviceSpec(operation="edit", device=device)


def remove(device: Any, file_operation: str | None = None) -> Any:
    return vim.vm.device.VirtualDeviceSpec(operation="remove", fileOperation=file_operation, device=device)


def scsi(key: int = -1) -> Any:
    return vim.vm.device.ParaVirtualSCSIController(key=key, busNumber=0, sharedBus="noSharing")


def disk(gib: float = 1, controller: int | None = None, path: str = "", **backing: Any) -> Any:
    settings = {"diskMode": "persistent", "thinProvisioned": True, **backing}
    return vim.vm.device.VirtualDisk(
        key=-100,
        controllerKey=controller,
        unitNumber=None,
        capacityInKB=int(gib * GIB) // 1024,
        backing=vim.vm.device.VirtualDisk.FlatVer2BackingInfo(fileName=path, **settings),
    )


def card(network: str = "VM Network") -> Any:
    backing = vim.vm.device.VirtualEthernetCard.NetworkBackingInfo(deviceName=network)
    return vim.vm.device.VirtualVmxnet3(key=-200, backing=backing)


def devices(vm: Any, kind: Any) -> list[Any]:
    """The devices of a kind that a virtual machine has."""
    return [device for device in vm.config.hardware.device if isinstance(device, kind)]


def disks(vm: Any) -> list[Any]:
    return devices(vm, vim.vm.device.VirtualDisk)


def reconfigure(lab: Lab, vm: Any, **properties: Any) -> None:
    lab.run(vm.ReconfigVM_Task(vim.vm.ConfigSpec(**properties)))


def create(lab: Lab, spec: Any, **arguments: Any) -> Any:
    """Create a virtual machine in the folder and the pool that the others are in."""
    beside = lab.vm("db01")
    arguments = {"pool": beside.resourcePool, **arguments}
    return lab.run(beside.parent.CreateVM_Task(config=spec, **arguments))


def free(lab: Lab, name: str = "shared-1") -> int:
    """The free bytes of a datastore."""
    return int(lab.named(vim.Datastore, name).summary.freeSpace)

"""Specs as clients write them, for tests that create and change virtual machines."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from tests.emulator.lab import Lab

GIB = 1 << 30


def machine(name: str = "new", path: str = "[shared-1]", **properties: Any) -> Any:
    """Return the ConfigSpec of a virtual machine without disks and network cards."""
    settings = {"numCPUs": 1, "memoryMB": 512, "guestId": "otherLinux64Guest", **properties}
    return vim.vm.ConfigSpec(name=name, files=vim.vm.FileInfo(vmPathName=path), **settings)


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
    """Return the devices of a kind of a virtual machine."""
    return [device for device in vm.config.hardware.device if isinstance(device, kind)]


def disks(vm: Any) -> list[Any]:
    return devices(vm, vim.vm.device.VirtualDisk)


def reconfigure(lab: Lab, vm: Any, **properties: Any) -> None:
    lab.run(vm.ReconfigVM_Task(vim.vm.ConfigSpec(**properties)))


def create(lab: Lab, spec: Any, **arguments: Any) -> Any:
    """Create a virtual machine in the folder and the pool of the others."""
    other = lab.vm("db01")
    arguments = {"pool": other.resourcePool, **arguments}
    return lab.run(other.parent.CreateVM_Task(config=spec, **arguments))


def free(lab: Lab, name: str = "shared-1") -> int:
    """Return the free bytes of a datastore."""
    return int(lab.named(vim.Datastore, name).summary.freeSpace)

"""The devices that performance counters are measured for, by their instance names.

Names have the form of a real vCenter: a processor's number, a NIC's key or name, `scsi0:0`, a canonical disk
name, the last part of a datastore's URL [observed: recordings].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory

#: What the files of a datastore are counted by.
_FILE_KINDS: Final = ("DISKFILE", "SWAPFILE", "DELTAFILE", "OTHERFILE")
#: Bus of a controller's disks by type of controller; `scsi` for all others.
_BUSES: Final = {
    "VirtualIDEController": "ide",
    "VirtualAHCIController": "sata",
    "VirtualNVMEController": "nvme",
}


def _vm_processors(inventory: Inventory, vm: ManagedObject) -> Iterator[str]:
    return map(str, range(vm.get("config.hardware.numCPU") or 0))


def _vm_nics(inventory: Inventory, vm: ManagedObject) -> Iterator[str]:
    devices = vm.get("config.hardware.device") or ()
    return (str(device.key) for device in devices if device.is_a("VirtualEthernetCard"))


def _vm_disks(inventory: Inventory, vm: ManagedObject) -> Iterator[str]:
    devices = {device.key: device for device in vm.get("config.hardware.device") or ()}
    for disk in devices.values():
        controller = devices.get(disk.controllerKey) if disk.is_a("VirtualDisk") else None
        if controller is not None:
            bus = _BUSES.get(controller.type_.name, "scsi")
            yield f"{bus}{controller.busNumber}:{disk.unitNumber}"


def _datastores(inventory: Inventory, user: ManagedObject) -> Iterator[str]:
    for datastore in inventory.find_all(user.get("datastore") or ()):
        yield datastore.get("summary.url").rstrip("/").rpartition("/")[2]


def _host_processors(inventory: Inventory, host: ManagedObject) -> Iterator[str]:
    return map(str, range(host.get("summary.hardware.numCpuThreads") or 0))


def _listed(path: str, name: str) -> Callable[[Inventory, ManagedObject], Iterator[str]]:
    """Return a function that reads a property of every element of a host's list."""
    return lambda inventory, host: (element.__dict__[name] for element in host.get(path) or ())


_Instances = Callable[[Inventory, ManagedObject], Iterator[str]]

#: Letter of the provider, and group of counters → instance names; other pairs have no devices.
_DEVICES: Final[dict[tuple[str, str], _Instances]] = {
    ("V", "cpu"): _vm_processors,
    ("V", "net"): _vm_nics,
    ("V", "virtualDisk"): _vm_disks,
    ("V", "datastore"): _datastores,
    ("H", "cpu"): _host_processors,
    ("H", "net"): _listed("config.network.pnic", "device"),
    ("H", "disk"): _listed("config.storageDevice.scsiLun", "canonicalName"),
    ("H", "storageAdapter"): _listed("config.storageDevice.hostBusAdapter", "device"),
    ("H", "datastore"): _datastores,
    ("D", "disk"): lambda inventory, datastore: iter(_FILE_KINDS),
}


def instances(inventory: Inventory, entity: ManagedObject, letter: str, group: str) -> tuple[str, ...]:
    """Return the names of an object's devices that a group of counters measures."""
    names = _DEVICES.get((letter, group))
    return tuple(names(inventory, entity)) if names is not None else ()

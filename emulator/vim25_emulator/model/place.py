"""The placement of a virtual machine: its host and its files, and their exchange within a pair.

On failover the two VMs of a pair exchange their placement. Each role keeps its reference, name and identity;
its host and files become those of the other VM (hosts [observed], files [derived]).
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.virtual_machine import link, unlink

#: Properties that the VMs of a pair exchange.
_EXCHANGED: Final = (
    "runtime.host",
    "runtime.connectionState",
    "datastore",
    "config.files",
    "config.hardware.device",
    "layout",
    "layoutEx",
    "storage",
)


def move(inventory: Inventory, vm: ManagedObject, host: ManagedObject) -> None:
    """Move a VM to another host; update the lists of both hosts and the VM's connection state."""
    before = inventory.find(vm.get("runtime.host"))
    if before is not host:
        if before is not None:
            before.remove("vm", vm.ref)
        host.add("vm", vm.ref)
        vm.set("runtime.host", host.ref)
    vm.set("runtime.connectionState", host.get("runtime.connectionState"))


def exchange(inventory: Inventory, one: ManagedObject, other: ManagedObject) -> None:
    """Exchange the placement and files of two VMs."""
    before = {vm: {path: vm.get(path) for path in _EXCHANGED} for vm in (one, other)}
    for vm in before:
        unlink(inventory, vm)
    for vm, properties in ((one, before[other]), (other, before[one])):
        for path, value in properties.items():
            vm.set(path, value)
        link(inventory, [vm])

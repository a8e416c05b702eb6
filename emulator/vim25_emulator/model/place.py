"""The placement of a virtual machine: its host and its files, and their exchange within a pair.

On failover the two VMs of a pair exchange their placement. Each role keeps its reference, name and identity;
its host [observed: third-party test code] and its files [derived] become those of the other VM.
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


#: Connection states of a VM that are its host's; the others are inaccessible, invalid and orphaned.
_OF_HOST: Final = ("connected", "disconnected")


def relist(
    inventory: Inventory,
    entity: ManagedObject,
    owner: ManagedObject,
    by: tuple[str, str] = ("parent", "childEntity"),
) -> ManagedObject | None:
    """Move an entity from the list of one owner to that of another; return the previous owner.

    `by` is the entity's property that refers to its owner, and the owner's list. No-op that returns None if
    the owner does not change.
    """
    path, listing = by
    before = inventory.find(entity.get(path))
    if before is owner:
        return None
    if before is not None:
        before.remove(listing, entity.ref)
    owner.add(listing, entity.ref)
    entity.set(path, owner.ref)
    return before


def move(inventory: Inventory, vm: ManagedObject, host: ManagedObject) -> None:
    """Move a VM to another host; update the lists of both hosts and the VM's connection state."""
    relist(inventory, vm, host, ("runtime.host", "vm"))
    follow_host(vm, host)


def follow_host(vm: ManagedObject, host: ManagedObject) -> None:
    """Set the connection state of a VM to that of its host; a VM whose files are the problem has its own."""
    if vm.get("runtime.connectionState") in _OF_HOST:
        connected = host.get("runtime.connectionState") == "connected"
        vm.set("runtime.connectionState", "connected" if connected else "disconnected")


def exchange(inventory: Inventory, one: ManagedObject, other: ManagedObject) -> None:
    """Exchange the placement and files of two VMs."""
    before = {vm: {path: vm.get(path) for path in _EXCHANGED} for vm in (one, other)}
    for vm in before:
        unlink(inventory, vm)
    for vm, properties in ((one, before[other]), (other, before[one])):
        for path, value in properties.items():
            vm.set(path, value)
        link(inventory, [vm])

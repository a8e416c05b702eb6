"""Whether an inventory agrees with itself: lists with objects, disks with files, what is with what was."""

from __future__ import annotations

from typing import Any

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import MoRef

#: Property of a VM → the list, of each object that it leads to, which names the VM.
LISTED = (
    ("parent", "childEntity"),
    ("runtime.host", "vm"),
    ("resourcePool", "vm"),
    ("datastore", "vm"),
    ("network", "vm"),
)
PLACES = ("parent", "childEntity", "vm", "host", "datastore", "network", "resourcePool", "rootSnapshot")


def contradictions(inventory: Inventory) -> list[str]:
    """Say what does not agree with what; nothing in an inventory that is consistent."""
    vms = list(inventory.of_type("VirtualMachine"))
    found = [
        f"{held} is gone, but not for {each}" for each in inventory for held in dangling(inventory, each)
    ]
    for vm in vms:
        for path, listing in LISTED:
            for owner in owners(vm.get(path)):
                times = inventory[owner].get(listing).count(vm.ref)
                found += [f"{owner} lists {vm} {times} times"] if times != 1 else []
        for source, target in (("config.name", "name"), ("summary.config.name", "name")):
            found += [f"{vm} has two names"] if vm.get(source) != vm.get(target) else []
        disks = [d for d in vm.get("config.hardware.device") if d.is_a("VirtualDisk")]
        files = {file.name for file in vm.get("layoutEx.file")}
        found += [f"{vm} misses a file" for disk in disks if disk.backing.fileName not in files]
        keys = [device.key for device in vm.get("config.hardware.device")]
        found += [f"{vm} has a key twice"] if len(keys) != len(set(keys)) else []
        seats = [(d.controllerKey, d.unitNumber) for d in disks]
        found += [f"{vm} has two disks on a unit"] if len(seats) != len(set(seats)) else []
    for holder_type, path in (("HostSystem", "runtime.host"), ("ResourcePool", "resourcePool")):
        for holder in inventory.of_type(holder_type):
            for vm in inventory.find_all(holder.get("vm")):
                found += [f"{holder} lists {vm} wrongly"] if vm.get(path) != holder.ref else []
    for store in inventory.of_type("Datastore"):
        free, capacity = store.get("summary.freeSpace"), store.get("summary.capacity")
        found += [f"{store} has {free} of {capacity}"] if not 0 <= free <= capacity else []
    return found


def dangling(inventory: Inventory, each: ManagedObject) -> list[MoRef]:
    """References from an object's places to objects that are gone."""
    held = [each.get(path) for path in PLACES if path in each.type.properties]
    return [ref for value in held for ref in owners(value) if ref not in inventory]


def owners(value: Any) -> tuple[MoRef, ...]:
    """The references that a property holds."""
    if value is None:
        return ()
    if isinstance(value, MoRef):
        return (value,)
    return tuple(each if isinstance(each, MoRef) else each.key for each in value)

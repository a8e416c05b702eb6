"""Check the consistency of an inventory: references, lists, disks and files, free space."""

from __future__ import annotations

from typing import Any

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import MoRef

#: Property of a VM that refers to objects → the property of these objects that lists the VM.
LISTED = (
    ("parent", "childEntity"),
    ("runtime.host", "vm"),
    ("resourcePool", "vm"),
    ("datastore", "vm"),
    ("network", "vm"),
)
PLACES = ("parent", "childEntity", "vm", "host", "datastore", "network", "resourcePool", "rootSnapshot")


def contradictions(inventory: Inventory) -> list[str]:
    """Return the contradictions in an inventory, empty if it is consistent."""
    vms = list(inventory.of_type("VirtualMachine"))
    errors = [
        f"{entity} refers to {ref}, which is gone"
        for entity in inventory
        for ref in dangling(inventory, entity)
    ]
    for vm in vms:
        for path, listing in LISTED:
            for owner in owners(vm.get(path)):
                times = inventory[owner].get(listing).count(vm.ref)
                errors += [f"{owner} lists {vm} {times} times"] if times != 1 else []
        for source, target in (("config.name", "name"), ("summary.config.name", "name")):
            errors += [f"{vm} has two names"] if vm.get(source) != vm.get(target) else []
        disks = [d for d in vm.get("config.hardware.device") if d.is_a("VirtualDisk")]
        files = {file.name for file in vm.get("layoutEx.file")}
        errors += [f"{vm} misses a file" for disk in disks if disk.backing.fileName not in files]
        keys = [device.key for device in vm.get("config.hardware.device")]
        errors += [f"{vm} has a key twice"] if len(keys) != len(set(keys)) else []
        seats = [(d.controllerKey, d.unitNumber) for d in disks]
        errors += [f"{vm} has two disks on a unit"] if len(seats) != len(set(seats)) else []
    for holder_type, path in (("HostSystem", "runtime.host"), ("ResourcePool", "resourcePool")):
        for holder in inventory.of_type(holder_type):
            for vm in inventory.find_all(holder.get("vm")):
                errors += [f"{holder} lists {vm} wrongly"] if vm.get(path) != holder.ref else []
    for store in inventory.of_type("Datastore"):
        free, capacity = store.get("summary.freeSpace"), store.get("summary.capacity")
        errors += [f"{store} has {free} of {capacity}"] if not 0 <= free <= capacity else []
    return errors


def dangling(inventory: Inventory, entity: ManagedObject) -> list[MoRef]:
    """Return the references of an object to objects that do not exist."""
    values = [entity.get(path) for path in PLACES if path in entity.type.properties]
    return [ref for value in values for ref in owners(value) if ref not in inventory]


def owners(value: Any) -> tuple[MoRef, ...]:
    """Return the references in a property's value."""
    if value is None:
        return ()
    if isinstance(value, MoRef):
        return (value,)
    return tuple(item if isinstance(item, MoRef) else item.key for item in value)

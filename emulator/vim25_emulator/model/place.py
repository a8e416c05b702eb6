"""Where a virtual machine stands, and the lists of other objects that say so too.

The two VMs of a pair can change places. Each role keeps its reference, name and identity; host and files are
those of the machine that fills the role (hosts seen, files derived from it).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import MoRef

#: The lists that name a VM: where the VM's own property leads → the list there.
_LISTED_IN: Final = (
    ("parent", "childEntity"),
    ("runtime.host", "vm"),
    ("resourcePool", "vm"),
    ("datastore", "vm"),
    ("network", "vm"),
)

#: What belongs to the machine that fills a role, rather than to the role.
_OF_THE_MACHINE: Final = (
    "runtime.host",
    "runtime.connectionState",
    "datastore",
    "config.files",
    "config.hardware.device",
    "layout",
    "layoutEx",
    "storage",
)


def enlist(inventory: Inventory, vm: ManagedObject) -> None:
    """Add a VM to every list that names VMs where it stands."""
    for holder, listing in _listings(inventory, vm):
        if vm.ref not in holder.get(listing):
            holder.add(listing, vm.ref)


def delist(inventory: Inventory, vm: ManagedObject) -> None:
    """Take a VM off every list that names VMs where it stands."""
    for holder, listing in _listings(inventory, vm):
        holder.remove(listing, vm.ref)


def _listings(inventory: Inventory, vm: ManagedObject) -> Iterator[tuple[ManagedObject, str]]:
    for path, listing in _LISTED_IN:
        for ref in _refs(vm.get(path)):
            holder = inventory.find(ref)
            if holder is not None:
                yield holder, listing


def _refs(value: Any) -> tuple[MoRef, ...]:
    if isinstance(value, MoRef):
        return (value,)
    return value or ()


def relist(
    inventory: Inventory,
    entity: ManagedObject,
    holder: ManagedObject,
    by: tuple[str, str] = ("parent", "childEntity"),
) -> ManagedObject | None:
    """Put an entity into another holder, and on its list instead of the one before; return the one before.

    `by` are the entity's property that leads to the holder, and the list there. Nothing happens, and None is
    returned, if the holder has the entity already.
    """
    path, listing = by
    before = inventory.find(entity.get(path))
    if before is holder:
        return None
    if before is not None:
        before.remove(listing, entity.ref)
    holder.add(listing, entity.ref)
    entity.set(path, holder.ref)
    return before


def move(inventory: Inventory, vm: ManagedObject, host: ManagedObject) -> None:
    """Put a VM on another host, which answers for it from now on; both hosts' lists follow."""
    relist(inventory, vm, host, ("runtime.host", "vm"))
    vm.set("runtime.connectionState", host.get("runtime.connectionState"))


def exchange(inventory: Inventory, one: ManagedObject, other: ManagedObject) -> None:
    """Let two VMs change places: each is where the other was, and has its files."""
    held = {vm: {path: vm.get(path) for path in _OF_THE_MACHINE} for vm in (one, other)}
    for vm in held:
        delist(inventory, vm)
    for vm, new in ((one, held[other]), (other, held[one])):
        for path, value in new.items():
            vm.set(path, value)
        enlist(inventory, vm)

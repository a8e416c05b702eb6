"""The inventory tree: what is below what, and what is above.

A VM has its place in a folder, and that is the path by which it is found; it also shows up on the host where
it runs and in the pool that feeds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.selection import references
from vim25_emulator.inventory.store import Inventory

#: Managed object type → the properties that hold what is below it in the tree.
CHILDREN: Final[dict[str, tuple[str, ...]]] = {
    "Folder": ("childEntity",),
    "Datacenter": ("hostFolder", "vmFolder", "datastoreFolder", "networkFolder"),
    "ComputeResource": ("host", "resourcePool"),
    "ResourcePool": ("resourcePool",),
}

#: Type → the properties that hold the VMs which are there, though their place in the tree is elsewhere.
OCCUPANTS: Final[dict[str, tuple[str, ...]]] = {
    "HostSystem": ("vm",),
    "ResourcePool": ("vm",),
}


def children(inventory: Inventory, entity: ManagedObject) -> Iterator[ManagedObject]:
    """Yield the entities directly below one in the tree."""
    for ancestor in entity.type.ancestors:
        for name in CHILDREN.get(ancestor.name, ()):
            for ref in references(entity.properties.get(name)):
                found = inventory.find(ref)
                if found is not None:
                    yield found


def ancestors(inventory: Inventory, entity: ManagedObject) -> Iterator[ManagedObject]:
    """Yield the entities above one in the tree, nearest first."""
    above = inventory.find(entity.get("parent"))
    while above is not None:
        yield above
        above = inventory.find(above.get("parent"))

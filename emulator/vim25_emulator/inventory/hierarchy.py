"""The inventory tree: children and ancestors of an entity.

A VM's place in the tree, and so its inventory path, is its folder; its host and its resource pool list it,
too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.selection import references
from vim25_emulator.inventory.store import Inventory

#: Managed object type → the properties with its children in the tree.
CHILDREN: Final[dict[str, tuple[str, ...]]] = {
    "Folder": ("childEntity",),
    "Datacenter": ("hostFolder", "vmFolder", "datastoreFolder", "networkFolder"),
    "ComputeResource": ("host", "resourcePool"),
    "ResourcePool": ("resourcePool",),
}

#: Managed object type → the properties with its VMs, whose place in the tree is elsewhere.
OCCUPANTS: Final[dict[str, tuple[str, ...]]] = {
    "HostSystem": ("vm",),
    "ResourcePool": ("vm",),
}


def children(inventory: Inventory, entity: ManagedObject) -> Iterator[ManagedObject]:
    """Yield the children of an entity in the tree."""
    for ancestor in entity.type.ancestors:
        for name in CHILDREN.get(ancestor.name, ()):
            for ref in references(entity.properties.get(name)):
                child = inventory.find(ref)
                if child is not None:
                    yield child


def ancestors(inventory: Inventory, entity: ManagedObject) -> Iterator[ManagedObject]:
    """Yield the ancestors of an entity in the tree, the nearest first."""
    ancestor = inventory.find(entity.get("parent"))
    while ancestor is not None:
        yield ancestor
        ancestor = inventory.find(ancestor.get("parent"))

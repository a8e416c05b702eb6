"""Folders and datacenters: the inventory tree."""

from __future__ import annotations

from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.entity import entity
from vim25_emulator.vmodl.value import DataObject

#: Folder kind, the letter in the moId (`group-v3`) → childType.
_CHILD_TYPES: Final = {
    "d": ("Folder", "Datacenter"),
    "v": ("Folder", "VirtualMachine", "VirtualApp"),
    "h": ("Folder", "ComputeResource"),
    "s": ("Folder", "Datastore", "StoragePod"),
    "n": ("Folder", "Network", "DistributedVirtualSwitch"),
}

#: Folder property of a datacenter → the folder's kind and name.
_DATACENTER_FOLDERS: Final = {
    "vmFolder": ("v", "vm"),
    "hostFolder": ("h", "host"),
    "datastoreFolder": ("s", "datastore"),
    "networkFolder": ("n", "network"),
}


class Folders(NamedTuple):
    """A datacenter and its four folders."""

    datacenter: ManagedObject
    vm: ManagedObject
    host: ManagedObject
    datastore: ManagedObject
    network: ManagedObject


def new_folder(inventory: Inventory, parent: ManagedObject | None, name: str, kind: str) -> ManagedObject:
    """Create a folder of kind d, v, h, s or n, the letter in its moId; without a parent, the root folder."""
    mo_id = inventory.new_mo_id("Folder").replace("-", f"-{kind}")
    created = inventory.create("Folder", mo_id, **entity(parent, name), childType=_CHILD_TYPES[kind])
    if parent is not None and parent.is_a("Folder"):
        parent.add("childEntity", created.ref)
    return created


def new_datacenter(inventory: Inventory, parent: ManagedObject, name: str) -> Folders:
    """Create a datacenter with its four folders."""
    created = inventory.create(
        "Datacenter",
        None,
        **entity(parent, name),
        configuration=DataObject("DatacenterConfigInfo"),
    )
    folders = {
        prop: new_folder(inventory, created, folder_name, kind)
        for prop, (kind, folder_name) in _DATACENTER_FOLDERS.items()
    }
    for prop, folder in folders.items():
        created.set(prop, folder.ref)
    parent.add("childEntity", created.ref)
    return Folders(created, *folders.values())


def folder_at(inventory: Inventory, top: ManagedObject, path: str) -> ManagedObject:
    """Return the virtual machine folder at a path (`a/b`) below `top`; create missing folders."""
    folder = top
    for name in filter(None, path.split("/")):
        children = (child for child in inventory.find_all(folder.get("childEntity")) if child.is_a("Folder"))
        existing = next((child for child in children if child.get("name") == name), None)
        folder = existing or new_folder(inventory, folder, name, "v")
    return folder

"""Event arguments: the name and reference of an entity in an event."""

from __future__ import annotations

from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import DataObject

#: Managed object type → argument type, and its property for the reference.
_ARGUMENTS: Final = {
    "Datacenter": ("DatacenterEventArgument", "datacenter"),
    "Folder": ("FolderEventArgument", "folder"),
    "ComputeResource": ("ComputeResourceEventArgument", "computeResource"),
    "ResourcePool": ("ResourcePoolEventArgument", "resourcePool"),
    "HostSystem": ("HostEventArgument", "host"),
    "VirtualMachine": ("VmEventArgument", "vm"),
    "Datastore": ("DatastoreEventArgument", "datastore"),
    "Network": ("NetworkEventArgument", "network"),
}


def event_argument(entity: ManagedObject) -> DataObject:
    """Return the EventArgument of an entity."""
    for type_name, (argument, prop) in _ARGUMENTS.items():
        if entity.is_a(type_name):
            return DataObject(argument, name=entity.get("name") or "", **{prop: entity.ref})
    return DataObject("ManagedEntityEventArgument", name=entity.get("name") or "", entity=entity.ref)

"""Folder: creating folders, datacenters and clusters, moving entities into folders, destroying folders."""

from __future__ import annotations

from typing import Final

from vim25_emulator.behavior.cluster_change import set_cluster_config
from vim25_emulator.behavior.cluster_config_spec import ClusterScope, configured
from vim25_emulator.behavior.entity_move import may_leave_parent, move_host_to_folder
from vim25_emulator.behavior.entity_removal import (
    destroy_container,
    remove_virtual_machine,
    require_destroyable,
    subtree,
)
from vim25_emulator.fault_tolerance.pair import pair_members
from vim25_emulator.inventory.hierarchy import ancestors
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.cluster_config import ClusterSettings, configuration
from vim25_emulator.model.compute_resource import new_cluster
from vim25_emulator.model.datacenter import Folders, new_datacenter, new_folder
from vim25_emulator.model.entity_name import escaped_name, require_free_name
from vim25_emulator.model.event_argument import event_argument
from vim25_emulator.model.place import relist
from vim25_emulator.model.power_state import OFF
from vim25_emulator.model.related_object import datacenter_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

#: Type that a folder may contain besides folders → letter in the moIds of such folders.
_KINDS: Final = {
    "Datacenter": "d",
    "VirtualMachine": "v",
    "ComputeResource": "h",
    "Datastore": "s",
    "Network": "n",
}


def _require_child_type(folder: ManagedObject, type_name: str) -> None:
    """Raise NotSupported for a folder that cannot contain entities of a type."""
    if type_name not in folder.get("childType"):
        raise MethodFault("NotSupported")


@operation("Folder", "CreateFolder")
def create_folder(call: Call, parent: ManagedObject, name: str) -> ManagedObject:
    """Create a folder of the same kind in a folder; raise InvalidName, DuplicateName."""
    stored_name = _new_name(call.vcenter.inventory, parent, name)
    kinds = (letter for type_name, letter in _KINDS.items() if type_name in parent.get("childType"))
    kind = next(kinds, None)
    if kind is None:  # a saved folder that says nothing
        raise MethodFault("NotSupported")
    return new_folder(call.vcenter.inventory, parent, stored_name, kind)


@operation("Folder", "CreateDatacenter")
def create_datacenter(call: Call, parent: ManagedObject, name: str) -> ManagedObject:
    """Create a datacenter with its four folders; raise InvalidName, DuplicateName, NotSupported."""
    _require_child_type(parent, "Datacenter")
    stored_name = _new_name(call.vcenter.inventory, parent, name)
    datacenter = new_datacenter(call.vcenter.inventory, parent, stored_name).datacenter
    place = event_argument(parent)
    call.vcenter.events.post("DatacenterCreatedEvent", datacenter, user=call.user, parent=place)
    return datacenter


@operation("Folder", "CreateClusterEx")
def create_cluster_ex(call: Call, parent: ManagedObject, name: str, spec: DataObject) -> ManagedObject:
    """Create a cluster without hosts; HA and DRS are disabled unless the spec enables them.

    Raises InvalidName, DuplicateName, InvalidArgument; NotSupported for a folder that cannot contain clusters
    and for what is not emulated.
    """
    _require_child_type(parent, "ComputeResource")
    inventory = call.vcenter.inventory
    stored_name = _new_name(inventory, parent, name)
    datacenter = datacenter_of(inventory, parent)
    assert datacenter is not None  # noqa: S101  # a host folder is in a datacenter
    folders = Folders(datacenter, parent, parent, parent, parent)
    settings = ClusterSettings(ha=False, drs=False)
    config = configured(configuration(settings), spec, ClusterScope(parent.ref, ()), modify=True)
    cluster = new_cluster(inventory, folders, stored_name, settings)
    set_cluster_config(call, cluster, config)
    place = event_argument(parent)
    call.vcenter.events.post("ClusterCreatedEvent", cluster, user=call.user, parent=place)
    return cluster


@operation("Folder", "CreateCluster")
def create_cluster(call: Call, parent: ManagedObject, name: str, spec: DataObject) -> ManagedObject:
    """Create a cluster from a ClusterConfigSpec, the predecessor of ClusterConfigSpecEx."""
    cluster: ManagedObject = create_cluster_ex(
        call, parent, name, DataObject("ClusterConfigSpecEx", **spec.__dict__)
    )
    return cluster


def _new_name(inventory: Inventory, parent: ManagedObject, name: str) -> str:
    stored_name = escaped_name(name)
    require_free_name(inventory, parent, stored_name)
    return stored_name


def require_can_move(call: Call, folder: ManagedObject, list: tuple[ManagedObject, ...]) -> None:
    """Raise the faults of `move_into_folder`."""
    inventory = call.vcenter.inventory
    for entity in list:
        if not _may_contain(folder, entity):
            raise MethodFault("NotSupported")
        elsewhere = datacenter_of(inventory, entity) is not datacenter_of(inventory, folder)
        inside = entity is folder or entity in ancestors(inventory, folder)
        if inside or (elsewhere and not entity.is_a("Datacenter") and not _above_datacenters(entity)):
            raise MethodFault("InvalidFolder", target=folder.ref)
        if not entity.is_a("HostSystem"):
            require_free_name(inventory, folder, entity.get("name"), but=pair_members(inventory, entity))
        elif not may_leave_parent(inventory, entity):
            raise MethodFault("InvalidState")


@operation("Folder", "MoveIntoFolder_Task", requires=require_can_move)
async def move_into_folder(call: Call, folder: ManagedObject, list: tuple[ManagedObject, ...]) -> None:
    """Move entities into a folder: all of them, or none.

    A host moves from its cluster to a new compute resource of its own. Raises DuplicateName, NotSupported for
    an entity that the folder cannot contain, InvalidFolder for the folder itself, for one of its ancestors
    and for an entity of another datacenter, InvalidState for a host in service.
    """
    await call.work()
    for entity in list:
        if entity.is_a("HostSystem"):
            move_host_to_folder(call, entity, folder)
        else:
            for member in pair_members(call.vcenter.inventory, entity):
                relist(call.vcenter.inventory, member, folder)


def _may_contain(folder: ManagedObject, entity: ManagedObject) -> bool:
    if entity.is_a("Folder"):
        return bool(entity.get("childType") == folder.get("childType"))
    if entity.is_a("HostSystem"):
        return "ComputeResource" in folder.get("childType")
    return any(entity.is_a(name) for name in folder.get("childType"))


def _above_datacenters(entity: ManagedObject) -> bool:
    return entity.is_a("Folder") and "Datacenter" in entity.get("childType")


def require_can_unregister(call: Call, folder: ManagedObject) -> None:
    """Raise the faults of `unregister_and_destroy`."""
    _require_child_type(folder, "VirtualMachine")
    vms = [entity for entity in subtree(call.vcenter.inventory, folder) if entity.is_a("VirtualMachine")]
    if any(vm.get("runtime.powerState") != OFF for vm in vms):
        raise MethodFault("InvalidState")
    require_destroyable(call, folder)


@operation("Folder", "UnregisterAndDestroy_Task", requires=require_can_unregister)
async def unregister_and_destroy(call: Call, folder: ManagedObject) -> None:
    """Destroy a folder; unregister the VMs in it, whose files remain.

    Raises InvalidState for a VM in it that is not powered off [derived].
    """
    inventory = call.vcenter.inventory
    await call.work()
    for entity in tuple(subtree(inventory, folder)):
        if entity.is_a("VirtualMachine") and entity.ref in inventory:
            remove_virtual_machine(call, entity, keep_files=True)
    destroy_container(call, folder)

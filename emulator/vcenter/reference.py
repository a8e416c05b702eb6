"""References inside data objects, which reach an operation unresolved, and where things are in the tree."""

from __future__ import annotations

from emulator.inventory.hierarchy import ancestors
from emulator.inventory.store import Inventory, ManagedObject
from emulator.vcenter.operation import Call
from emulator.vmodl.value import MethodFault, MoRef


def resolved(call: Call, ref: MoRef | None) -> ManagedObject | None:
    """Return what a reference names, None for none; raise ManagedObjectNotFound if it names nothing."""
    if ref is None:
        return None
    found = call.vcenter.inventory.find(ref)
    if found is None:
        raise MethodFault("ManagedObjectNotFound", obj=ref)
    return found


def datacenter_of(inventory: Inventory, entity: ManagedObject) -> ManagedObject | None:
    """Return the datacenter that an entity is or stands in; None above all datacenters."""
    if entity.is_a("Datacenter"):
        return entity
    return next((above for above in ancestors(inventory, entity) if above.is_a("Datacenter")), None)


def compute_resource_of(inventory: Inventory, entity: ManagedObject) -> ManagedObject:
    """Return the cluster or compute resource that a host or a resource pool belongs to."""
    if entity.is_a("ResourcePool"):
        return inventory[entity.get("owner")]
    return inventory[entity.get("parent")]


def hosts_of(inventory: Inventory, compute_resource: ManagedObject) -> list[ManagedObject]:
    """Return the hosts of a cluster or compute resource."""
    return list(inventory.find_all(compute_resource.get("host")))

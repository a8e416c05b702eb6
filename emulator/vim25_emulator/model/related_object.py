"""Related objects: those that a reference names, and those above or below an entity in the inventory tree."""

from __future__ import annotations

from vim25_emulator.inventory.hierarchy import ancestors
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.vmodl.value import MoRef


def resolved(inventory: Inventory, ref: MoRef | None) -> ManagedObject | None:
    """Return the object that a reference names, None for None; ManagedObjectNotFound if it does not exist."""
    if ref is None:
        return None
    return inventory.require(ref)


def datacenter_of(inventory: Inventory, entity: ManagedObject) -> ManagedObject | None:
    """Return the entity itself or its nearest ancestor that is a datacenter; None outside any datacenter."""
    if entity.is_a("Datacenter"):
        return entity
    return next((parent for parent in ancestors(inventory, entity) if parent.is_a("Datacenter")), None)


def compute_resource_of(inventory: Inventory, entity: ManagedObject) -> ManagedObject:
    """Return the cluster or compute resource of a host or a resource pool."""
    if entity.is_a("ResourcePool"):
        return inventory[entity.get("owner")]
    return inventory[entity.get("parent")]


def hosts_of(inventory: Inventory, compute_resource: ManagedObject | None) -> list[ManagedObject]:
    """Return the hosts of a cluster or compute resource, in its order; none for None."""
    return list(inventory.find_all(compute_resource.get("host"))) if compute_resource is not None else []


def running_vms(inventory: Inventory, host: ManagedObject) -> list[ManagedObject]:
    """Return the powered-on VMs of a host."""
    return [vm for vm in inventory.find_all(host.get("vm")) if is_powered_on(vm)]

"""ManagedEntity: Reload, Rename_Task and Destroy_Task, for every type of entity."""

from __future__ import annotations

from collections.abc import Callable

from vim25_emulator.behavior.entity_removal import destroyer, require_destroyable
from vim25_emulator.behavior.entity_rename import new_name
from vim25_emulator.behavior.entity_rename import rename as rename_entity
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault


@operation("ManagedEntity", "Reload")
def reload(call: Call, entity: ManagedObject) -> None:
    """No-op: the inventory is always current."""


def require_can_destroy(call: Call, entity: ManagedObject) -> Callable[[Call, ManagedObject], None]:
    """Return the function that destroys the entity; raises like `destroy`."""
    remove = destroyer(entity)
    require_destroyable(call, entity)
    return remove


@operation("ManagedEntity", "Destroy_Task", locks=True, requires=require_can_destroy)
async def destroy(call: Call, entity: ManagedObject) -> None:
    """Destroy an entity and everything in it, by the rules of its type.

    Raises InvalidPowerState for a VM that is powered on, InvalidState for a host in service, ResourceInUse
    for a datastore or network with VMs, NotSupported for a part of another entity, such as a root pool.
    """
    remove = await call.work()
    remove(call, entity)


def require_can_rename(call: Call, entity: ManagedObject, newName: str) -> str:
    """Return the new name in stored form; raise the faults of `rename`."""
    inventory = call.vcenter.inventory
    parent = inventory.find(entity.get("parent"))
    if parent is None or entity.is_a("HostSystem"):
        raise MethodFault("NotSupported")
    return new_name(inventory, entity, newName)


@operation("ManagedEntity", "Rename_Task", locks=True, requires=require_can_rename)
async def rename(call: Call, entity: ManagedObject, newName: str) -> None:
    """Rename an entity; raise InvalidName, DuplicateName, NotSupported for a host or the root folder."""
    rename_entity(call, entity, await call.work())

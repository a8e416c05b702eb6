"""ManagedEntity: Reload, Rename_Task and Destroy_Task, whatever the entity is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vim25_emulator.behavior.entity_removal import destroyer, require_destroyable
from vim25_emulator.fault_tolerance.pair import pair_of
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.entity_name import kept_name, require_free_name
from vim25_emulator.model.rewriting import rewritten
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault


@operation("ManagedEntity", "Reload")
def reload(call: Call, entity: ManagedObject) -> None:
    """Read the entity's state anew: it is what it is already."""


def require_can_destroy(call: Call, entity: ManagedObject) -> Callable[[Call, ManagedObject], None]:
    """Return what destroys an entity; raise what `destroy` raises."""
    remove = destroyer(entity)
    require_destroyable(call, entity)
    return remove


@operation("ManagedEntity", "Destroy_Task", locks=True, requires=require_can_destroy)
async def destroy(call: Call, entity: ManagedObject) -> None:
    """Destroy an entity with all that is in it, by the rules of its type.

    Raises InvalidPowerState for a VM that runs, InvalidState for a host in service, ResourceInUse for a
    datastore or network with VMs, NotSupported for what belongs to something else, such as a root pool.
    """
    remove = await call.work()
    remove(call, entity)


#: Type of entity → the event that tells of its new name.
_EVENTS: Final = {
    "VirtualMachine": "VmRenamedEvent",
    "Datacenter": "DatacenterRenamedEvent",
    "Datastore": "DatastoreRenamedEvent",
}
#: What of a VM holds datastore paths.
_WITH_PATHS: Final = ("config", "layout", "layoutEx", "summary.config.vmPathName")


def require_can_rename(call: Call, entity: ManagedObject, newName: str) -> str:
    """Return the name as an entity has it; raise what `rename` raises."""
    inventory = call.vcenter.inventory
    parent = inventory.find(entity.get("parent"))
    if parent is None or entity.is_a("HostSystem"):
        raise MethodFault("NotSupported")
    name = kept_name(newName, entity)
    require_free_name(inventory, parent, name, but=_of_one_name(inventory, entity))
    return name


def _of_one_name(inventory: Inventory, entity: ManagedObject) -> tuple[ManagedObject, ...]:
    """Return the entities that are renamed together: both VMs of a pair, else the entity alone."""
    pair = pair_of(inventory, entity) if entity.is_a("VirtualMachine") else None
    return (pair.primary, pair.secondary) if pair is not None else (entity,)


@operation("ManagedEntity", "Rename_Task", locks=True, requires=require_can_rename)
async def rename(call: Call, entity: ManagedObject, newName: str) -> None:
    """Give an entity another name; raise InvalidName, DuplicateName, NotSupported for a host or the root."""
    inventory = call.vcenter.inventory
    name, before = await call.work(), entity.get("name")
    for each in _of_one_name(inventory, entity):
        each.set("name", name)
    follow = next((follow for kind, follow in _FOLLOWERS.items() if entity.is_a(kind)), None)
    if follow is not None:
        follow(inventory, entity, before)
    told = next((event for kind, event in _EVENTS.items() if entity.is_a(kind)), None)
    if told is not None and before != name:
        fields: dict[str, Any] = {"oldName": before, "newName": name}
        if told == "VmRenamedEvent":
            fields["template"] = bool(entity.get("config.template"))
        call.vcenter.events.post(told, entity, user=call.user, **fields)


def _follow_datastore(inventory: Inventory, datastore: ManagedObject, before: str) -> None:
    """Let the paths of files on a datastore begin with its new name."""
    old, new = f"[{before}] ", f"[{datastore.get('name')}] "

    def renamed(text: str) -> str:
        return new + text.removeprefix(old) if text.startswith(old) else text

    for vm in inventory.find_all(datastore.get("vm")):
        for path in _WITH_PATHS:
            vm.set(path, rewritten(vm.get(path), renamed))
    for snapshot in inventory.of_type("VirtualMachineSnapshot"):
        snapshot.set("config", rewritten(snapshot.get("config"), renamed))


def _follow_network(inventory: Inventory, network: ManagedObject, before: str) -> None:
    """Let the cards that are connected to a network show its new name."""
    name = network.get("name")
    for vm in inventory.find_all(network.get("vm")):
        devices = vm.get("config.hardware.device")
        changed = tuple(
            device.replace(backing=device.backing.replace(deviceName=name))
            if device.backing is not None and device.backing.__dict__.get("network") == network.ref
            else device
            for device in devices
        )
        vm.set("config.hardware.device", changed)


_FOLLOWERS: Final[dict[str, Callable[[Inventory, ManagedObject, str], None]]] = {
    "Datastore": _follow_datastore,
    "Network": _follow_network,
}

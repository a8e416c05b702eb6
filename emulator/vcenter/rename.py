"""ManagedEntity: Rename_Task, and what else bears the name of what is renamed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from emulator.fault_tolerance.pair import pair_of
from emulator.inventory.store import Inventory, ManagedObject
from emulator.vcenter.entity_name import kept_name, require_free_name
from emulator.vcenter.operation import Call, operation
from emulator.vmodl.value import DataObject, MethodFault, MoRef

#: Type of entity → the event that tells of its new name.
_EVENTS: Final = {
    "VirtualMachine": "VmRenamedEvent",
    "Datacenter": "DatacenterRenamedEvent",
    "Datastore": "DatastoreRenamedEvent",
}

#: What of a VM holds datastore paths.
_WITH_PATHS: Final = ("config", "layout", "layoutEx", "summary.config.vmPathName")


@operation("ManagedEntity", "Rename_Task", locks=True)
async def rename(call: Call, entity: ManagedObject, newName: str) -> None:
    """Give an entity another name; raise InvalidName, DuplicateName, NotSupported for a host or the root."""
    inventory = call.vcenter.inventory
    parent = inventory.find(entity.get("parent"))
    if parent is None or entity.is_a("HostSystem"):
        raise MethodFault("NotSupported")
    await call.running.work()
    name, before = kept_name(newName, entity), entity.get("name")
    pair = pair_of(inventory, entity) if entity.is_a("VirtualMachine") else None
    named = (pair.primary, pair.secondary) if pair is not None else (entity,)
    require_free_name(inventory, parent, name, but=named)
    for each in named:
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


def rewritten(value: Any, rewrite: Callable[[str], str]) -> Any:
    """Return a value with every string in it passed through `rewrite`."""
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, DataObject):
        return value.replace(**{name: rewritten(held, rewrite) for name, held in value.__dict__.items()})
    if isinstance(value, tuple) and not isinstance(value, MoRef):
        return tuple(rewritten(element, rewrite) for element in value)
    return value

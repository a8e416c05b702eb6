"""Renaming an entity: both VMs of a pair have one name, and what shows the old name follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vim25_emulator.fault_tolerance.pair import pair_members
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.entity_name import escaped_name, require_free_name
from vim25_emulator.model.rewriting import rewritten
from vim25_emulator.vcenter.call import Call

#: Type of entity → the event that tells of its new name.
_EVENTS: Final = {
    "VirtualMachine": "VmRenamedEvent",
    "Datacenter": "DatacenterRenamedEvent",
    "Datastore": "DatastoreRenamedEvent",
}
#: What of a VM holds datastore paths.
_WITH_PATHS: Final = ("config", "layout", "layoutEx", "summary.config.vmPathName")


def new_name(inventory: Inventory, entity: ManagedObject, name: str) -> str:
    """Return a name as an entity would keep it; raise InvalidName, DuplicateName.

    The other VM of a pair has the same name, which is no duplicate.
    """
    kept = escaped_name(name, entity)
    parent = inventory[entity.get("parent")]
    require_free_name(inventory, parent, kept, but=pair_members(inventory, entity))
    return kept


def rename(call: Call, entity: ManagedObject, name: str) -> None:
    """Set the name of an entity, and of the other VM of its pair; post the event of its type.

    `name` is one that `new_name` returned.
    """
    inventory, before = call.vcenter.inventory, entity.get("name")
    for member in pair_members(inventory, entity):
        member.set("name", name)
    follow = entity.type.nearest(_FOLLOWERS, None)
    if follow is not None:
        follow(inventory, entity, before)
    event = entity.type.nearest(_EVENTS, None)
    if event is not None and before != name:
        fields: dict[str, Any] = {"oldName": before, "newName": name}
        if event == "VmRenamedEvent":
            fields["template"] = bool(entity.get("config.template"))
        call.vcenter.events.post(event, entity, user=call.user, **fields)


def _follow_datastore(inventory: Inventory, datastore: ManagedObject, before: str) -> None:
    """Replace a datastore's old name at the beginning of the paths of its files."""
    old, new = f"[{before}] ", f"[{datastore.get('name')}] "

    def renamed(text: str) -> str:
        return new + text.removeprefix(old) if text.startswith(old) else text

    for vm in inventory.find_all(datastore.get("vm")):
        for path in _WITH_PATHS:
            vm.set(path, rewritten(vm.get(path), renamed))
    for snapshot in inventory.of_type("VirtualMachineSnapshot"):
        snapshot.set("config", rewritten(snapshot.get("config"), renamed))


def _follow_network(inventory: Inventory, network: ManagedObject, before: str) -> None:
    """Set a network's new name in the cards that are connected to it."""
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

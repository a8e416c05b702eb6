"""Rename an entity, the other VM of its pair, and update everything that shows the old name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vim25_emulator.fault_tolerance.pair import pair_members
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.entity_name import escaped_name, require_free_name
from vim25_emulator.model.rewriting import rewritten
from vim25_emulator.model.shown_name import rename_network, rename_volume, with_volume_name
from vim25_emulator.vcenter.call import Call

#: Type of entity → event of a rename.
_EVENTS: Final = {
    "VirtualMachine": "VmRenamedEvent",
    "Datacenter": "DatacenterRenamedEvent",
    "Datastore": "DatastoreRenamedEvent",
}
#: Properties of a VM that contain datastore paths.
_PATH_PROPERTIES: Final = ("config", "layout", "layoutEx", "summary.config.vmPathName")


def new_name(inventory: Inventory, entity: ManagedObject, name: str) -> str:
    """Return the escaped name for an entity; raise InvalidName, DuplicateName.

    The equal name of the other VM of a pair is not a duplicate.
    """
    escaped = escaped_name(name, entity)
    parent = inventory[entity.get("parent")]
    require_free_name(inventory, parent, escaped, but=pair_members(inventory, entity))
    return escaped


def rename(call: Call, entity: ManagedObject, name: str) -> None:
    """Set the name of an entity and of the other VM of its pair; post the event of its type.

    `name` is a result of `new_name`.
    """
    inventory, before = call.vcenter.inventory, entity.get("name")
    for member in pair_members(inventory, entity):
        member.set("name", name)
    update = entity.type.nearest(_UPDATES, None)
    if update is not None:
        update(call, entity, before)
    event = entity.type.nearest(_EVENTS, None)
    if event is not None and before != name:
        fields: dict[str, Any] = {"oldName": before, "newName": name}
        if event == "VmRenamedEvent":
            fields["template"] = bool(entity.get("config.template"))
        call.vcenter.events.post(event, entity, user=call.user, **fields)


def _update_datastore(call: Call, datastore: ManagedObject, before: str) -> None:
    """Replace the old name of a datastore in the paths of its files, and wherever its volume is shown."""
    inventory, old, new = call.vcenter.inventory, f"[{before}] ", f"[{datastore.get('name')}] "

    def renamed(text: str) -> str:
        return new + text.removeprefix(old) if text.startswith(old) else text

    for vm in inventory.find_all(datastore.get("vm")):
        for path in _PATH_PROPERTIES:
            vm.set(path, rewritten(vm.get(path), renamed))
    for snapshot in inventory.of_type("VirtualMachineSnapshot"):
        snapshot.set("config", rewritten(snapshot.get("config"), renamed))
    call.vcenter.leftovers.rewrite(renamed, lambda config: with_volume_name(config, datastore))
    rename_volume(inventory, datastore)


def _update_network(call: Call, network: ManagedObject, before: str) -> None:
    rename_network(call.vcenter.inventory, network, before)


#: Type of entity → function that updates the properties with the old name.
_UPDATES: Final[dict[str, Callable[[Call, ManagedObject, str], None]]] = {
    "Datastore": _update_datastore,
    "Network": _update_network,
}

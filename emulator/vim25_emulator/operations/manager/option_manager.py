"""OptionManager: reading and changing the advanced settings of the vCenter and of hosts.

The settings are the manager's `setting` property. A vCenter takes settings that it never heard of (seen:
products keep theirs there); that a host refuses them is derived.
"""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

_OF_VCENTER = MoRef("OptionManager", "VpxSettings")


@operation("OptionManager", "QueryOptions")
def query_options(call: Call, manager: ManagedObject, name: str = "") -> tuple[DataObject, ...]:
    """Return the OptionValue with this name, or all below it; all there are without a name.

    Raises InvalidName when there is none.
    """
    wanted = name.rstrip(".")
    found = tuple(held for held in manager.get("setting") if _below(held.key, wanted))
    if wanted and not found:
        raise MethodFault("InvalidName", name=name)
    return found


def _below(key: str, name: str) -> bool:
    return not name or key == name or key.startswith(f"{name}.")


@operation("OptionManager", "UpdateOptions")
def update_options(call: Call, manager: ManagedObject, changedValue: tuple[DataObject, ...]) -> None:
    """Set options; all or, when a host does not have one of them, none: InvalidName."""
    held = {option.key: option for option in manager.get("setting")}
    for changed in changedValue:
        if manager.ref != _OF_VCENTER and changed.key not in held:
            raise MethodFault("InvalidName", name=changed.key)
        held[changed.key] = changed
    manager.set("setting", tuple(held.values()))

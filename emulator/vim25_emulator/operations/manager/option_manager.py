"""OptionManager: the advanced settings of the vCenter and of hosts.

The settings are the manager's `setting` property. A vCenter accepts unknown settings [observed: products
store theirs there]; a host refuses them [derived].
"""

from __future__ import annotations

from vim25_emulator.behavior.vmkernel_nic import host_of_manager
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

_OF_VCENTER = MoRef("OptionManager", "VpxSettings")


@operation("OptionManager", "QueryOptions")
def query_options(call: Call, manager: ManagedObject, name: str = "") -> tuple[DataObject, ...]:
    """Return the OptionValue with this name, or all below it; all options without a name.

    Raises InvalidName if no option matches.
    """
    prefix = name.rstrip(".")
    options = tuple(option for option in manager.get("setting") if _below(option.key, prefix))
    if prefix and not options:
        raise MethodFault("InvalidName", name=name)
    return options


def _below(key: str, name: str) -> bool:
    return not name or key == name or key.startswith(f"{name}.")


@operation("OptionManager", "UpdateOptions")
def update_options(call: Call, manager: ManagedObject, changedValue: tuple[DataObject, ...]) -> None:
    """Set all the options, or none: raise InvalidName if a host does not have one of them."""
    options = {option.key: option for option in manager.get("setting")}
    for changed in changedValue:
        if manager.ref != _OF_VCENTER and changed.key not in options:
            raise MethodFault("InvalidName", name=changed.key)
        options[changed.key] = changed
    manager.set("setting", tuple(options.values()))
    if manager.ref != _OF_VCENTER:
        host_of_manager(call, manager, "advancedOption").set("config.option", tuple(options.values()))

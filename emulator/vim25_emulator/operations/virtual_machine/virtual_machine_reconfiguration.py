"""VirtualMachine: ReconfigVM_Task.

A spec is applied completely or not at all: all checks run on a copy of the configuration.
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.behavior.device_change import DeviceChanges
from vim25_emulator.behavior.device_reconfiguration import (
    apply_device_changes,
    reconcile_files,
    require_space,
)
from vim25_emulator.behavior.entity_rename import new_name, rename
from vim25_emulator.behavior.power_transition import require_connected
from vim25_emulator.behavior.reservation import require_reservations
from vim25_emulator.behavior.virtual_machine_config_spec import (
    apply_config_spec,
    require_hot_change,
    require_supported,
)
from vim25_emulator.fault_tolerance.secondary_configuration import follow_primary
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.entity import change_version
from vim25_emulator.model.power_state import OFF, ON
from vim25_emulator.model.virtual_machine_change import set_config
from vim25_emulator.model.virtual_machine_config import stamped
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

#: What a spec for a template may contain [observed: a maintainer's report].
_OF_TEMPLATE: Final = frozenset({"name", "annotation", "changeVersion"})


def require_possible_spec(
    call: Call, vm: ManagedObject, spec: DataObject
) -> tuple[str, DataObject, DeviceChanges]:
    """Return the VM's new name and configuration, and the changes to its files; raises like `reconfigure`."""
    require_connected(vm)
    if vm.get("config.template") and not spec.__dict__.keys() <= _OF_TEMPLATE:
        raise MethodFault("NotSupported")
    inventory, current, state = call.vcenter.inventory, vm.get("config"), vm.get("runtime.powerState")
    name = vm.get("name") if spec.name is None else new_name(inventory, vm, spec.name)
    host = inventory[vm.get("runtime.host")]
    config = apply_config_spec(current, spec)
    config, changes = apply_device_changes(call, config, spec.deviceChange, host, running=state == ON)
    config = config.replace(name=name)
    require_supported(config, host.get("capability"))
    if state != OFF:
        require_hot_change(current, config, state)
    if state == ON:
        require_reservations(inventory, vm, host, config)
    require_space(inventory, config, vm.get("datastore")[0], vm.get("storage.perDatastoreUsage") or ())
    return name, config, changes


@operation("VirtualMachine", "ReconfigVM_Task", locks=True, requires=require_possible_spec)
async def reconfigure(call: Call, vm: ManagedObject, spec: DataObject) -> None:
    """Apply a VirtualMachineConfigSpec to a VM.

    Raises NotSupported for a change of a template other than of its name and annotation, InvalidName,
    DuplicateName, ConcurrentAccess, NoDiskSpace, an InsufficientResourcesFault, and VmConfigFaults for an
    invalid configuration.
    """
    name, config, changes = await call.work()
    if name != vm.get("name"):
        rename(call, vm, name)
    set_config(call.vcenter.inventory, vm, _stamped(call, config), call.vcenter.clock.now())
    follow_primary(call.vcenter.inventory, vm, call.vcenter.clock.now())
    reconcile_files(call, changes)
    call.vcenter.events.post(
        "VmReconfiguredEvent", vm, user=call.user, template=config.template, configSpec=spec
    )


def _stamped(call: Call, config: DataObject) -> DataObject:
    """Return a configuration with the version and time of its change."""
    now = call.vcenter.clock.now()
    number = call.vcenter.inventory.journal.number
    return stamped(config, change_version(now, number), now)

"""VirtualMachine: UnregisterVM."""

from __future__ import annotations

from vim25_emulator.behavior.entity_removal import remove_virtual_machine
from vim25_emulator.behavior.power_transition import require_power_state
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.power_state import OFF
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation


@operation("VirtualMachine", "UnregisterVM")
def unregister(call: Call, vm: ManagedObject) -> None:
    """Remove a VM from the inventory and keep its files; raise InvalidPowerState, TaskInProgress."""
    call.vcenter.tasks.require_unlocked(vm)
    require_power_state(vm, OFF, OFF)
    remove_virtual_machine(call, vm, keep_files=True)

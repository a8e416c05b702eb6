"""VirtualMachine: PowerOnVM_Task, PowerOffVM_Task, SuspendVM_Task and ResetVM_Task."""

from __future__ import annotations

from vim25_emulator.behavior import power_transition
from vim25_emulator.behavior.power_transition import (
    record_boot,
    require_power_change,
    require_startable,
    set_powered_off,
    set_suspended,
)
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.power_state import OFF, ON, SUSPENDED
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation


@operation("VirtualMachine", "PowerOnVM_Task", locks=True, requires=require_startable)
async def power_on(call: Call, vm: ManagedObject, host: ManagedObject | None = None) -> None:
    """Power a VM on, on `host` or its current host; resume it if it is suspended."""
    await power_transition.power_on(call, vm)


def require_can_power_off(call: Call, vm: ManagedObject) -> None:
    """Raise InvalidPowerState for a powered-off VM, and the faults of `require_power_change`."""
    require_power_change(vm, OFF, ON, SUSPENDED)


@operation("VirtualMachine", "PowerOffVM_Task", locks=True, requires=require_can_power_off)
async def power_off(call: Call, vm: ManagedObject) -> None:
    """Power a VM off."""
    call.vcenter.events.post("VmStoppingEvent", vm, user=call.user, template=False)
    await call.work()
    set_powered_off(call, vm)


def require_can_suspend(call: Call, vm: ManagedObject) -> None:
    """Raise InvalidPowerState for a VM that is not powered on, and the faults of `require_power_change`."""
    require_power_change(vm, SUSPENDED)


@operation("VirtualMachine", "SuspendVM_Task", locks=True, requires=require_can_suspend)
async def suspend_task(call: Call, vm: ManagedObject) -> None:
    """Suspend a VM; powering it on resumes it."""
    call.vcenter.events.post("VmSuspendingEvent", vm, user=call.user, template=False)
    await call.work()
    set_suspended(call, vm)


def require_can_reset(call: Call, vm: ManagedObject) -> None:
    """Raise InvalidPowerState for a VM that is not powered on, and the faults of `require_power_change`."""
    require_power_change(vm, ON)


@operation("VirtualMachine", "ResetVM_Task", locks=True, requires=require_can_reset)
async def reset(call: Call, vm: ManagedObject) -> None:
    """Reset a VM, which stays powered on; its secondary is reset with it."""
    call.vcenter.events.post("VmResettingEvent", vm, user=call.user, template=False)
    await call.work()
    record_boot(call, vm)

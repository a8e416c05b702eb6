"""VirtualMachine: PowerOnVM_Task, PowerOffVM_Task, SuspendVM_Task and ResetVM_Task."""

from __future__ import annotations

from vim25_emulator.behavior import power
from vim25_emulator.behavior.power import (
    admit_power,
    require_startable,
    show_boot,
    suspend,
    switch_off,
)
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.power_state import OFF, ON, SUSPENDED
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation


@operation("VirtualMachine", "PowerOnVM_Task", locks=True, requires=require_startable)
async def power_on(call: Call, vm: ManagedObject, host: ManagedObject | None = None) -> None:
    """Power a VM on, on `host` or its current host; resume it if it is suspended."""
    await power.power_on(call, vm)


def require_can_power_off(call: Call, vm: ManagedObject) -> None:
    """Raise InvalidPowerState for a powered-off VM, and the faults of `admit_power`."""
    admit_power(vm, OFF, ON, SUSPENDED)


@operation("VirtualMachine", "PowerOffVM_Task", locks=True, requires=require_can_power_off)
async def power_off(call: Call, vm: ManagedObject) -> None:
    """Power a VM off."""
    call.vcenter.events.post("VmStoppingEvent", vm, user=call.user, template=False)
    await call.work()
    switch_off(call, vm)


def require_can_suspend(call: Call, vm: ManagedObject) -> None:
    """Raise InvalidPowerState for a VM that is not powered on, and the faults of `admit_power`."""
    admit_power(vm, SUSPENDED)


@operation("VirtualMachine", "SuspendVM_Task", locks=True, requires=require_can_suspend)
async def suspend_task(call: Call, vm: ManagedObject) -> None:
    """Suspend a VM; powering it on resumes it."""
    call.vcenter.events.post("VmSuspendingEvent", vm, user=call.user, template=False)
    await call.work()
    suspend(call, vm)


def require_can_reset(call: Call, vm: ManagedObject) -> None:
    """Raise InvalidPowerState for a VM that is not powered on, and the faults of `admit_power`."""
    admit_power(vm, ON)


@operation("VirtualMachine", "ResetVM_Task", locks=True, requires=require_can_reset)
async def reset(call: Call, vm: ManagedObject) -> None:
    """Reset a VM, which stays powered on; its secondary is reset with it."""
    call.vcenter.events.post("VmResettingEvent", vm, user=call.user, template=False)
    await call.work()
    show_boot(call, vm)

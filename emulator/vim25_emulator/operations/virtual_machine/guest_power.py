"""VirtualMachine: ShutdownGuest, StandbyGuest and RebootGuest.

The call returns at once; the guest completes the request after the duration of a task.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vim25_emulator.behavior.power_transition import (
    record_boot,
    require_power_change,
    set_powered_off,
    set_suspended,
)
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.power_state import OFF, ON, SUSPENDED, is_powered_on
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault

_TOOLS_RUNNING: Final = "guestToolsRunning"


@operation("VirtualMachine", "ShutdownGuest")
def shut_down(call: Call, vm: ManagedObject) -> None:
    """Shut the guest down; the VM is then powered off. Raises ToolsUnavailable, InvalidPowerState."""
    _request(call, vm, OFF, "VmGuestShutdownEvent", set_powered_off)


@operation("VirtualMachine", "StandbyGuest")
def stand_by(call: Call, vm: ManagedObject) -> None:
    """Put the guest into standby; the VM is then suspended. Raises like `shut_down`."""
    _request(call, vm, SUSPENDED, "VmGuestStandbyEvent", set_suspended)


@operation("VirtualMachine", "RebootGuest")
def reboot(call: Call, vm: ManagedObject) -> None:
    """Reboot the guest; the VM stays powered on. Raises like `shut_down`."""
    _request(call, vm, ON, "VmGuestRebootEvent", record_boot)


def _request(
    call: Call, vm: ManagedObject, wanted: str, event: str, follow: Callable[[Call, ManagedObject], None]
) -> None:
    require_power_change(vm, wanted)
    if vm.get("guest.toolsRunningStatus") != _TOOLS_RUNNING:
        raise MethodFault("ToolsUnavailable")
    call.vcenter.events.post(event, vm, user=call.user, template=False)

    async def complete() -> None:
        await call.vcenter.clock.sleep(call.vcenter.tasks.duration)
        if is_powered_on(vm):
            follow(call, vm)

    call.vcenter.tasks.run_in_background(complete())

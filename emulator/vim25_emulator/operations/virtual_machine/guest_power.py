"""VirtualMachine: power by way of the guest, which does in its own time what it is asked to.

The call is answered at once; the guest is done after the time that a task takes.
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

_TOOLS_RUN: Final = "guestToolsRunning"


@operation("VirtualMachine", "ShutdownGuest")
def shut_down(call: Call, vm: ManagedObject) -> None:
    """Ask the guest to shut down; the VM is powered off then. Raises ToolsUnavailable, InvalidPowerState."""
    _ask(call, vm, OFF, "VmGuestShutdownEvent", set_powered_off)


@operation("VirtualMachine", "StandbyGuest")
def stand_by(call: Call, vm: ManagedObject) -> None:
    """Ask the guest to sleep; the VM is suspended then. Raises what `shut_down` raises."""
    _ask(call, vm, SUSPENDED, "VmGuestStandbyEvent", set_suspended)


@operation("VirtualMachine", "RebootGuest")
def reboot(call: Call, vm: ManagedObject) -> None:
    """Ask the guest to boot anew; the VM runs all the while. Raises what `shut_down` raises."""
    _ask(call, vm, ON, "VmGuestRebootEvent", record_boot)


def _ask(
    call: Call, vm: ManagedObject, wanted: str, event: str, follow: Callable[[Call, ManagedObject], None]
) -> None:
    require_power_change(vm, wanted)
    if vm.get("guest.toolsRunningStatus") != _TOOLS_RUN:
        raise MethodFault("ToolsUnavailable")
    call.vcenter.events.post(event, vm, user=call.user, template=False)

    async def obey() -> None:
        await call.vcenter.clock.sleep(call.vcenter.tasks.duration)
        if is_powered_on(vm):
            follow(call, vm)

    call.vcenter.tasks.run_in_background(obey())

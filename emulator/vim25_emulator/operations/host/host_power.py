"""HostSystem: shutdown, reboot and standby.

A host in maintenance mode is shut down without consequences, as it runs no VMs. With `force`, any other host
is shut down too, which its VMs experience as a host failure; clients cause host failures this way.
"""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.behavior.host_evacuation import evacuate
from vim25_emulator.behavior.host_failure import fail_host, recover_host, set_connection_state
from vim25_emulator.behavior.secondary_start import restart_waiting
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault

#: Time that a host takes to boot, in durations of a task.
_BOOT_TASKS: Final = 20

_ON: Final = "poweredOn"
_STANDBY: Final = "standBy"

#: Standby modes of a host while a task changes its mode.
_ENTERING: Final = "entering"
_EXITING: Final = "exiting"


def require_stoppable(call: Call, host: ManagedObject, force: bool) -> None:
    """Raise the faults of `shut_down`."""
    connected = host.get("runtime.connectionState") == "connected"
    if not connected or not (force or host.get("runtime.inMaintenanceMode")):
        raise MethodFault("InvalidState")


@operation("HostSystem", "ShutdownHost_Task", locks=True, requires=require_stoppable)
async def shut_down(call: Call, host: ManagedObject, force: bool) -> None:
    """Shut a host down until it is reconnected; raise InvalidState without maintenance mode or `force`."""
    await _stop(call, host, "shutdown")


@operation("HostSystem", "RebootHost_Task", locks=True, requires=require_stoppable)
async def reboot(call: Call, host: ManagedObject, force: bool) -> None:
    """Reboot a host, which then reconnects by itself; raises like `shut_down`."""
    await _stop(call, host, "reboot")
    call.vcenter.tasks.run_in_background(_boot(call, host))


def require_powered_on(call: Call, host: ManagedObject, **others: Any) -> None:
    """Raise InvalidState for a host that is not connected and powered on."""
    _require_power(host, _ON)


@operation("HostSystem", "PowerDownHostToStandBy_Task", locks=True, requires=require_powered_on)
async def enter_standby(
    call: Call, host: ManagedObject, timeoutSec: int, evacuatePoweredOffVms: bool | None = None
) -> None:
    """Enter standby mode once no VM runs on the host; raise InvalidState, Timedout if VMs still run on it."""
    host.set("runtime.standbyMode", _ENTERING)
    call.vcenter.events.post("EnteringStandbyModeEvent", host, user=call.user)
    try:
        await evacuate(call, host, timeoutSec)
        await call.work()
        await evacuate(call, host, timeoutSec)
        call.require()  # the wait may have taken time
        _require_uninterrupted(host, _ENTERING)
    except MethodFault:
        _revert(host, _ENTERING, "none")
        raise
    host.set("runtime.standbyMode", "in")
    set_connection_state(call, host, "connected", _STANDBY)
    call.vcenter.events.post("EnteredStandbyModeEvent", host, user=call.user)


def require_on_standby(call: Call, host: ManagedObject, **others: Any) -> None:
    """Raise InvalidState for a host that is not connected and in standby mode."""
    _require_power(host, _STANDBY)


@operation("HostSystem", "PowerUpHostFromStandBy_Task", locks=True, requires=require_on_standby)
async def leave_standby(call: Call, host: ManagedObject, timeoutSec: int) -> None:
    """Exit standby mode; raise InvalidState if the host is not in it."""
    host.set("runtime.standbyMode", _EXITING)
    call.vcenter.events.post("ExitingStandbyModeEvent", host, user=call.user)
    try:
        await call.work()
        _require_uninterrupted(host, _EXITING)
    except MethodFault:
        _revert(host, _EXITING, "in")
        raise
    host.set("runtime.standbyMode", "none")
    cluster = set_connection_state(call, host, "connected", _ON)
    call.vcenter.events.post("ExitedStandbyModeEvent", host, user=call.user)
    if cluster is not None:
        restart_waiting(call, cluster)


def _require_power(host: ManagedObject, power: str) -> None:
    runtime = host.get("runtime")
    if runtime.connectionState != "connected" or runtime.powerState != power:
        raise MethodFault("InvalidState")


def _require_uninterrupted(host: ManagedObject, mode: str) -> None:
    """Raise InvalidState if the host has left this standby mode: it failed and recovered meanwhile."""
    if host.get("runtime.standbyMode") != mode:
        raise MethodFault("InvalidState")


def _revert(host: ManagedObject, mode: str, before: str) -> None:
    """Restore the standby mode of a host, unless a recovery has changed it."""
    if host.get("runtime.standbyMode") == mode:
        host.set("runtime.standbyMode", before)


async def _stop(call: Call, host: ManagedObject, reason: str) -> None:
    await call.work()
    call.vcenter.events.post("HostShutdownEvent", host, user=call.user, reason=reason)
    fail_host(call, host)


async def _boot(call: Call, host: ManagedObject) -> None:
    await call.vcenter.clock.sleep(call.vcenter.tasks.duration * _BOOT_TASKS)
    if host.ref in call.vcenter.inventory and host.get("runtime.connectionState") == "notResponding":
        recover_host(call, host)

"""HostSystem: shutting a host down and rebooting it.

A host in maintenance mode runs nothing and just goes. With `force` another one goes too, and for what runs on
it that is a failure: this is how a host fails by way of the API.
"""

from __future__ import annotations

from typing import Final

from emulator.inventory.store import ManagedObject
from emulator.vcenter.host_failure import fail, recover
from emulator.vcenter.operation import Call, operation
from emulator.vmodl.value import MethodFault

#: How many times longer than a task a host takes to boot.
_BOOT_TASKS: Final = 20


@operation("HostSystem", "ShutdownHost_Task", locks=True)
async def shut_down(call: Call, host: ManagedObject, force: bool) -> None:
    """Shut a host down until it is connected again; InvalidState without maintenance mode or `force`."""
    await _go(call, host, "shutdown", force=force)


@operation("HostSystem", "RebootHost_Task", locks=True)
async def reboot(call: Call, host: ManagedObject, force: bool) -> None:
    """Reboot a host; it comes back by itself. Raises what `shut_down` raises."""
    await _go(call, host, "reboot", force=force)
    call.vcenter.tasks.run_aside(_boot(call, host))


async def _go(call: Call, host: ManagedObject, reason: str, *, force: bool) -> None:
    _require_stoppable(host, force=force)
    await call.running.work()
    _require_stoppable(host, force=force)
    call.vcenter.events.post("HostShutdownEvent", host, user=call.user, reason=reason)
    fail(call, host)


def _require_stoppable(host: ManagedObject, *, force: bool) -> None:
    connected = host.get("runtime.connectionState") == "connected"
    if not connected or not (force or host.get("runtime.inMaintenanceMode")):
        raise MethodFault("InvalidState")


async def _boot(call: Call, host: ManagedObject) -> None:
    await call.vcenter.clock.sleep(call.vcenter.tasks.duration * _BOOT_TASKS)
    if host.ref in call.vcenter.inventory and host.get("runtime.connectionState") == "notResponding":
        recover(call, host)

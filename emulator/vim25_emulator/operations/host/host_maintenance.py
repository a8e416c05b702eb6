"""HostSystem: EnterMaintenanceMode_Task and ExitMaintenanceMode_Task.

A host enters maintenance mode once no VM runs on it. In a cluster with fully automated DRS, its VMs are
migrated; elsewhere, the task waits until the user migrates or powers off the VMs, or until its timeout.
"""

from __future__ import annotations

from typing import Any

from vim25_emulator.behavior.cluster_summary import refresh_host
from vim25_emulator.behavior.host_evacuation import evacuate
from vim25_emulator.behavior.secondary_start import restart_waiting
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.host_service import is_outside_maintenance
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


def require_can_enter(call: Call, host: ManagedObject, **others: Any) -> None:
    """Raise InvalidState for a host that is not connected or is in maintenance mode."""
    if not is_outside_maintenance(host):
        raise MethodFault("InvalidState")


@operation("HostSystem", "EnterMaintenanceMode_Task", locks=True, requires=require_can_enter)
async def enter_maintenance_mode(
    call: Call,
    host: ManagedObject,
    timeout: int,  # seconds; 0 or less: no timeout
    evacuatePoweredOffVms: bool | None = None,
    maintenanceSpec: DataObject | None = None,
) -> None:
    """Enter maintenance mode; raise InvalidState if the host is in it, Timedout if VMs still run on it."""
    call.vcenter.events.post("EnteringMaintenanceModeEvent", host, user=call.user)
    await evacuate(call, host, timeout)
    await call.work()
    await evacuate(call, host, timeout)
    call.require()  # the wait may have taken time
    host.set("runtime.inMaintenanceMode", True)
    refresh_host(call, host)
    call.vcenter.events.post("EnteredMaintenanceModeEvent", host, user=call.user)


def require_can_exit(call: Call, host: ManagedObject, **others: Any) -> None:
    """Raise InvalidState for a host that is not in maintenance mode."""
    if not host.get("runtime.inMaintenanceMode"):
        raise MethodFault("InvalidState")


@operation("HostSystem", "ExitMaintenanceMode_Task", locks=True, requires=require_can_exit)
async def exit_maintenance_mode(
    call: Call,
    host: ManagedObject,
    timeout: int,
) -> None:
    """Exit maintenance mode; raise InvalidState if the host is not in it."""
    await call.work()
    host.set("runtime.inMaintenanceMode", False)
    refresh_host(call, host)
    call.vcenter.events.post("ExitMaintenanceModeEvent", host, user=call.user)
    restart_waiting(call, call.vcenter.inventory[host.get("parent")])

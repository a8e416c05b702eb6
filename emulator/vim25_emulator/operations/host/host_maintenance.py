"""HostSystem: maintenance mode.

A host enters maintenance mode once nothing runs on it. In a cluster whose DRS is fully automated its VMs are
moved away; elsewhere the task waits until somebody else has done so, or until its timeout.
"""

from __future__ import annotations

from vim25_emulator.behavior.cluster_summary import show_host
from vim25_emulator.behavior.host_evacuation import until_empty
from vim25_emulator.behavior.secondary_start import restart_waiting
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.host_service import is_outside_maintenance
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


@operation("HostSystem", "EnterMaintenanceMode_Task", locks=True)
async def enter_maintenance_mode(
    call: Call,
    host: ManagedObject,
    timeout: int,  # seconds; 0 or less waits without end
    evacuatePoweredOffVms: bool | None = None,
    maintenanceSpec: DataObject | None = None,
) -> None:
    """Put a host into maintenance mode; raise InvalidState if it is in it, Timedout when VMs stay on it."""
    if not is_outside_maintenance(host):
        raise MethodFault("InvalidState")
    call.vcenter.events.post("EnteringMaintenanceModeEvent", host, user=call.user)
    await until_empty(call, host, timeout)
    await call.running.work()
    await until_empty(call, host, timeout)
    host.set("runtime.inMaintenanceMode", True)
    show_host(call, host)
    call.vcenter.events.post("EnteredMaintenanceModeEvent", host, user=call.user)


@operation("HostSystem", "ExitMaintenanceMode_Task", locks=True)
async def exit_maintenance_mode(
    call: Call,
    host: ManagedObject,
    timeout: int,
) -> None:
    """Take a host out of maintenance mode; raise InvalidState if it is not in it."""
    if not host.get("runtime.inMaintenanceMode"):
        raise MethodFault("InvalidState")
    await call.running.work()
    host.set("runtime.inMaintenanceMode", False)
    show_host(call, host)
    call.vcenter.events.post("ExitMaintenanceModeEvent", host, user=call.user)
    restart_waiting(call, call.vcenter.inventory[host.get("parent")])

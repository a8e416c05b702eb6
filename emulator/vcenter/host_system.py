"""HostSystem: maintenance mode.

A host enters maintenance mode once nothing runs on it. In a cluster whose DRS is fully automated its VMs are
moved away; elsewhere the task waits until somebody else has done so, or until its timeout.
"""

from __future__ import annotations

import asyncio

from emulator.fault_tolerance.pair import may_move
from emulator.inventory.journal import Change
from emulator.inventory.store import ManagedObject
from emulator.vcenter.cluster_upkeep import show_host
from emulator.vcenter.operation import Call, operation
from emulator.vcenter.secondary_start import restart_waiting
from emulator.vcenter.virtual_machine import place_on
from emulator.vmodl.value import DataObject, MethodFault


@operation("HostSystem", "EnterMaintenanceMode_Task", locks=True)
async def enter_maintenance_mode(
    call: Call,
    host: ManagedObject,
    timeout: int,  # seconds; 0 or less waits without end
    evacuatePoweredOffVms: bool | None = None,
    maintenanceSpec: DataObject | None = None,
) -> None:
    """Put a host into maintenance mode; raise InvalidState if it is in it, Timedout when VMs stay on it."""
    if host.get("runtime.connectionState") != "connected" or host.get("runtime.inMaintenanceMode"):
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


def running_vms(call: Call, host: ManagedObject) -> list[ManagedObject]:
    """Return the powered-on VMs of a host."""
    vms = (call.vcenter.inventory.find(ref) for ref in host.get("vm"))
    return [vm for vm in vms if vm is not None and vm.get("runtime.powerState") == "poweredOn"]


def _evacuate(call: Call, host: ManagedObject) -> None:
    """Move what runs on the host to others of its cluster, if DRS may do so by itself."""
    cluster = call.vcenter.inventory[host.get("parent")]
    drs = cluster.get("configurationEx.drsConfig")
    if drs is None or not drs.enabled or drs.defaultVmBehavior != "fullyAutomated":
        return
    others = [call.vcenter.inventory[ref] for ref in cluster.get("host") if ref != host.ref]
    usable = [other for other in others if is_usable(other)]
    for vm in running_vms(call, host):
        target = next((other for other in usable if can_run(vm, other)), None)
        if target is not None and may_move(call.vcenter.inventory, vm):
            place_on(call, vm, target)
            call.vcenter.events.post("DrsVmMigratedEvent", vm, template=False, sourceHost=host_argument(host))


def is_usable(host: ManagedObject) -> bool:
    """Whether a host is there to run VMs."""
    return host.get("runtime.connectionState") == "connected" and not host.get("runtime.inMaintenanceMode")


def can_run(vm: ManagedObject, host: ManagedObject) -> bool:
    """Whether a host sees the VM's datastores and networks and does not run its Fault Tolerance partner."""
    partner = vm.get("config.ftInfo.primaryVM")
    partners = {partner} if partner else set(vm.get("config.ftInfo.secondaries") or ())
    return (
        set(vm.get("datastore")) <= set(host.get("datastore"))
        and set(vm.get("network")) <= set(host.get("network"))
        and not partners & set(host.get("vm"))
    )


def host_argument(host: ManagedObject) -> DataObject:
    """Return how an event names another host than its own."""
    return DataObject("HostEventArgument", name=host.get("name"), host=host.ref)


async def until_empty(call: Call, host: ManagedObject, seconds: int) -> None:
    """Return once nothing runs on the host, DRS having moved what it may move.

    Raises Timedout when `seconds` (if positive) have passed first.
    """
    late = asyncio.ensure_future(call.vcenter.clock.sleep(seconds)) if seconds > 0 else None
    try:
        while occupants := _left_on(call, host):
            changed = asyncio.ensure_future(_change_of(host, *occupants))
            await asyncio.wait([changed, late] if late else [changed], return_when=asyncio.FIRST_COMPLETED)
            if not changed.done():
                changed.cancel()
                raise MethodFault("Timedout")
    finally:
        if late is not None:
            late.cancel()


def _left_on(call: Call, host: ManagedObject) -> list[ManagedObject]:
    _evacuate(call, host)
    return running_vms(call, host)


async def _change_of(*watched: ManagedObject) -> None:
    """Return when one of these objects changes."""
    changed = asyncio.Event()

    def note(change: Change) -> None:
        changed.set()

    for each in watched:
        each.watchers.append(note)
    try:
        await changed.wait()
    finally:
        for each in watched:
            each.watchers.remove(note)

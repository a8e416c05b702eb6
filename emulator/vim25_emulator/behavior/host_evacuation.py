"""Emptying a host: which hosts can take its virtual machines, moving them, waiting for the rest."""

from __future__ import annotations

import asyncio

from vim25_emulator.fault_tolerance.pair import may_move
from vim25_emulator.inventory.managed_object import Change, ManagedObject
from vim25_emulator.model.event_argument import event_argument
from vim25_emulator.model.host_service import is_in_service
from vim25_emulator.model.place import move
from vim25_emulator.model.related_object import hosts_of, running_vms
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import MethodFault


def can_run(vm: ManagedObject, host: ManagedObject) -> bool:
    """Whether a host sees the VM's datastores and networks and does not run its Fault Tolerance partner."""
    partner = vm.get("config.ftInfo.primaryVM")
    partners = {partner} if partner else set(vm.get("config.ftInfo.secondaries") or ())
    return (
        set(vm.get("datastore")) <= set(host.get("datastore"))
        and set(vm.get("network")) <= set(host.get("network"))
        and not partners & set(host.get("vm"))
    )


async def evacuate(call: Call, host: ManagedObject, seconds: int) -> None:
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
    _migrate_running_vms(call, host)
    return running_vms(call.vcenter.inventory, host)


def _migrate_running_vms(call: Call, host: ManagedObject) -> None:
    """Move what runs on the host to others of its cluster, if DRS may do so by itself."""
    cluster = call.vcenter.inventory[host.get("parent")]
    drs = cluster.get("configurationEx.drsConfig")
    if drs is None or not drs.enabled or drs.defaultVmBehavior != "fullyAutomated":
        return
    others = (other for other in hosts_of(call.vcenter.inventory, cluster) if other is not host)
    usable = [other for other in others if is_in_service(other)]
    for vm in running_vms(call.vcenter.inventory, host):
        target = next((other for other in usable if can_run(vm, other)), None)
        if target is not None and may_move(call.vcenter.inventory, vm):
            move(call.vcenter.inventory, vm, target)
            call.vcenter.events.post(
                "DrsVmMigratedEvent", vm, template=False, sourceHost=event_argument(host)
            )


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

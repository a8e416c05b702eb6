"""Evacuate a host: migrate its virtual machines by DRS, and wait for the remaining ones."""

from __future__ import annotations

import asyncio
from asyncio import FIRST_COMPLETED
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from vim25_emulator.behavior.host_availability import is_available, maintenance_task
from vim25_emulator.behavior.pair_placement import moving_errors
from vim25_emulator.fault_tolerance.pair import may_move, pair_members
from vim25_emulator.inventory.managed_object import Change, ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.cluster_policy import drs_behavior
from vim25_emulator.model.event_argument import event_argument
from vim25_emulator.model.place import move
from vim25_emulator.model.placement_rule import is_discouraged, is_forbidden
from vim25_emulator.model.related_object import hosts_of, running_vms
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import MethodFault


def hosts_for(call: Call, vm: ManagedObject, hosts: Iterable[ManagedObject]) -> list[ManagedObject]:
    """Return the hosts that can run a VM, those that no rule discourages first."""
    inventory = call.vcenter.inventory
    suitable = [
        host
        for host in hosts
        if is_available(call, host) and _can_run(inventory, vm, host) and not moving_errors(call, vm, host)
    ]
    return sorted(suitable, key=lambda host: is_discouraged(inventory, vm, host))


def _can_run(inventory: Inventory, vm: ManagedObject, host: ManagedObject) -> bool:
    """Whether a host has the VM's datastores and networks, without its partner, and no rule forbids it."""
    partner = vm.get("config.ftInfo.primaryVM")
    partners = {partner} if partner else set(vm.get("config.ftInfo.secondaries") or ())
    return (
        set(vm.get("datastore")) <= set(host.get("datastore"))
        and set(vm.get("network")) <= set(host.get("network"))
        and not partners & set(host.get("vm"))
        and not is_forbidden(inventory, vm, host)
    )


async def evacuate(call: Call, host: ManagedObject, seconds: int) -> None:
    """Migrate VMs off a host as DRS permits; return when no VM runs on it.

    Raise Timedout after `seconds`, if positive; ManagedObjectNotFound if the host is destroyed meanwhile.
    """
    timeout = asyncio.ensure_future(call.vcenter.clock.sleep(seconds)) if seconds > 0 else None
    try:
        while running := _remaining_vms(call, host):
            cluster = call.vcenter.inventory[host.get("parent")]
            tasks = (task for vm in running for task in _tasks_on(call, vm))
            with _change_of(host, *running, *tasks, cluster, *_others_and_their_tasks(call, host)) as changed:
                change = asyncio.ensure_future(changed.wait())
                try:
                    await asyncio.wait(
                        [change, timeout] if timeout else [change], return_when=FIRST_COMPLETED
                    )
                finally:
                    change.cancel()
            if not changed.is_set():
                raise MethodFault("Timedout")
    finally:
        if timeout is not None:
            timeout.cancel()


def _remaining_vms(call: Call, host: ManagedObject) -> list[ManagedObject]:
    call.vcenter.inventory.require(host.ref)
    _migrate_running_vms(call, host)
    return running_vms(call.vcenter.inventory, host)


def _others_and_their_tasks(call: Call, host: ManagedObject) -> list[ManagedObject]:
    """Return the other hosts of the cluster, and the tasks by which they are entering maintenance mode.

    Such a host is available again when its task fails, which none of its properties shows.
    """
    others = _others(call, host)
    tasks = (maintenance_task(call, other) for other in others)
    return [*others, *(task for task in tasks if task is not None)]


def _tasks_on(call: Call, vm: ManagedObject) -> Iterator[ManagedObject]:
    """Yield the tasks that have locked a VM or the other VM of its pair."""
    inventory, tasks = call.vcenter.inventory, call.vcenter.tasks
    yield from inventory.find_all(
        holder for member in pair_members(inventory, vm) if (holder := tasks.holder(member)) is not None
    )


def _others(call: Call, host: ManagedObject) -> list[ManagedObject]:
    """Return the other hosts of a host's cluster."""
    inventory = call.vcenter.inventory
    return [other for other in hosts_of(inventory, inventory[host.get("parent")]) if other is not host]


def _migrate_running_vms(call: Call, host: ManagedObject) -> None:
    """Migrate the running VMs of a host for which DRS is fully automated, within its cluster.

    A VM that a task has locked, as for a snapshot, stays until the task ends [derived].
    """
    owner = call.vcenter.inventory[host.get("parent")]
    cluster = owner if owner.is_a("ClusterComputeResource") else None
    running = running_vms(call.vcenter.inventory, host)
    targets = _others(call, host)
    for vm in (vm for vm in running if drs_behavior(cluster, vm) == "fullyAutomated"):
        target = next(iter(hosts_for(call, vm, targets)), None)
        if target is not None and may_move(call.vcenter.inventory, vm) and not any(_tasks_on(call, vm)):
            migrate_by_drs(call, vm, target)


def migrate_by_drs(call: Call, vm: ManagedObject, target: ManagedObject) -> None:
    """Move a VM to another host, and post the event of a migration by DRS."""
    source = event_argument(call.vcenter.inventory[vm.get("runtime.host")])
    move(call.vcenter.inventory, vm, target)
    call.vcenter.events.post("DrsVmMigratedEvent", vm, template=False, sourceHost=source)


@contextmanager
def _change_of(*objects: ManagedObject) -> Iterator[asyncio.Event]:
    """Return an event that is set when one of the objects changes, from now on."""
    changed = asyncio.Event()

    def watch(change: Change) -> None:
        changed.set()

    for managed in objects:
        managed.watchers.append(watch)
    try:
        yield changed
    finally:
        for managed in objects:
            managed.watchers.remove(watch)

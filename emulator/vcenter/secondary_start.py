"""Starting the secondary of a running primary: at once, on approval, or not at all.

Whoever starts VMs in the cluster starts it: vCenter, DRS, or the administrator who approves DRS's
recommendation. The start is a task of its own on the primary, which goes on when the one that called for it
has ended.
"""

from __future__ import annotations

from typing import Final

from emulator.fault_tolerance import recommendation as recommendations
from emulator.fault_tolerance import result
from emulator.fault_tolerance.cluster import PowerOnBy, cluster_of, power_on_by
from emulator.fault_tolerance.creation import Creation
from emulator.fault_tolerance.pair import Pair, pair_of
from emulator.fault_tolerance.placement import choose_running_host, running_errors
from emulator.fault_tolerance.secondary import move
from emulator.fault_tolerance.start_failure import event_of, on_host, start_failure
from emulator.fault_tolerance.state import Event, State
from emulator.inventory.store import ManagedObject
from emulator.inventory.task import RunningTask, TaskOrigin
from emulator.vcenter.operation import Call
from emulator.vmodl.value import DataObject, MethodFault

#: Who powers the secondary on → the description id of the task that does. That of vCenter is seen; that DRS
#: uses its own is derived.
_START_TASK: Final = {
    PowerOnBy.VCENTER: "FaultTolerance.PowerOnSecondaryLRO",
    PowerOnBy.DRS: "Drm.ExecuteVmPowerOnLRO",
    PowerOnBy.ADMINISTRATOR: "Drm.ExecuteVmPowerOnLRO",
}


def start_secondary(call: Call, pair: Pair) -> DataObject:
    """Have the secondary of a running primary started, by whoever starts VMs in its cluster.

    Returns ClusterPowerOnVmResult: the start is under way, waits for approval, or failed; in the last case
    Fault Tolerance is disabled for the pair.
    """
    cluster = cluster_of(call.vcenter.inventory, pair.primary)
    by = power_on_by(cluster, pair.primary)
    try:
        host = choose_running_host(_request(call, pair), pair.secondary, by)
    except MethodFault as fault:
        return _give_up(call, pair, fault.data)
    if by is PowerOnBy.ADMINISTRATOR and cluster is not None:
        waiting = recommendations.recommend(cluster, pair.secondary, host, call.vcenter.clock.now())
        return result.recommended(waiting)
    return _start(call, pair, host, by)


def apply_placement(call: Call, vm: ManagedObject, host: ManagedObject) -> None:
    """Start a secondary where an approved recommendation wants it; events tell what becomes of that.

    Raises InvalidState if it no longer waits to be started, IncompatibleHostForFtSecondary if the host has
    become unfit since.
    """
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is None or vm is not pair.secondary or not _waits(call, pair):
        raise MethodFault("InvalidState")
    errors = running_errors(_request(call, pair), host)
    if errors:
        raise MethodFault("IncompatibleHostForFtSecondary", host=host.ref, error=errors)
    _start(call, pair, host, PowerOnBy.ADMINISTRATOR)


def recommend_starts(call: Call, cluster: ManagedObject) -> None:
    """Recommend again to start each secondary of the cluster that waits for approval."""
    inventory = call.vcenter.inventory
    for host in cluster.get("host"):
        for ref in inventory[host].get("vm"):
            pair = pair_of(inventory, inventory[ref])
            if pair is None or pair.primary.ref != ref or not _waits(call, pair):
                continue
            if power_on_by(cluster, pair.primary) is PowerOnBy.ADMINISTRATOR:
                start_secondary(call, pair)


def _waits(call: Call, pair: Pair) -> bool:
    """Whether the pair needs its secondary started, and no task is about to do so."""
    tasks = (call.vcenter.inventory.find(ref) for ref in pair.primary.get("recentTask"))
    under_way = any(
        task.get("info.descriptionId") in _START_TASK.values()
        and task.get("info.state") in ("queued", "running")
        for task in tasks
        if task is not None
    )
    return pair.state is State.NEED_SECONDARY and not under_way


def _request(call: Call, pair: Pair) -> Creation:
    release = call.vcenter.release.version
    return Creation(call.vcenter.inventory, pair.primary, release, secondary=pair.secondary)


def _start(call: Call, pair: Pair, host: ManagedObject, by: PowerOnBy) -> DataObject:
    """Start the secondary on a host in a task of its own; return ClusterPowerOnVmResult."""
    ruled = call.vcenter.rules.find(call.method.name, "secondary-power-on", pair.primary)
    if ruled is not None:
        failure = start_failure(pair.primary, ruled, by, (on_host(host, ruled),))
        return _give_up(call, pair, failure)
    task = _start_task(call, pair, host, by)
    return result.attempted(pair.secondary, task.ref if by is PowerOnBy.VCENTER else None)


def _give_up(call: Call, pair: Pair, fault: DataObject) -> DataObject:
    """Let the pair show that its secondary could not be started; return ClusterPowerOnVmResult."""
    pair.happen(event_of(fault), call.vcenter.events, user=call.user, cause=fault)
    return result.not_attempted(pair.secondary, fault)


def _start_task(call: Call, pair: Pair, host: ManagedObject, by: PowerOnBy) -> RunningTask:
    """Begin the task on the primary that starts the secondary; what called for it is its parent."""

    async def body(task: RunningTask) -> None:
        await call.vcenter.clock.sleep(call.vcenter.tasks.duration)
        _begin(call, pair, host, by)
        try:
            await task.work()
            call.vcenter.rules.check(call.method.name, "secondary-start", pair.primary)
        except MethodFault as cause:
            fault = start_failure(pair.primary, cause.data, by)
            _give_up(call, pair, fault)
            raise MethodFault(fault) from cause
        pair.happen(Event.STARTED, call.vcenter.events, user=call.user)

    parent = call.task.object if call.task is not None else None
    origin = TaskOrigin(None, _START_TASK[by], call.user, parent)
    return call.vcenter.tasks.start(pair.primary, origin, body, locks=False)


def _begin(call: Call, pair: Pair, host: ManagedObject, by: PowerOnBy) -> None:
    """Put the secondary on the host where it is to run, and let it begin; until then the primary needs one.

    Raises InvalidState if the primary was powered off in the meantime.
    """
    if pair.state is not State.NEED_SECONDARY:
        raise MethodFault("InvalidState")
    move(call.vcenter.inventory, pair.secondary, host)
    if by is not PowerOnBy.VCENTER:
        call.vcenter.events.post("DrsVmPoweredOnEvent", pair.secondary, user=call.user, template=False)
    pair.happen(Event.START, call.vcenter.events, user=call.user)

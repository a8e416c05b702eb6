"""Starting the secondary of a running primary: at once, on approval, again after a failure, or not at all.

Whoever starts VMs in the cluster starts it: vCenter, DRS, or the administrator who approves DRS's
recommendation; after a failure or a test it is HA. The start is a task of its own on the primary, which goes
on when the one that called for it has ended, and ends when the pair turns to something else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final

from vim25_emulator.fault_tolerance import result
from vim25_emulator.fault_tolerance.creation import Creation
from vim25_emulator.fault_tolerance.pair import Pair, pair_of
from vim25_emulator.fault_tolerance.pair_state import FIRST_REASON, Event, Sequel, State
from vim25_emulator.fault_tolerance.placement import choose_running_host, running_errors
from vim25_emulator.fault_tolerance.start_failure import event_of, on_host, start_failure
from vim25_emulator.inventory.managed_object import Change, ManagedObject
from vim25_emulator.inventory.task import RunningTask, TaskOrigin
from vim25_emulator.model import recommendation as recommendations
from vim25_emulator.model.cluster_policy import PowerOnBy, cluster_of, ha_enabled, power_on_by
from vim25_emulator.model.place import move
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject, MethodFault

_BY_VCENTER: Final = "FaultTolerance.PowerOnSecondaryLRO"
_BY_DRS: Final = "Drm.ExecuteVmPowerOnLRO"

#: Who powers the secondary on → the description id of the task that does. That of vCenter is seen; that DRS
#: uses its own, and that HA's starts show as vCenter's, is derived.
_START_TASK: Final = {
    PowerOnBy.VCENTER: _BY_VCENTER,
    PowerOnBy.CALLER: _BY_VCENTER,
    PowerOnBy.HA: _BY_VCENTER,
    PowerOnBy.DRS: _BY_DRS,
    PowerOnBy.ADMINISTRATOR: _BY_DRS,
}

#: Seconds after which HA tries again to start a secondary that it could not start (derived).
RETRY_AFTER: Final = (0.0, 120.0, 240.0, 480.0, 480.0, 480.0)


@dataclass(frozen=True)
class Start:
    """One start of a secondary: whose, where, by whom, on whose behalf."""

    call: Call
    pair: Pair
    host: ManagedObject
    by: PowerOnBy

    def happen(self, event: Event, cause: DataObject | None = None) -> None:
        """Let an event change the pair."""
        self.pair.happen(event, self.call.vcenter.events, user=self.call.user, cause=cause)

    def fails(self, cause: DataObject) -> DataObject:
        """Let the pair show that its secondary could not be started; return the fault that says so."""
        fault = start_failure(self.pair.primary, cause, self.by, (on_host(self.host, cause),))
        self.happen(event_of(fault, self.by), fault)
        return fault


def follow(call: Call, pair: Pair, event: Event, *, host: ManagedObject | None = None) -> DataObject | None:
    """Let an event change a pair, and start the secondary if that is what follows, on `host` if one is named.

    Returns ClusterPowerOnVmResult of a start that the caller is told of. Raises InvalidState, having changed
    nothing, for an event that cannot be.
    """
    sequel = pair.happen(event, call.vcenter.events, user=call.user)
    if sequel is Sequel.RESTART and ha_enabled(cluster_of(call.vcenter.inventory, pair.primary)):
        restart_secondary(call, pair)
        return None
    return start_secondary(call, pair, host) if sequel is not None else None


def start_secondary(call: Call, pair: Pair, named: ManagedObject | None = None) -> DataObject:
    """Have the secondary of a running primary started, by whoever starts VMs in its cluster.

    Returns ClusterPowerOnVmResult: the start is under way, waits for approval, or failed; in the last case
    Fault Tolerance is disabled for the pair.
    """
    cluster = cluster_of(call.vcenter.inventory, pair.primary)
    by = power_on_by(cluster, pair.primary) if named is None else PowerOnBy.CALLER
    try:
        host = named or choose_running_host(request(call, pair), pair.secondary, by)
    except MethodFault as fault:
        happened = event_of(fault.data, by)
        pair.happen(happened, call.vcenter.events, user=call.user, cause=fault.data)
        return result.not_attempted(pair.secondary, fault.data)
    if by is PowerOnBy.ADMINISTRATOR and cluster is not None:
        waiting = recommendations.recommend(cluster, pair.secondary, host, call.vcenter.clock.now())
        return result.recommended(waiting)
    return _attempt(Start(call, pair, host, by))


def _attempt(start: Start) -> DataObject:
    """Begin a start, unless a fault rule is against it; return ClusterPowerOnVmResult."""
    secondary = start.pair.secondary
    try:
        task = _begun(start)
    except MethodFault as fault:
        return result.not_attempted(secondary, fault.data)
    drs = power_on_by(cluster_of(start.pair.inventory, start.pair.primary), start.pair.primary)
    return result.attempted(secondary, task.ref if drs is PowerOnBy.VCENTER else None)


def apply_placement(call: Call, vm: ManagedObject, host: ManagedObject) -> None:
    """Start a secondary where an approved recommendation wants it; events tell what becomes of that.

    Raises InvalidState if it no longer waits to be started, IncompatibleHostForFtSecondary if the host has
    become unfit since.
    """
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is None or vm is not pair.secondary or not _waits(pair):
        raise MethodFault("InvalidState")
    require_fit(call, pair, host)
    _attempt(Start(call, pair, host, PowerOnBy.ADMINISTRATOR))


def require_fit(call: Call, pair: Pair, host: ManagedObject) -> None:
    """Raise IncompatibleHostForFtSecondary for a host that cannot run the secondary now."""
    errors = running_errors(request(call, pair), host)
    if errors:
        raise MethodFault("IncompatibleHostForFtSecondary", host=host.ref, error=errors)


def recommend_starts(call: Call, cluster: ManagedObject) -> None:
    """Recommend again to start each secondary of the cluster that waits for approval."""
    for pair in _waiting(call, cluster):
        if power_on_by(cluster, pair.primary) is PowerOnBy.ADMINISTRATOR and not _is_for_ha(pair):
            start_secondary(call, pair)


def restart_waiting(call: Call, owner: ManagedObject) -> None:
    """Let HA try now to start the secondaries of a cluster that it could not start; a host may be fit now."""
    cluster = owner if owner.is_a("ClusterComputeResource") else None
    for pair in _waiting(call, cluster) if cluster is not None and ha_enabled(cluster) else ():
        if _is_for_ha(pair):
            restart_secondary(call, pair)


def _waiting(call: Call, cluster: ManagedObject) -> list[Pair]:
    """Return the pairs of a cluster that need their secondary started."""
    inventory = call.vcenter.inventory
    vms = (inventory[ref] for host in hosts_of(inventory, cluster) for ref in host.get("vm"))
    pairs = ((vm, pair_of(inventory, vm)) for vm in vms if vm.get("config.ftInfo") is not None)
    return [pair for vm, pair in pairs if pair is not None and pair.primary is vm and _waits(pair)]


def _is_for_ha(pair: Pair) -> bool:
    """Whether the secondary ran before and was lost: HA starts it then."""
    return bool(pair.primary.get("runtime.needSecondaryReason") != FIRST_REASON)


def _waits(pair: Pair) -> bool:
    """Whether the pair needs its secondary started, and no task is about to do so."""
    return pair.state is State.NEED_SECONDARY and not start_is_under_way(pair)


def start_is_under_way(pair: Pair) -> bool:
    """Whether a task is about to start the secondary, or does so now."""
    return any(
        task.get("info.descriptionId") in (_BY_VCENTER, _BY_DRS)
        and task.get("info.state") in ("queued", "running")
        for task in pair.inventory.find_all(pair.primary.get("recentTask"))
    )


def request(call: Call, pair: Pair) -> Creation:
    """Return the question where the secondary of a pair can run."""
    release = call.vcenter.release.version
    return Creation(call.vcenter.inventory, pair.primary, release, secondary=pair.secondary)


# ---- HA --------------------------------------------------------------------------------------------------


def restart_secondary(call: Call, pair: Pair) -> None:
    """Let HA start a secondary again: now, then at intervals, until it runs or HA gives up."""
    call.vcenter.tasks.run_in_background(_restart(call, pair))


async def _restart(call: Call, pair: Pair) -> None:
    for seconds in RETRY_AFTER:
        await call.vcenter.clock.sleep(seconds)
        if not _waits(pair) or not _is_for_ha(pair) or await _restarted(call, pair):
            return
    if _waits(pair):
        pair.happen(Event.RESTARTS_EXHAUSTED, call.vcenter.events, user=call.user)


async def _restarted(call: Call, pair: Pair) -> bool:
    """Try once to start a secondary again; return whether there is nothing more to try."""
    try:
        host = choose_running_host(request(call, pair), pair.secondary, PowerOnBy.HA)
    except MethodFault as fault:
        happened = event_of(fault.data, PowerOnBy.HA)
        pair.happen(happened, call.vcenter.events, user=call.user, cause=fault.data)
        return False
    try:
        task = _begun(Start(call, pair, host, PowerOnBy.HA))
    except MethodFault:
        return False
    await task.done.wait()
    return not _waits(pair)


# ---- one start -------------------------------------------------------------------------------------------


def _begun(start: Start) -> RunningTask:
    """Begin the task on the primary that starts the secondary; what called for it is its parent.

    Raises the fault that a rule has for it, which the pair shows then.
    """
    call, pair = start.call, start.pair
    ruled = call.vcenter.rules.find(call.method.name, "secondary-power-on", pair.primary)
    if ruled is not None:
        raise MethodFault(start.fails(ruled))

    async def body(task: RunningTask) -> None:
        await _while_wanted(pair, _run(start, task))

    parent = call.task.object if call.task is not None else None
    origin = TaskOrigin(None, _START_TASK[start.by], call.user, parent)
    return call.vcenter.tasks.start(pair.primary, origin, body, locks=False)


async def _run(start: Start, task: RunningTask) -> None:
    call, pair = start.call, start.pair
    await call.vcenter.clock.sleep(call.vcenter.tasks.duration)
    pair.require(Event.START)
    try:
        _begin(start)
        await task.work()
        call.vcenter.rules.check(call.method.name, "secondary-start", pair.primary)
    except MethodFault as cause:
        raise MethodFault(start.fails(cause.data)) from cause
    start.happen(Event.RESTARTED if start.by is PowerOnBy.HA else Event.STARTED)


def _begin(start: Start) -> None:
    """Put the secondary on the host where it is to run, and let it begin; until then the primary needs one.

    Raises what has become wrong with the host since it was chosen.
    """
    call, pair, host = start.call, start.pair, start.host
    for error in running_errors(request(call, pair), host):
        raise MethodFault(error)
    move(call.vcenter.inventory, pair.secondary, host)
    if start.by in (PowerOnBy.DRS, PowerOnBy.ADMINISTRATOR):
        call.vcenter.events.post("DrsVmPoweredOnEvent", pair.secondary, user=call.user, template=False)
    start.happen(Event.START)


async def _while_wanted(pair: Pair, work: Coroutine[Any, Any, None]) -> None:
    """Do a start's work; it is broken off with InvalidState when something else changes the pair's state."""
    working = asyncio.get_running_loop().create_task(work)
    expected = pair.state
    broken = False

    def watch(change: Change) -> None:
        nonlocal expected, broken
        if asyncio.current_task() is working:
            expected = pair.state
        elif pair.state is not expected:
            broken = True
            working.cancel()

    pair.primary.watchers.append(watch)
    try:
        await working
    except asyncio.CancelledError:
        if broken:
            raise MethodFault("InvalidState") from None
        raise
    finally:
        pair.primary.watchers.remove(watch)

"""Start the secondary of a running primary: at once, after approval, or again after a failure.

The start is carried out by vCenter, by DRS, or by DRS after the administrator approved its recommendation,
in a separate task on the primary that outlives the operation that caused it. After a failure or a test it is
carried out by HA, whose restarts are nobody's task and name no user [derived]. It is canceled when the state
of the pair changes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Final

from vim25_emulator.behavior.pair_placement import start_request
from vim25_emulator.behavior.rule_correction import correct_violations
from vim25_emulator.fault_tolerance import secondary_op_result
from vim25_emulator.fault_tolerance.pair import Pair, pair_of
from vim25_emulator.fault_tolerance.pair_state import FIRST_REASON, Event, State
from vim25_emulator.fault_tolerance.pair_transition import Sequel
from vim25_emulator.fault_tolerance.placement import choose_running_host, running_errors
from vim25_emulator.fault_tolerance.start_failure import event_of, on_host, start_failure
from vim25_emulator.inventory.managed_object import Change, ManagedObject
from vim25_emulator.inventory.task import RunningTask, TaskOrigin
from vim25_emulator.model import recommendation as recommendations
from vim25_emulator.model.cluster_policy import PowerOnBy, cluster_of, drs_enabled, ha_enabled, power_on_by
from vim25_emulator.model.place import move
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject, MethodFault

#: Description ID of the start task, with and without DRS [observed: client code run on 5.5 to 7.0].
_START_TASK: Final = "FaultTolerance.PowerOnSecondaryLRO"

#: Seconds before each attempt of HA to start a secondary [derived].
RETRY_AFTER: Final = (0.0, 120.0, 240.0, 480.0, 480.0, 480.0)


@dataclass(frozen=True)
class Start:
    """A start of a secondary: the call behind it, the pair, the host, and who powers it on."""

    call: Call
    pair: Pair
    host: ManagedObject
    by: PowerOnBy

    def apply(self, event: Event, cause: DataObject | None = None) -> None:
        """Apply an event to the pair."""
        self.pair.apply(event, self.call.vcenter.events, user=self.call.user, cause=cause)

    def fail(self, cause: DataObject) -> DataObject:
        """Apply the failure of the start to the pair; return its fault."""
        fault = start_failure(self.pair.primary, cause, self.by, (on_host(self.host, cause),))
        self.apply(event_of(fault, self.by), fault)
        return fault


def apply_pair_event(
    call: Call, pair: Pair, event: Event, *, host: ManagedObject | None = None
) -> DataObject | None:
    """Apply an event to a pair, and start the secondary if that is the sequel, on `host` if it is named.

    Return ClusterPowerOnVmResult if the start is part of the operation's result. Raise InvalidState, without
    changing anything, for an impossible event.
    """
    sequel = pair.apply(event, call.vcenter.events, user=call.user)
    if sequel is Sequel.RESTART and ha_enabled(cluster_of(call.vcenter.inventory, pair.primary)):
        restart_secondary(call, pair)
    return start_secondary(call, pair, host) if sequel is Sequel.START else None


def start_secondary(call: Call, pair: Pair, requested: ManagedObject | None = None) -> DataObject:
    """Start the secondary of a running primary: by vCenter, DRS or the administrator, as its cluster says.

    Return ClusterPowerOnVmResult: the start is in progress, awaits approval, or failed. After a failure,
    Fault Tolerance is disabled for the pair.
    """
    cluster = cluster_of(call.vcenter.inventory, pair.primary)
    by = power_on_by(cluster, pair.secondary) if requested is None else PowerOnBy.CALLER
    try:
        host = requested or choose_running_host(start_request(call, pair), pair.secondary, by)
    except MethodFault as fault:
        event = event_of(fault.data, by)
        pair.apply(event, call.vcenter.events, user=call.user, cause=fault.data)
        return secondary_op_result.not_attempted(pair.secondary, fault.data)
    if by is PowerOnBy.ADMINISTRATOR and cluster is not None:
        recommendation = recommendations.recommend(cluster, pair.secondary, host, call.vcenter.clock.now())
        return secondary_op_result.recommended(recommendation)
    return _attempt(Start(call, pair, host, by))


def _attempt(start: Start) -> DataObject:
    """Begin a start, unless a fault rule fails it; return ClusterPowerOnVmResult."""
    secondary = start.pair.secondary
    try:
        task = _begin_task(start)
    except MethodFault as fault:
        return secondary_op_result.not_attempted(secondary, fault.data)
    by_drs = drs_enabled(cluster_of(start.pair.inventory, start.pair.primary))
    return secondary_op_result.attempted(secondary, None if by_drs else task.ref)


def apply_placement(call: Call, vm: ManagedObject, host: ManagedObject) -> None:
    """Start a secondary on the host of an approved recommendation.

    Raise InvalidArgument if the recommendation no longer applies: the secondary does not await a start, or
    the host has become unsuitable. ApplyRecommendation declares no faults.
    """
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is None or vm is not pair.secondary or not _awaits_start(call, pair):
        raise MethodFault("InvalidArgument", invalidProperty="key")
    if running_errors(start_request(call, pair), host):
        raise MethodFault("InvalidArgument", invalidProperty="key")
    _attempt(Start(call, pair, host, PowerOnBy.ADMINISTRATOR))


def require_suitable_host(call: Call, pair: Pair, host: ManagedObject) -> None:
    """Raise IncompatibleHostForFtSecondary if a host cannot run the secondary now."""
    errors = running_errors(start_request(call, pair), host)
    if errors:
        raise MethodFault("IncompatibleHostForFtSecondary", host=host.ref, error=errors)


def recommend_starts(call: Call, cluster: ManagedObject) -> None:
    """Renew the recommendations to start the secondaries of a cluster that await approval."""
    for pair in _pairs_awaiting_start(call, cluster):
        if not _is_restart(pair):
            start_secondary(call, pair)


def start_approved(call: Call, cluster: ManagedObject) -> None:
    """Start the secondaries of a cluster whose start needs no approval any more [derived]."""
    for pair in _pairs_awaiting_start(call, cluster):
        by = power_on_by(cluster, pair.secondary)
        if by is not PowerOnBy.ADMINISTRATOR and not _is_restart(pair):
            recommendations.withdraw(cluster, pair.secondary)
            start_secondary(call, pair)


def restart_waiting(call: Call, owner: ManagedObject) -> None:
    """Retry now the restarts by HA that failed in a cluster; a host may have become suitable."""
    cluster = owner if owner.is_a("ClusterComputeResource") else None
    for pair in _pairs_awaiting_start(call, cluster) if cluster is not None and ha_enabled(cluster) else ():
        if _is_restart(pair):
            restart_secondary(call, pair)


def _pairs_awaiting_start(call: Call, cluster: ManagedObject) -> list[Pair]:
    """Return the pairs of a cluster whose secondary awaits a start."""
    inventory = call.vcenter.inventory
    vms = (inventory[ref] for host in hosts_of(inventory, cluster) for ref in host.get("vm"))
    pairs = ((vm, pair_of(inventory, vm)) for vm in vms if vm.get("config.ftInfo") is not None)
    return [
        pair for vm, pair in pairs if pair is not None and pair.primary is vm and _awaits_start(call, pair)
    ]


def _is_restart(pair: Pair) -> bool:
    """Whether HA starts the secondary, because it ran before and was lost."""
    return bool(pair.primary.get("runtime.needSecondaryReason") != FIRST_REASON)


def _awaits_start(call: Call, pair: Pair) -> bool:
    """Whether the secondary awaits a start, and none is under way."""
    return pair.state is State.NEED_SECONDARY and not start_is_under_way(call, pair)


def start_is_under_way(call: Call, pair: Pair) -> bool:
    """Whether the secondary is about to start or is starting."""
    return pair.primary.ref in call.vcenter.starting


# ---- HA --------------------------------------------------------------------------------------------------


def restart_secondary(call: Call, pair: Pair) -> None:
    """Restart a secondary by HA: now, then at intervals, until it runs or HA stops retrying.

    Restarts of the same secondary that began earlier end.
    """
    call.vcenter.tasks.run_in_background(_restart(replace(call, session=None, task=None), pair))


async def _restart(call: Call, pair: Pair) -> None:
    restarts, ref, own = call.vcenter.restarts, pair.primary.ref, object()
    restarts[ref] = own
    for seconds in RETRY_AFTER:
        await call.vcenter.clock.sleep(seconds)
        if restarts.get(ref) is not own:
            return
        if not _may_restart(call, pair) or await _restarted(call, pair):
            break
    else:
        if _may_restart(call, pair):
            pair.apply(Event.RESTARTS_EXHAUSTED, call.vcenter.events, user=call.user)
    if restarts.get(ref) is own:
        del restarts[ref]


def _may_restart(call: Call, pair: Pair) -> bool:
    """Whether HA is to restart a secondary: HA may have been disabled [documented], the pair changed."""
    enabled = ha_enabled(cluster_of(call.vcenter.inventory, pair.primary))
    return enabled and _awaits_start(call, pair) and _is_restart(pair)


async def _restarted(call: Call, pair: Pair) -> bool:
    """Try a restart once; return whether no further attempt is needed."""
    try:
        host = choose_running_host(start_request(call, pair), pair.secondary, PowerOnBy.HA)
    except MethodFault as fault:
        event = event_of(fault.data, PowerOnBy.HA)
        pair.apply(event, call.vcenter.events, user=call.user, cause=fault.data)
        return False
    start = Start(call, pair, host, PowerOnBy.HA)
    with contextlib.suppress(MethodFault):
        _begin(start)
        await _run(start, lambda: call.vcenter.clock.sleep(call.vcenter.tasks.duration))
    return not _awaits_start(call, pair)


# ---- one start -------------------------------------------------------------------------------------------


def _begin_task(start: Start) -> RunningTask:
    """Begin the start task on the primary; the task of the call is its parent."""
    _begin(start)
    call, primary = start.call, start.pair.primary
    parent = call.task.object if call.task is not None else None
    origin = TaskOrigin(None, _START_TASK, call.user, parent)
    return call.vcenter.tasks.start(primary, origin, lambda task: _run(start, task.work), locks=False)


def _begin(start: Start) -> None:
    """Begin a start; raise the fault of a fault rule, after applying the failure to the pair."""
    call, primary = start.call, start.pair.primary
    fault = call.vcenter.rules.find(call.method.name, "secondary-power-on", primary)
    if fault is not None:
        raise MethodFault(start.fail(fault))
    call.vcenter.starting.add(primary.ref)


async def _run(start: Start, work: Callable[[], Awaitable[None]]) -> None:
    try:
        await _run_until_state_changes(start.pair, _power_on_and_synchronize(start, work))
    finally:
        start.call.vcenter.starting.discard(start.pair.primary.ref)


async def _power_on_and_synchronize(start: Start, work: Callable[[], Awaitable[None]]) -> None:
    call, pair = start.call, start.pair
    await call.vcenter.clock.sleep(call.vcenter.tasks.duration)
    pair.require(Event.START)
    try:
        _power_on(start)
        await work()
        call.vcenter.rules.check(call.method.name, "secondary-start", pair.primary)
    except MethodFault as cause:
        raise MethodFault(start.fail(cause.data)) from cause
    start.apply(Event.RESTARTED if start.by is PowerOnBy.HA else Event.STARTED)
    correct_violations(call, cluster_of(call.vcenter.inventory, pair.primary))


def _power_on(start: Start) -> None:
    """Move the secondary to the chosen host and power it on.

    Raise the first fault of the host, if it has become unsuitable since it was chosen.
    """
    call, pair, host = start.call, start.pair, start.host
    for error in running_errors(start_request(call, pair), host):
        raise MethodFault(error)
    move(call.vcenter.inventory, pair.secondary, host)
    if start.by in (PowerOnBy.DRS, PowerOnBy.ADMINISTRATOR):
        call.vcenter.events.post("DrsVmPoweredOnEvent", pair.secondary, user=call.user, template=False)
    start.apply(Event.START)


async def _run_until_state_changes(pair: Pair, work: Coroutine[Any, Any, None]) -> None:
    """Run the work of a start; cancel it with InvalidState when something else changes the pair's state."""
    worker = asyncio.get_running_loop().create_task(work)
    expected = pair.state
    canceled = False

    def watch(change: Change) -> None:
        nonlocal expected, canceled
        if asyncio.current_task() is worker:
            expected = pair.state
        elif pair.state is not expected:
            canceled = True
            worker.cancel()

    pair.primary.watchers.append(watch)
    try:
        await worker
    except asyncio.CancelledError:
        if canceled:
            raise MethodFault("InvalidState") from None
        raise
    finally:
        pair.primary.watchers.remove(watch)

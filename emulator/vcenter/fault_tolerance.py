"""VirtualMachine: turning Fault Tolerance on, and starting secondaries.

CreateSecondaryVM_Task and CreateSecondaryVMEx_Task are one implementation with two faces. Creating and
starting are two things: what keeps the secondary from being created fails the task; what keeps it from being
started is told inside the result (documented). Starting goes on in a task of its own when the result is out.

Stages of fault rules, by the method called: `files` while the secondary's files are made,
`secondary-power-on` when it is to be started, `secondary-start` once its start is under way.
"""

from __future__ import annotations

from typing import Final

from emulator.fault_tolerance import recommendation as recommendations
from emulator.fault_tolerance import result
from emulator.fault_tolerance.check import config_issue
from emulator.fault_tolerance.cluster import PowerOnBy, cluster_of, ha_enabled, power_on_by
from emulator.fault_tolerance.creation import Creation
from emulator.fault_tolerance.pair import Pair, establish, is_secondary, pair_of
from emulator.fault_tolerance.placement import choose_host, choose_running_host, no_host
from emulator.fault_tolerance.secondary import move
from emulator.fault_tolerance.state import Event, State
from emulator.inventory.store import ManagedObject
from emulator.inventory.task import RunningTask, TaskOrigin
from emulator.vcenter.operation import Call, operation
from emulator.vmodl.value import DataObject, MethodFault, MoRef

#: Who powers the secondary on → the description id of the task that does. That DRS's own task does it in a
#: cluster with DRS is derived; the other is seen.
_START_TASK: Final = {
    PowerOnBy.VCENTER: "FaultTolerance.PowerOnSecondaryLRO",
    PowerOnBy.DRS: "Drm.ExecuteVmPowerOnLRO",
    PowerOnBy.ADMINISTRATOR: "Drm.ExecuteVmPowerOnLRO",
}


def _require_datastores(
    call: Call, vm: ManagedObject, host: ManagedObject | None = None, spec: DataObject | None = None
) -> None:
    """Raise ManagedObjectNotFound, on the call, for a datastore in the spec that does not exist."""
    for ref in _datastores(spec) if spec is not None else ():
        if call.vcenter.inventory.find(ref) is None:
            raise MethodFault("ManagedObjectNotFound", obj=ref)


def _datastores(spec: DataObject) -> tuple[MoRef, ...]:
    """Return the datastores that a FaultToleranceConfigSpec names."""
    vm_spec, path = spec.secondaryVmSpec, spec.metaDataPath
    disks = [disk.datastore for disk in vm_spec.disks] if vm_spec is not None else []
    config = vm_spec.vmConfig if vm_spec is not None else None
    metadata = path.metaDataDatastore if path is not None else None
    return tuple(ref for ref in (metadata, config, *disks) if ref is not None)


@operation("VirtualMachine", "CreateSecondaryVM_Task", locks=True)
@operation("VirtualMachine", "CreateSecondaryVMEx_Task", admit=_require_datastores, locks=True)
async def create_secondary(
    call: Call, vm: ManagedObject, host: ManagedObject | None = None, spec: DataObject | None = None
) -> DataObject:
    """Turn Fault Tolerance on: create a secondary and, if the VM runs, start it.

    Returns FaultToleranceSecondaryOpResult. The checks are made twice, since what they saw may have changed
    while the task worked; after the second time nothing waits until both VMs are a pair.
    """
    creation = Creation(call.vcenter.inventory, vm, call.vcenter.release.version, host, spec)
    _choose_host(call, creation)
    await call.running.work()
    chosen = _choose_host(call, creation)
    call.vcenter.rules.check(call.method.name, "files", vm)
    pair = establish(creation, chosen)
    created = Event.CREATED_ON if creation.powered_on else Event.CREATED_OFF
    pair.happen(created, call.vcenter.events, user=call.user)
    return result.operation_result(pair, start_secondary(call, pair) if creation.powered_on else None)


def _choose_host(call: Call, creation: Creation) -> ManagedObject:
    """Choose the secondary's host; tell of it if there is none, as alarms expect (derived)."""
    try:
        return choose_host(creation)
    except MethodFault as fault:
        if fault.data.is_a("NoHostSuitableForFtSecondary"):
            no_host_event = "VmNoCompatibleHostForSecondaryEvent"
            call.vcenter.events.post(no_host_event, creation.primary, user=call.user, template=False)
        raise


def start_secondary(call: Call, pair: Pair) -> DataObject:
    """Have the secondary of a running primary started, by whoever starts VMs in its cluster.

    Returns ClusterPowerOnVmResult: the start is under way, waits for approval, or failed; in the last case
    Fault Tolerance is disabled for the pair.
    """
    cluster = cluster_of(call.vcenter.inventory, pair.primary)
    by = power_on_by(cluster, pair.primary)
    placed = choose_running_host(_running(call, pair), pair.secondary)
    if placed.host is None:
        cause = placed.errors[0].errors[0] if placed.errors else no_host(_running(call, pair)).data
        return _give_up(call, pair, result.start_failure(pair, cause, by, placed.errors))
    if by is PowerOnBy.ADMINISTRATOR and cluster is not None:
        now = call.vcenter.clock.now()
        waiting = recommendations.recommend(cluster, pair.secondary, placed.host, now)
        return result.recommended(waiting)
    return _start(call, pair, placed.host, by)


def _running(call: Call, pair: Pair) -> Creation:
    return Creation(call.vcenter.inventory, pair.primary, call.vcenter.release.version)


def _start(call: Call, pair: Pair, host: ManagedObject, by: PowerOnBy) -> DataObject:
    """Start the secondary on a host in a task of its own; return ClusterPowerOnVmResult."""
    ruled = call.vcenter.rules.find(call.method.name, "secondary-power-on", pair.primary)
    if ruled is not None:
        on_host = DataObject("FtIssuesOnHost", host=host.ref, hostName=host.get("name"), errors=(ruled,))
        return _give_up(call, pair, result.start_failure(pair, ruled, by, (on_host,)))
    task = _start_task(call, pair, host, by)
    return result.attempted(pair.secondary, task.ref if by is PowerOnBy.VCENTER else None)


def _give_up(call: Call, pair: Pair, fault: DataObject) -> DataObject:
    """Let the pair show that its secondary could not be started; return ClusterPowerOnVmResult."""
    pair.happen(result.event_of(fault), call.vcenter.events, user=call.user, cause=fault)
    return result.not_attempted(pair.secondary, fault)


def _start_task(call: Call, pair: Pair, host: ManagedObject, by: PowerOnBy) -> RunningTask:
    """Begin the task on the primary that starts the secondary; what called for it is its parent."""
    events = call.vcenter.events

    async def body(task: RunningTask) -> None:
        move(call.vcenter.inventory, pair.secondary, host)
        if by is not PowerOnBy.VCENTER:
            events.post("DrsVmPoweredOnEvent", pair.secondary, user=call.user, template=False)
        pair.happen(Event.START, events, user=call.user)
        try:
            await task.work()
            call.vcenter.rules.check(call.method.name, "secondary-start", pair.primary)
        except MethodFault as cause:
            fault = result.start_failure(pair, cause.data, by)
            pair.happen(result.event_of(fault), events, user=call.user, cause=fault)
            raise MethodFault(fault) from cause
        pair.happen(Event.STARTED, events, user=call.user)

    parent = call.task.object if call.task is not None else None
    origin = TaskOrigin(None, _START_TASK[by], call.user, parent)
    return call.vcenter.tasks.start(pair.primary, origin, body, locks=False)


def apply_placement(call: Call, vm: ManagedObject, host: ManagedObject) -> None:
    """Start a secondary where an approved recommendation wants it.

    Raises InvalidState if it no longer waits to be started, and what keeps it from being started there.
    """
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is None or vm is not pair.secondary or pair.state is not State.NEED_SECONDARY:
        raise MethodFault("InvalidState")
    started = _start(call, pair, host, PowerOnBy.ADMINISTRATOR)
    for refused in started.notAttempted:
        raise MethodFault(refused.fault)


def recommend_starts(call: Call, cluster: ManagedObject) -> None:
    """Recommend again to start each secondary of the cluster that waits for it."""
    for host in cluster.get("host"):
        for ref in call.vcenter.inventory[host].get("vm"):
            pair = pair_of(call.vcenter.inventory, call.vcenter.inventory[ref])
            if pair is not None and pair.primary.ref == ref and pair.state is State.NEED_SECONDARY:
                start_secondary(call, pair)


def require_not_secondary(vm: ManagedObject) -> None:
    """Raise InvalidOperationOnSecondaryVm for a secondary: it follows its primary's power state (derived)."""
    if is_secondary(vm):
        raise MethodFault("InvalidOperationOnSecondaryVm", instanceUuid=vm.get("config.instanceUuid"))


def require_ha(call: Call, vm: ManagedObject) -> None:
    """Raise VmFaultToleranceOpIssuesList if a VM of a pair is to be powered on while HA is off.

    That it is refused is documented, the fault derived.
    """
    cluster = cluster_of(call.vcenter.inventory, vm)
    if vm.get("config.ftInfo") is not None and not ha_enabled(cluster):
        no_ha = config_issue("haNotEnabled", vm)
        raise MethodFault("VmFaultToleranceOpIssuesList", errors=(no_ha,))


def on_power_on(call: Call, vm: ManagedObject) -> None:
    """Start the secondary of a primary that was just powered on; nothing happens for any other VM."""
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is None or vm is not pair.primary:
        return
    pair.happen(Event.PRIMARY_ON, call.vcenter.events, user=call.user)
    if pair.state is State.NEED_SECONDARY:
        start_secondary(call, pair)


def on_power_off(call: Call, vm: ManagedObject) -> None:
    """Power the secondary off with its primary (documented); nothing happens for any other VM."""
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is None or vm is not pair.primary:
        return
    cluster = cluster_of(call.vcenter.inventory, vm)
    if cluster is not None:
        recommendations.withdraw(cluster, pair.secondary)
    pair.happen(Event.PRIMARY_OFF, call.vcenter.events, user=call.user)

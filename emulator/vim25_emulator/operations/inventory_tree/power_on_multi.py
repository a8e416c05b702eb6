"""Datacenter: PowerOnMultiVM_Task.

The result lists the VMs whose power-on was attempted, with their tasks, the recommendations to approve, and
the VMs that were not attempted, with faults. A secondary starts with its primary and is not attempted if its
primary is not [documented].
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vim25_emulator.behavior.power_transition import require_startable, start_power_on_task
from vim25_emulator.fault_tolerance.pair import is_secondary, pair_of
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import PowerOnBy, cluster_of, drs_enabled, power_on_by
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.model.recommendation import recommend
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

_LEVEL: Final = "OverrideAutomationLevel"  #: key of an option, ClusterPowerOnVmOption


@operation("Datacenter", "PowerOnMultiVM_Task", locks=False)
async def power_on_multi(
    call: Call,
    datacenter: ManagedObject,
    vm: tuple[ManagedObject, ...],
    option: tuple[DataObject, ...] = (),
) -> DataObject:
    """Power VMs on in one task per VM; return ClusterPowerOnVmResult.

    The option OverrideAutomationLevel replaces the DRS automation level; ReserveResources is ignored.
    """
    await call.work()
    result = _Result(next((str(each.value) for each in option if each.key == _LEVEL), None))
    machines = dict.fromkeys(vm)  # a VM counts once
    for primary in (machine for machine in machines if not is_secondary(machine)):
        _attempt(call, primary, result)
    for secondary in (machine for machine in machines if is_secondary(machine)):
        _add_secondary(call, secondary, result)
    return result.data_object()


class _Result:
    """Outcomes by VM, in the order of the attempts."""

    def __init__(self, level: str | None) -> None:
        self.level = level  #: the DRS automation level that the request demands
        self.attempted: dict[MoRef, MoRef | None] = {}
        self.failed: dict[MoRef, DataObject] = {}
        self.recommended: list[DataObject] = []

    def data_object(self) -> DataObject:
        """Return ClusterPowerOnVmResult."""
        return DataObject(
            "ClusterPowerOnVmResult",
            attempted=tuple(
                DataObject("ClusterAttemptedVmInfo", vm=vm, task=t) for vm, t in self.attempted.items()
            ),
            notAttempted=tuple(
                DataObject("ClusterNotAttemptedVmInfo", vm=vm, fault=f) for vm, f in self.failed.items()
            ),
            recommendations=tuple(self.recommended),
        )


def _attempt(call: Call, vm: ManagedObject, result: _Result) -> None:
    """Power on a VM that is not a secondary, by vCenter or DRS, or recommend to; add the outcome."""
    try:
        host = require_startable(call, vm)
    except MethodFault as fault:
        result.failed[vm.ref] = fault.data
        for secondary, unattempted in _secondaries(call, vm):
            result.failed[secondary.ref] = unattempted
        return
    cluster = cluster_of(call.vcenter.inventory, vm)
    by = power_on_by(cluster, vm, result.level)
    if by is PowerOnBy.ADMINISTRATOR and cluster is not None:
        result.recommended.append(recommend(cluster, vm, host, call.vcenter.clock.now()))
        return
    task = start_power_on_task(call, vm, drs=by is PowerOnBy.DRS)
    result.attempted[vm.ref] = None if drs_enabled(cluster) else task.ref


def _add_secondary(call: Call, secondary: ManagedObject, result: _Result) -> None:
    """Add the outcome of a secondary in the request, which follows from that of its primary."""
    pair = pair_of(call.vcenter.inventory, secondary)
    if pair is not None and pair.primary.ref in result.attempted:
        result.attempted[secondary.ref] = result.attempted[pair.primary.ref]
    elif pair is not None:
        result.failed[secondary.ref] = _unattempted(pair.primary, secondary)


def _secondaries(call: Call, primary: ManagedObject) -> Iterator[tuple[ManagedObject, DataObject]]:
    pair = pair_of(call.vcenter.inventory, primary)
    if pair is not None and not is_powered_on(pair.secondary):
        yield pair.secondary, _unattempted(pair.primary, pair.secondary)


def _unattempted(primary: ManagedObject, secondary: ManagedObject) -> DataObject:
    return DataObject(
        "FaultTolerancePrimaryPowerOnNotAttempted", secondaryVm=secondary.ref, primaryVm=primary.ref
    )

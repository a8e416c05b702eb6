"""Datacenter: powering several VMs on with one call, and powering on those that DRS recommended to.

The result says of each VM whether it is about to start, waits for approval, or why it was not tried. A
secondary starts with its primary and is not tried if its primary is not (documented).
"""

from __future__ import annotations

from collections.abc import Iterator

from vim25_emulator.behavior.power_transition import require_startable, start_power_on_task
from vim25_emulator.fault_tolerance.pair import is_secondary, pair_of
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import PowerOnBy, cluster_of, power_on_by
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.model.recommendation import recommend
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef


@operation("Datacenter", "PowerOnMultiVM_Task", locks=False)
async def power_on_multi(
    call: Call,
    datacenter: ManagedObject,
    vm: tuple[ManagedObject, ...],
    option: tuple[DataObject, ...] = (),
) -> DataObject:
    """Power VMs on, each in a task of its own; return ClusterPowerOnVmResult. The options change nothing."""
    await call.work()
    result = _Result()
    for primary in dict.fromkeys(each for each in vm if not is_secondary(each)):
        _try(call, primary, result)
    for secondary in dict.fromkeys(each for each in vm if is_secondary(each)):
        _follow(call, secondary, result)
    return result.told()


class _Result:
    """What becomes of each VM, in the order in which that is decided."""

    def __init__(self) -> None:
        self.attempted: dict[MoRef, MoRef | None] = {}
        self.failed: dict[MoRef, DataObject] = {}
        self.recommended: list[DataObject] = []

    def told(self) -> DataObject:
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


def _try(call: Call, vm: ManagedObject, result: _Result) -> None:
    """Have a VM that is no secondary powered on, by whoever does that in its cluster."""
    try:
        require_startable(call, vm)
    except MethodFault as fault:
        result.failed[vm.ref] = fault.data
        for secondary, unattempted in _secondaries(call, vm):
            result.failed[secondary.ref] = unattempted
        return
    cluster = cluster_of(call.vcenter.inventory, vm)
    by = power_on_by(cluster, vm)
    if by is PowerOnBy.ADMINISTRATOR and cluster is not None:
        host = call.vcenter.inventory[vm.get("runtime.host")]
        result.recommended.append(recommend(cluster, vm, host, call.vcenter.clock.now()))
        return
    task = start_power_on_task(call, vm, drs=by is PowerOnBy.DRS)
    result.attempted[vm.ref] = task.ref if by is PowerOnBy.VCENTER else None


def _follow(call: Call, secondary: ManagedObject, result: _Result) -> None:
    """Say of a secondary that was asked for what its primary's fate means for it."""
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

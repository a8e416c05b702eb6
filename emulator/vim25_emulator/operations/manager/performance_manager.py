"""PerformanceManager without statistics.

There are no counters, and every entity reports that it provides none. Current usage is in `quickStats`, which
the scenario sets.
"""

from __future__ import annotations

from datetime import datetime

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


@operation("PerformanceManager", "QueryPerfProviderSummary")
def provider_summary(call: Call, manager: ManagedObject, entity: ManagedObject) -> DataObject:
    """Return PerfProviderSummary: neither current nor summarized statistics."""
    return DataObject(
        "PerfProviderSummary", entity=entity.ref, currentSupported=False, summarySupported=False
    )


@operation("PerformanceManager", "QueryAvailablePerfMetric")
def available_metric(
    call: Call,
    manager: ManagedObject,
    entity: ManagedObject,
    beginTime: datetime | None = None,
    endTime: datetime | None = None,
    intervalId: int | None = None,
) -> tuple[DataObject, ...]:
    """Return no PerfMetricId."""
    return ()


@operation("PerformanceManager", "QueryPerfCounter")
def counter(call: Call, manager: ManagedObject, counterId: tuple[int, ...]) -> tuple[DataObject, ...]:
    """Return PerfCounterInfos; raise InvalidArgument for an unknown id."""
    counters = {counter.key: counter for counter in manager.get("perfCounter")}
    if not counters.keys() >= set(counterId):
        raise MethodFault("InvalidArgument", invalidProperty="counterId")
    return tuple(counters[key] for key in counterId)


@operation("PerformanceManager", "QueryPerfCounterByLevel")
def counter_by_level(call: Call, manager: ManagedObject, level: int) -> tuple[DataObject, ...]:
    """Return the PerfCounterInfos collected at a level; raise InvalidArgument unless it is 1 to 4."""
    if not 1 <= level <= 4:
        raise MethodFault("InvalidArgument", invalidProperty="level")
    return tuple(counter for counter in manager.get("perfCounter") if (counter.level or 1) <= level)


@operation("PerformanceManager", "QueryPerf")
def query(call: Call, manager: ManagedObject, querySpec: tuple[DataObject, ...]) -> tuple[DataObject, ...]:
    """Return no samples; raise ManagedObjectNotFound for an entity that does not exist."""
    for spec in querySpec:
        if call.vcenter.inventory.find(spec.entity) is None:
            raise MethodFault("ManagedObjectNotFound", obj=spec.entity)
    return ()

"""PerformanceManager: the counters, and which objects have statistics of them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.performance_counter import Counter, counters, provider_letter
from vim25_emulator.model.performance_sample import REAL_TIME, intervals, is_real_time, metrics, sample_times
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.label import element
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

_NO_RATE: Final = -1  #: refreshRate of what has no samples of 20 seconds [observed: client code]
_MOST_LEVEL: Final = 4
#: Unit → its label.
_UNITS: Final = {
    "percent": "%",
    "megaHertz": "MHz",
    "kiloBytes": "KB",
    "megaBytes": "MB",
    "kiloBytesPerSecond": "KBps",
    "microsecond": "µs",
    "millisecond": "ms",
    "second": "s",
    "watt": "W",
    "joule": "J",
    "number": "num",
}


@computed_property("PerformanceManager", "perfCounter")
def perf_counter(call: Call, manager: ManagedObject) -> tuple[DataObject, ...]:
    """Return the PerfCounterInfos of all counters."""
    return tuple(_infos().values())


@cache
def _infos() -> dict[int, DataObject]:
    return {key: _info(counter) for key, counter in counters().items()}


def _info(counter: Counter) -> DataObject:
    return DataObject(
        "PerfCounterInfo",
        key=counter.key,
        nameInfo=element(counter.name),
        groupInfo=element(counter.group),
        unitInfo=element(counter.unit).replace(label=_UNITS.get(counter.unit, counter.unit)),
        rollupType=counter.rollup,
        statsType=counter.stats,
        level=counter.level,
        perDeviceLevel=counter.device_level,
    )


@operation("PerformanceManager", "QueryPerfCounter")
def counter(call: Call, manager: ManagedObject, counterId: tuple[int, ...]) -> tuple[DataObject, ...]:
    """Return PerfCounterInfos; raise InvalidArgument for an unknown id."""
    if not _infos().keys() >= set(counterId):
        raise MethodFault("InvalidArgument", invalidProperty="counterId")
    return tuple(_infos()[key] for key in counterId)


@operation("PerformanceManager", "QueryPerfCounterByLevel")
def counter_by_level(call: Call, manager: ManagedObject, level: int) -> tuple[DataObject, ...]:
    """Return the PerfCounterInfos collected at a level; raise InvalidArgument unless it is 1 to 4."""
    if not 1 <= level <= _MOST_LEVEL:
        raise MethodFault("InvalidArgument", invalidProperty="level")
    return tuple(info for info in _infos().values() if info.level <= level)


@operation("PerformanceManager", "QueryPerfProviderSummary")
def provider_summary(call: Call, manager: ManagedObject, entity: ManagedObject) -> DataObject:
    """Return PerfProviderSummary: hosts and VMs have current statistics; what has counters has summaries."""
    call.vcenter.authorization.require(call.user, entity, "System.Read")
    current = is_real_time(entity)
    return DataObject(
        "PerfProviderSummary",
        entity=entity.ref,
        currentSupported=current,
        summarySupported=provider_letter(entity) is not None,
        refreshRate=REAL_TIME if current else _NO_RATE,
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
    """Return the PerfMetricIds that there are samples of, at one interval or at any."""
    call.vcenter.authorization.require(call.user, entity, "System.Read")
    inventory, now = call.vcenter.inventory, call.vcenter.clock.now().timestamp()
    asked = [each for each in intervals(manager, entity).values() if intervalId in (None, 0, each.seconds)]
    sampled = [each for each in asked if sample_times(inventory, entity, each, now, beginTime, endTime)]
    level = max((each.level for each in sampled), default=0)
    return tuple(metric.id for metric in metrics(inventory, entity, level))

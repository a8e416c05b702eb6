"""PerformanceManager: series of samples.

The values are made up: `model.performance_series` says how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.performance_counter import counters
from vim25_emulator.model.performance_load import load_of
from vim25_emulator.model.performance_sample import (
    REAL_TIME,
    Interval,
    Metric,
    interval_of,
    metrics,
    sample_times,
)
from vim25_emulator.model.performance_series import Moment, moments_of, series
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

_ALL_INSTANCES: Final = "*"
_READ: Final = "System.Read"


@operation("PerformanceManager", "QueryPerf")
def query(call: Call, manager: ManagedObject, querySpec: tuple[DataObject, ...]) -> tuple[DataObject, ...]:
    """Return the made-up series of each spec, without those that have no samples.

    Raise ManagedObjectNotFound, NoPermission, or InvalidArgument for a spec that cannot be answered.
    """
    answers = [_answer(call, manager, _entity(call, spec), spec) for spec in querySpec]
    return tuple(answer for answer in answers if answer is not None)


def _entity(call: Call, spec: DataObject) -> ManagedObject:
    entity = call.vcenter.inventory.require(spec.entity)
    call.vcenter.authorization.require(call.user, entity, _READ)
    return entity


def _answer(call: Call, manager: ManagedObject, entity: ManagedObject, spec: DataObject) -> DataObject | None:
    """Return the PerfEntityMetricBase of an object, None without samples."""
    _require_answerable(spec)
    inventory, now = call.vcenter.inventory, call.vcenter.clock.now().timestamp()
    interval = interval_of(manager, entity, spec.intervalId)
    times = sample_times(inventory, entity, interval, now, spec.startTime, spec.endTime)
    if spec.maxSample and interval.seconds == REAL_TIME:  # ignored for historical intervals [documented]
        times = times[-spec.maxSample :]
    wanted = _selection(spec.metricId)
    chosen = [metric for metric in metrics(inventory, entity, interval.level) if wanted(metric)]
    if not times or not chosen:
        return None
    values = _series(inventory, entity, chosen, times, interval)
    answer: DataObject = _FORMATS[spec.format or "normal"](entity, times, interval, values)
    return answer


def _require_answerable(spec: DataObject) -> None:
    """Raise InvalidArgument for a format, counter, time range or number of samples that cannot be."""
    begin, end = spec.startTime, spec.endTime
    invalid = {
        "format": (spec.format or "normal") not in _FORMATS,
        "metricId": any(each.counterId not in counters() for each in spec.metricId),
        "startTime": begin is not None and end is not None and begin > end,
        "maxSample": (spec.maxSample or 0) < 0,
    }
    for name, wrong in invalid.items():
        if wrong:
            raise MethodFault("InvalidArgument", invalidProperty=f"querySpec.{name}")


def _selection(asked: tuple[DataObject, ...]) -> Callable[[Metric], bool]:
    """Return whether a metric is asked for; all are if none is named. `*` is the total and every device."""
    ids = {(each.counterId, each.instance) for each in asked}
    if not ids:
        return lambda metric: True
    return lambda metric: (metric.key, metric.instance) in ids or (metric.key, _ALL_INSTANCES) in ids


_Values = Mapping[Metric, tuple[int, ...]]


def _series(
    inventory: Inventory, entity: ManagedObject, chosen: list[Metric], times: range, interval: Interval
) -> _Values:
    """Return the series of each metric; those of one group share its load, so devices add up to the total."""
    load, seconds = load_of(inventory, entity), interval.seconds
    moments: dict[str, tuple[Moment, ...]] = {}
    values = {}
    for metric in chosen:
        counter = counters()[metric.key]
        if counter.group not in moments:
            moments[counter.group] = moments_of(load, times, f"{entity.ref.value}:{counter.group}")
        values[metric] = series(counter, moments[counter.group], seconds, metric.devices)
    return values


def _normal(entity: ManagedObject, times: range, interval: Interval, values: _Values) -> DataObject:
    return DataObject(
        "PerfEntityMetric",
        entity=entity.ref,
        sampleInfo=tuple(
            DataObject("PerfSampleInfo", timestamp=_time(moment), interval=interval.seconds)
            for moment in times
        ),
        value=tuple(
            DataObject("PerfMetricIntSeries", id=metric.id, value=numbers)
            for metric, numbers in values.items()
        ),
    )


def _csv(entity: ManagedObject, times: range, interval: Interval, values: _Values) -> DataObject:
    return DataObject(
        "PerfEntityMetricCSV",
        entity=entity.ref,
        sampleInfoCSV=",".join(f"{interval.seconds},{_time(moment):%Y-%m-%dT%H:%M:%SZ}" for moment in times),
        value=tuple(
            DataObject("PerfMetricSeriesCSV", id=metric.id, value=",".join(map(str, numbers)))
            for metric, numbers in values.items()
        ),
    )


_FORMATS: Final[dict[str, Any]] = {"normal": _normal, "csv": _csv}


def _time(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, timezone.utc)


#: Managed object type → property with the objects whose series a composite query adds.
_CHILDREN: Final = {"HostSystem": "vm", "ResourcePool": "vm", "ClusterComputeResource": "host"}


@operation("PerformanceManager", "QueryPerfComposite")
def query_composite(call: Call, manager: ManagedObject, querySpec: DataObject) -> DataObject:
    """Return the made-up series of an object, and of its machines or hosts, as PerfCompositeMetric.

    Raises like `query`, and InvalidArgument with `maxSample`, which is for `QueryPerf` only [documented].
    """
    if querySpec.maxSample:
        raise MethodFault("InvalidArgument", invalidProperty="querySpec.maxSample")
    entity = _entity(call, querySpec)
    path = entity.type.nearest(_CHILDREN, "")
    below = call.vcenter.inventory.find_all(entity.get(path)) if path else ()
    children = [child for child in below if call.rights.grant(child, _READ)]
    answers = (_answer(call, manager, child, querySpec) for child in children)
    return DataObject(
        "PerfCompositeMetric",
        entity=_answer(call, manager, entity, querySpec),
        childEntity=tuple(answer for answer in answers if answer is not None),
    )

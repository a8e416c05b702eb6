"""What an object has samples of: its metrics, and the times of samples at each interval.

Hosts and virtual machines have samples of 20 seconds for an hour. All have those of vCenter's historical
intervals, each for as long and of the counters up to the level that the interval says [documented].
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.performance_counter import counters_of, provider_letter
from vim25_emulator.model.performance_device import instances
from vim25_emulator.model.performance_load import load_of, provides
from vim25_emulator.vmodl.value import DataObject, MethodFault

REAL_TIME: Final = 20  #: seconds between the samples of hosts and virtual machines [documented]
_REAL_TIME_LENGTH: Final = 3600
_REAL_TIME_PROVIDERS: Final = frozenset("VH")
_ALL_LEVELS: Final = 4


def is_real_time(entity: ManagedObject) -> bool:
    """Return whether an object has samples of 20 seconds."""
    return provider_letter(entity) in _REAL_TIME_PROVIDERS


class Interval(NamedTuple):
    """The samples of one interval: their distance, for how long they are stored, and to which level."""

    seconds: int
    length: int = _REAL_TIME_LENGTH
    level: int = _ALL_LEVELS


def intervals(manager: ManagedObject, entity: ManagedObject) -> dict[int, Interval]:
    """Return the intervals that there are samples of, by their ids."""
    current = [Interval(REAL_TIME)] if is_real_time(entity) else []
    stored = manager.get("historicalInterval") if provider_letter(entity) is not None else ()
    past = (Interval(each.samplingPeriod, each.length, each.level) for each in stored if each.enabled)
    return {interval.seconds: interval for interval in (*current, *past)}


def interval_of(manager: ManagedObject, entity: ManagedObject, interval_id: int | None) -> Interval:
    """Return an interval, the shortest historical one by default [observed: report of a 6.7].

    Raise InvalidArgument for one that the object has no samples of.
    """
    found = intervals(manager, entity).get(interval_id or _default_id(manager))
    if found is None:
        raise MethodFault("InvalidArgument", invalidProperty="querySpec.interval")
    return found


def _default_id(manager: ManagedObject) -> int:
    """Return the id of the shortest historical interval; 0 if there is none, as in a saved inventory."""
    return min((int(each.samplingPeriod) for each in manager.get("historicalInterval")), default=0)


def sample_times(
    inventory: Inventory,
    entity: ManagedObject,
    interval: Interval,
    now: float,
    begin: datetime | None,
    end: datetime | None,
) -> range:
    """Return the times of samples after `begin` up to `end`, in seconds since the epoch like `now`."""
    if not provides(entity):
        return range(0)
    started = load_of(inventory, entity).started
    starts = [now - interval.length] + [each.timestamp() for each in (begin, started) if each is not None]
    last = min(now, end.timestamp()) if end is not None else now
    step = interval.seconds
    return range((int(max(starts)) // step + 1) * step, int(last) + 1, step)


class Metric(NamedTuple):
    """A counter of an object or one of its devices; `devices` is the number of such devices."""

    key: int
    instance: str
    devices: int = 1

    @property
    def id(self) -> DataObject:
        """The PerfMetricId."""
        return DataObject("PerfMetricId", counterId=self.key, instance=self.instance)


def metrics(inventory: Inventory, entity: ManagedObject, level: int) -> Iterator[Metric]:
    """Yield everything that an object provides up to a level: totals, and devices."""
    letter = provider_letter(entity) or ""
    for each in counters_of(entity):
        if letter in each.totals and each.level <= level:
            yield Metric(each.key, "")
        if letter in each.devices and each.device_level <= level:
            names = instances(inventory, entity, letter, each.group)
            yield from (Metric(each.key, name, len(names)) for name in names)

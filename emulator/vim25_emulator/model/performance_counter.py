"""Performance counters: what each measures, of which objects, and at which statistics level.

Keys, names, units, rollup types and levels are those of a vCenter 6.5 [observed: govmomi's recording of
PerformanceManager.perfCounter]; clients look the keys up by name. The table is read when it is first used.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject

#: Managed object type → its letter in the table.
_PROVIDERS: Final = {
    "VirtualMachine": "V",
    "HostSystem": "H",
    "ClusterComputeResource": "C",
    "ResourcePool": "R",
    "Datastore": "D",
    "Datacenter": "L",
}


class Counter(NamedTuple):
    """A row of the table. `totals` and `devices` list who provides it, in total and per device."""

    key: int
    group: str
    name: str
    rollup: str
    stats: str
    unit: str
    level: int
    device_level: int
    totals: str
    devices: str

    @property
    def measure(self) -> str:
        """What is measured, however it is rolled up: `cpu.usage`."""
        return f"{self.group}.{self.name}"


@cache
def counters() -> Mapping[int, Counter]:
    """Return all counters by key."""
    import csv  # most servers are never asked for a counter
    from importlib.resources import files

    text = files("vim25_emulator.model").joinpath("performance_counters.csv").read_text("ascii")
    rows = (_counter(row) for row in csv.DictReader(text.splitlines()))
    return {counter.key: counter for counter in rows}


def _counter(row: dict[str, str]) -> Counter:
    numbers = {name: int(row[name]) for name in ("key", "level", "device_level")}
    return Counter(**{**row, **numbers})  # type: ignore[arg-type]  # the header names the fields


def provider_letter(entity: ManagedObject) -> str | None:
    """Return the letter of an object that provides statistics, None for any other."""
    return entity.type.nearest(_PROVIDERS, None)


def counters_of(entity: ManagedObject) -> tuple[Counter, ...]:
    """Return the counters that an object provides, in total or per device."""
    letter = provider_letter(entity)
    return _counters_by(letter) if letter is not None else ()


@cache
def _counters_by(letter: str) -> tuple[Counter, ...]:
    return tuple(each for each in counters().values() if letter in each.totals + each.devices)

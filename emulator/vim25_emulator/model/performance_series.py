"""Series of performance counters, made up: plausible, and the same for the same object at the same time.

A sample is computed from the object's present load, moved up and down by a daily wave and by chance. The
chance is a hash of object, device and time, so a series can be read again and continued, and needs no memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple
from zlib import crc32

from vim25_emulator.model.performance_counter import Counter
from vim25_emulator.model.performance_load import Load

_DAY: Final = 86_400
_PERCENT: Final = 10_000  #: percentages count hundredths [documented]
_MS: Final = 1000
_READY: Final = 0.002  #: share of the time that a processor is waited for

Value = Callable[[Load, float], float]


def _share(part: float, whole: float) -> float:
    return min(part / whole, 1.0) if whole else 0.0


def _time(load: Load, seconds: float) -> float:
    """Return the milliseconds that all processors have in an interval."""
    return load.cpus * seconds * _MS


def _busy(load: Load, seconds: float) -> float:
    return _time(load, seconds) * _share(load.mhz, load.total_mhz)


def _cpu_percent(load: Load, seconds: float) -> float:
    return _PERCENT * _share(load.mhz, load.total_mhz)


def _mhz(load: Load, seconds: float) -> float:
    return load.mhz


def _total_mhz(load: Load, seconds: float) -> float:
    return load.total_mhz


def _idle(load: Load, seconds: float) -> float:
    return _time(load, seconds) - _busy(load, seconds)


#: Measure → its value; the others follow from their unit.
_VALUES: Final[dict[str, Value]] = {
    **dict.fromkeys(("cpu.usage", "cpu.utilization", "cpu.coreUtilization"), _cpu_percent),
    **dict.fromkeys(("cpu.usagemhz", "cpu.demand", "cpu.capacity.usage", "cpu.capacity.demand"), _mhz),
    **dict.fromkeys(("cpu.totalmhz", "cpu.totalCapacity", "cpu.capacity.provisioned"), _total_mhz),
    **dict.fromkeys(("cpu.entitlement", "cpu.cpuentitlement", "clusterServices.effectivecpu"), _total_mhz),
    **dict.fromkeys(("cpu.used", "cpu.run"), _busy),
    **dict.fromkeys(("cpu.idle", "cpu.wait"), _idle),
    "cpu.ready": lambda load, seconds: _time(load, seconds) * _READY * load.activity,
    "cpu.readiness": lambda load, _: _PERCENT * _READY * load.activity,
    "cpu.latency": lambda load, _: _PERCENT * _READY * load.activity,
    "cpu.corecount.provisioned": lambda load, _: load.cpus,
    "mem.usage": lambda load, _: _PERCENT * _share(load.active, load.memory),
    "mem.active": lambda load, _: load.active,
    "mem.activewrite": lambda load, _: load.active / 2,
    **dict.fromkeys(("mem.consumed", "mem.capacity.usage"), lambda load, _: load.consumed),
    "mem.granted": lambda load, _: load.granted,
    **dict.fromkeys(("mem.overhead", "mem.overheadTouched"), lambda load, _: load.overhead),
    "mem.overheadMax": lambda load, _: load.overhead * 2,
    "mem.unreserved": lambda load, _: load.memory - load.consumed,
    **dict.fromkeys(
        ("mem.entitlement", "mem.capacity.provisioned", "mem.capacity.usable", "mem.capacity.entitlement"),
        lambda load, _: load.memory,
    ),
    **dict.fromkeys(
        ("mem.totalCapacity", "mem.totalmb", "mem.mementitlement", "clusterServices.effectivemem"),
        lambda load, _: load.memory / 1024,
    ),
    "power.power": lambda load, _: load.watts,
    "power.energy": lambda load, seconds: load.watts * seconds,
    **dict.fromkeys(("disk.capacity", "disk.capacity.provisioned"), lambda load, _: load.capacity),
    **dict.fromkeys(("disk.used", "disk.unshared", "disk.capacity.usage"), lambda load, _: load.used),
    "disk.provisioned": lambda load, _: load.provisioned,
    "rescpu.samplePeriod": lambda load, _: 6000,
    "rescpu.sampleCount": lambda load, _: 10,
}
#: Unit → the value of a measure that is not in the table above.
_BY_UNIT: Final[dict[str, Value]] = {
    "kiloBytesPerSecond": lambda load, _: 150 * load.activity,
    "number": lambda load, _: 8 * load.activity,
    "millisecond": lambda load, _: 2 * load.activity,
    "microsecond": lambda load, _: 900 * load.activity,
    "percent": lambda load, _: 50 * load.activity,
}
#: Words in the names of what does not happen on a healthy site: errors, swapping, compression, operations.
_RARE: Final = (
    "abort",
    "balloon",
    "broadcast",
    "compress",
    "contention",
    "dropped",
    "errors",
    "multicast",
    "reset",
    "reservation",
    "swap",
    "unknown",
    "vmmem",
    "vmop.",
    "zip",
)


def _nothing(load: Load, seconds: float) -> float:
    return 0.0


def _value_of(counter: Counter) -> Value:
    measure = counter.measure
    if measure in _VALUES:
        return _VALUES[measure]
    rare = any(word in measure.lower() for word in _RARE)
    return _nothing if rare else _BY_UNIT.get(counter.unit, _nothing)


#: Units of which a device has a part of the object's value.
_DIVIDED: Final = frozenset({"kiloBytes", "kiloBytesPerSecond", "megaHertz", "number"})


class Moment(NamedTuple):
    """A time in seconds since the epoch, and the load of an object or a device then."""

    time: int
    load: Load


def moments_of(load: Load, times: Sequence[int], seed: str) -> tuple[Moment, ...]:
    """Return the load at several times; `seed` names whose it is."""
    phase = crc32(seed.encode()) / 2**32
    return tuple(Moment(time, load.times(_wave(seed, phase, time))) for time in times)


def _wave(seed: str, phase: float, time: int) -> float:
    """Return a factor around 1: a daily wave, and a part that only the hash knows."""
    jitter = crc32(f"{seed}:{time}".encode()) / 2**32
    return 1.0 + 0.25 * math.sin(2 * math.pi * (time / _DAY + phase)) + 0.3 * (jitter - 0.5)


def series(counter: Counter, moments: Sequence[Moment], interval: int, parts: int) -> tuple[int, ...]:
    """Return the values of a counter, of one of several devices that share what is divided among them."""
    if counter.measure in ("sys.uptime", "sys.osUptime"):
        return tuple(_uptime(moment) for moment in moments)
    value = _value_of(counter)
    divided = counter.unit in _DIVIDED or counter.stats == "delta"
    parts = parts if divided else 1
    return tuple(int(value(moment.load, interval) / parts) for moment in moments)


def _uptime(moment: Moment) -> int:
    started = moment.load.started
    return max(0, int(moment.time - started.timestamp())) if started is not None else 0

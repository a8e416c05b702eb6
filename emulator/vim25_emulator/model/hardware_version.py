"""Virtual hardware versions: which a release has, and how much each allows [documented]."""

from __future__ import annotations

from typing import Final, NamedTuple

from vim25_emulator.vmodl.version import Version, version

#: API version → newest hardware version of its hosts; older versions remain usable.
_NEWEST: Final = (
    ("4.0", 7),
    ("5.0", 8),
    ("5.1", 9),
    ("5.5", 10),
    ("6.0", 11),
    ("6.5", 13),
    ("6.7", 14),
    ("6.7.2", 15),
    ("7.0.0.0", 17),
    ("7.0.1.0", 18),
    ("7.0.2.0", 19),
    ("8.0.0.0", 20),
    ("8.0.2.0", 21),
    ("9.0.0.0", 22),
)
_UNUSED: Final = frozenset({5, 6, 12, 16})  #: numbers that were never a hardware version
_OLDEST: Final = 4


class HardwareLimits(NamedTuple):
    """The limits of a hardware version: virtual processors, memory in gibibytes, network adapters."""

    processors: int
    memory_gb: int
    nics: int = 10


#: First hardware version → its limits and those of the versions after it.
_LIMITS: Final = {
    4: HardwareLimits(4, 64, 4),
    7: HardwareLimits(8, 255),
    8: HardwareLimits(32, 1011),
    9: HardwareLimits(64, 1011),
    11: HardwareLimits(128, 4080),
    13: HardwareLimits(128, 6128),
    15: HardwareLimits(256, 6128),
    18: HardwareLimits(768, 24_560),
}


def hardware_versions(release: Version) -> tuple[int, ...]:
    """Return the hardware versions of a release, oldest first."""
    newest = [number for since, number in _NEWEST if version(since) <= release][-1]
    return tuple(number for number in range(_OLDEST, newest + 1) if number not in _UNUSED)


def limits_of(hardware: int) -> HardwareLimits:
    """Return the limits of a hardware version."""
    return _LIMITS[max(since for since in _LIMITS if since <= hardware)]


def hardware_key(hardware: int) -> str:
    """Return the key of a hardware version: `vmx-08`."""
    return f"vmx-{hardware:02d}"

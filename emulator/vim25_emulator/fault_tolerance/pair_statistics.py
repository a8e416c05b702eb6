"""What the primary's quickStats show of a pair: traffic between the two VMs, and how far behind one is.

The thresholds of the latency status are documented, as is what shows while nothing is measured (seen). The
numbers themselves are derived: what a lightly loaded guest would cause, and what a link that is too slow
would make of it. They follow from the inventory, so that runs can be compared.
"""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.fault_tolerance.host_condition import ENOUGH_MBPS, logging_speed
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory

_UNKNOWN: Final = -1

#: Most milliseconds that the secondary is behind → the status; anything more is red.
_STATUS: Final = ((2000, "green"), (6000, "yellow"))

_KBPS_PER_VCPU: Final = 2048
_LATENCY: Final = 20  #: milliseconds over a link that is fast enough
_SLOWEST_LATENCY: Final = 6600  #: over one that has almost no bandwidth


def latency_status(milliseconds: int) -> str:
    """Return the ManagedEntityStatus of a secondary that is so far behind; gray where that is unknown."""
    if milliseconds < 0:
        return "gray"
    return next((status for most, status in _STATUS if milliseconds <= most), "red")


def statistics(
    inventory: Inventory, primary: ManagedObject, secondary: ManagedObject, *, runs: bool
) -> dict[str, Any]:
    """Return what quickStats of a primary show while the pair is protected (`runs`), or is not."""
    latency = _latency(inventory, primary, secondary) if runs else _UNKNOWN
    return {
        "ftLogBandwidth": _KBPS_PER_VCPU * primary.get("config.hardware.numCPU") if runs else _UNKNOWN,
        "ftSecondaryLatency": latency,
        "ftLatencyStatus": latency_status(latency),
    }


def _latency(inventory: Inventory, *pair: ManagedObject) -> int:
    """Return how many milliseconds the secondary is behind; the slower of the two hosts' links counts."""
    hosts = inventory.find_all(vm.get("runtime.host") for vm in pair)
    speed = min((logging_speed(host) for host in hosts), default=0)
    lacking = max(0.0, 1 - speed / ENOUGH_MBPS)
    return int(_LATENCY + lacking * (_SLOWEST_LATENCY - _LATENCY))

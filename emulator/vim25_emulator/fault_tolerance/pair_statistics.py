"""Fault Tolerance statistics of the primary's quickStats: logging bandwidth and latency of the secondary.

The thresholds of the latency status are [documented], the values while nothing is measured [observed: two
captures of VMs without Fault Tolerance]. The measured values are those of a lightly loaded guest, increased
by a link that is too slow [derived]. They follow from the inventory, so that runs can be compared.
"""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.fault_tolerance.host_condition import ENOUGH_MBPS, logging_speed
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory

_UNKNOWN: Final = -1

#: Maximum latency in milliseconds → status; anything above is red.
_STATUS: Final = ((2000, "green"), (6000, "yellow"))

_KBPS_PER_VCPU: Final = 2048
_LATENCY: Final = 20  #: in milliseconds, over a link that is fast enough
_SLOWEST_LATENCY: Final = 6600  #: over a link with almost no bandwidth


def latency_status(milliseconds: int) -> str:
    """Return the ManagedEntityStatus of a latency; gray if it is unknown."""
    if milliseconds < 0:
        return "gray"
    return next((status for most, status in _STATUS if milliseconds <= most), "red")


def statistics(
    inventory: Inventory, primary: ManagedObject, secondary: ManagedObject, *, runs: bool
) -> dict[str, Any]:
    """Return the Fault Tolerance statistics of a primary; measured values only if the secondary `runs`."""
    latency = _latency(inventory, primary, secondary) if runs else _UNKNOWN
    return {
        "ftLogBandwidth": _KBPS_PER_VCPU * primary.get("config.hardware.numCPU") if runs else _UNKNOWN,
        "ftSecondaryLatency": latency,
        "ftLatencyStatus": latency_status(latency),
    }


def _latency(inventory: Inventory, *pair: ManagedObject) -> int:
    """Return the latency of the secondary in milliseconds; the slower of the two hosts' links counts."""
    hosts = inventory.find_all(vm.get("runtime.host") for vm in pair)
    speed = min((logging_speed(host) for host in hosts), default=0)
    shortfall = max(0.0, 1 - speed / ENOUGH_MBPS)
    return int(_LATENCY + shortfall * (_SLOWEST_LATENCY - _LATENCY))

"""What a virtual machine shows of itself when its power state changes: guest, files, statistics, refusals."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.disabled_method import TURN_ON, switched, virtual_machine_disabled_methods
from vim25_emulator.model.entity import MIB
from vim25_emulator.model.power_state import ON, SUSPENDED
from vim25_emulator.model.virtual_machine import OVERHEAD, quick_stats
from vim25_emulator.model.virtual_machine_files import file_info, swap_path
from vim25_emulator.model.virtual_machine_guest import guest_info, guest_summary

#: Statistics that are the affair of Fault Tolerance, not of power.
_OF_FAULT_TOLERANCE: Final = ("ftLogBandwidth", "ftSecondaryLatency", "ftLatencyStatus")


def shown_in(vm: ManagedObject, power: str, now: datetime) -> dict[str, Any]:
    """Return what a virtual machine shows in a power state, by property path.

    The power state itself is not among it: set it last, for those who wait for it. Of one whose configuration
    is not known, only what does not follow from that.
    """
    shown = _runtime(power, now)
    if vm.get("config") is not None:
        shown |= {**_guest(vm, power), **_files(vm, power), **_refused(vm, power)}
    return shown


def _runtime(power: str, now: datetime) -> dict[str, Any]:
    running = power == ON
    return {
        "runtime.bootTime": now if running else None,
        "runtime.suspendTime": now if power == SUSPENDED else None,
        "runtime.cleanPowerOff": None if running else True,
        "runtime.memoryOverhead": None if running else OVERHEAD,
    }


def _guest(vm: ManagedObject, power: str) -> dict[str, Any]:
    config = vm.get("config")
    guest = guest_info(config, vm.ref.value, running=power == ON)
    held = vm.get("summary.quickStats")
    kept = {name: held.__dict__.get(name) for name in _OF_FAULT_TOLERANCE}
    stats = quick_stats(power, config.hardware.numCPU, config.hardware.memoryMB).replace(**kept)
    return {
        "guest": guest,
        "summary.guest": guest_summary(guest),
        "summary.quickStats": stats,
        "guestHeartbeatStatus": stats.guestHeartbeatStatus,
    }


def _files(vm: ManagedObject, power: str) -> dict[str, Any]:
    """Return the file lists with the swap file that is there while it runs."""
    layout, listed = vm.get("layout"), vm.get("layoutEx")
    swap = swap_path(vm.get("config")) if power == ON else None
    size = vm.get("config.hardware.memoryMB") * MIB
    shown: dict[str, Any] = {}
    if layout is not None:
        shown["layout"] = layout.replace(swapFile=swap)
    if listed is not None:
        kept = tuple(held for held in listed.file if held.type != "swap")
        key = 1 + max((held.key for held in kept), default=0)
        added = (file_info(key, swap, "swap", size),) if swap else ()
        shown["layoutEx"] = listed.replace(file=kept + added)
    return shown


def _refused(vm: ManagedObject, power: str) -> dict[str, Any]:
    """Return what it refuses; a fault tolerant one keeps what the pair decides."""
    if vm.get("config.ftInfo") is not None:
        return {"disabledMethod": switched(vm.get("disabledMethod"), power)}
    possible = TURN_ON[0] not in vm.get("disabledMethod")
    return {"disabledMethod": virtual_machine_disabled_methods(power, fault_tolerance_possible=possible)}

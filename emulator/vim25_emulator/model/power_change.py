"""Properties that follow from a virtual machine's power state: guest, files, statistics, disabled methods."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.disabled_method import TURN_ON, virtual_machine_disabled_methods, with_power_state
from vim25_emulator.model.power_state import ON, SUSPENDED
from vim25_emulator.model.virtual_machine import OVERHEAD, quick_stats
from vim25_emulator.model.virtual_machine_files import file_info, swap_path, swap_size
from vim25_emulator.model.virtual_machine_guest import guest_info, guest_summary, has_tools

#: Statistics that Fault Tolerance sets, whatever the power state.
_FAULT_TOLERANCE_STATISTICS: Final = ("ftLogBandwidth", "ftSecondaryLatency", "ftLatencyStatus")


def power_properties(vm: ManagedObject, power: str, now: datetime) -> dict[str, Any]:
    """Return the properties of a virtual machine in a power state, by path.

    The power state itself is not included: set it last, because clients wait for it. Without a configuration,
    the properties that depend on it are omitted.
    """
    properties = _runtime(power, now)
    if vm.get("config") is not None:
        properties |= {**_guest(vm, power), **file_properties(vm, power), **_disabled_methods(vm, power)}
    return properties


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
    before = vm.get("summary.quickStats")
    unchanged = {name: before.__dict__.get(name) for name in _FAULT_TOLERANCE_STATISTICS}
    hardware = config.hardware
    stats = quick_stats(power, hardware.numCPU, hardware.memoryMB, tools=has_tools(config))
    stats = stats.replace(**unchanged)
    return {
        "guest": guest,
        "summary.guest": guest_summary(guest),
        "summary.quickStats": stats,
        "guestHeartbeatStatus": stats.guestHeartbeatStatus,
    }


def file_properties(vm: ManagedObject, power: str) -> dict[str, Any]:
    """Return the file layouts; the swap file exists only while the virtual machine runs."""
    layout, layout_ex = vm.get("layout"), vm.get("layoutEx")
    swap = swap_path(vm.get("config")) if power == ON else None
    size = swap_size(vm.get("config"))
    properties: dict[str, Any] = {}
    if layout is not None:
        properties["layout"] = layout.replace(swapFile=swap)
    if layout_ex is not None:
        others = tuple(file for file in layout_ex.file if file.type != "swap")
        key = 1 + max((file.key for file in others), default=0)
        added = (file_info(key, swap, "swap", size),) if swap else ()
        properties["layoutEx"] = layout_ex.replace(file=others + added)
    return properties


def _disabled_methods(vm: ManagedObject, power: str) -> dict[str, Any]:
    """Return the disabled methods; those that depend on Fault Tolerance do not change."""
    if vm.get("config.ftInfo") is not None:
        return {"disabledMethod": with_power_state(vm.get("disabledMethod"), power)}
    possible = TURN_ON[0] not in vm.get("disabledMethod")
    return {"disabledMethod": virtual_machine_disabled_methods(power, fault_tolerance_possible=possible)}

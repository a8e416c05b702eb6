"""What a VirtualMachineConfigSpec makes of a configuration: a new configuration, or the fault that it earns.

Most properties of the spec stand under the same name in the configuration; those that do not are in a table,
those that mean more than "set this" in another. A data object is merged into the one that is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final

from vim25_emulator.behavior.device_backing import crypto_key
from vim25_emulator.model.power_state import OFF
from vim25_emulator.model.virtual_machine_config import guest_ids, guest_name
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.value import DataObject, MethodFault

#: Property of the spec → where in the configuration it goes, if that is not the same name.
_ELSEWHERE: Final = {
    "powerOpInfo": "defaultPowerOps",
    "numCPUs": "hardware.numCPU",
    "numCoresPerSocket": "hardware.numCoresPerSocket",
    "memoryMB": "hardware.memoryMB",
    "virtualICH7MPresent": "hardware.virtualICH7MPresent",
    "virtualSMCPresent": "hardware.virtualSMCPresent",
    "simultaneousThreads": "hardware.simultaneousThreads",
    "motherboardLayout": "hardware.motherboardLayout",
}

#: Properties of the spec that others see to, or that no client may set.
_NOT_HERE: Final = frozenset({"name", "changeVersion", "deviceChange", "ftInfo", "repConfig", "vAppConfig"})

#: What cannot be changed while the virtual machine runs (documented for most).
_COLD: Final = (
    "firmware",
    "guestId",
    "version",
    "uuid",
    "instanceUuid",
    "nestedHVEnabled",
    "vPMCEnabled",
    "cpuHotAddEnabled",
    "cpuHotRemoveEnabled",
    "memoryHotAddEnabled",
    "keyId",
)
_COLD_FLAGS: Final = ("vbsEnabled", "vvtdEnabled", "virtualMmuUsage", "virtualExecUsage")

_FIRMWARES: Final = ("bios", "efi")
_SMALLEST_MEMORY: Final = 4  #: MB, and the step in which memory comes


def apply_config_spec(config: DataObject, spec: DataObject) -> DataObject:
    """Return the configuration that a spec makes of one; devices and name are not seen to here.

    Raises ConcurrentAccess if the spec was made for an older configuration, UnsupportedGuest.
    """
    if spec.changeVersion and spec.changeVersion != config.changeVersion:
        raise MethodFault("ConcurrentAccess")
    made, hardware = config, config.hardware
    for name, value in spec.__dict__.items():
        special = _SPECIAL.get(name)
        place = _ELSEWHERE.get(name, name)
        if special is not None:
            made = made.replace(**special(made, value))
        elif place.startswith("hardware."):
            hardware = hardware.replace(**{place.removeprefix("hardware."): value})
        elif name in _taken_over():
            made = made.replace(**{place: _merged(made.__dict__.get(place), value)})
    made = made.replace(hardware=hardware)
    if made.memoryReservationLockedToMax:
        whole = made.memoryAllocation.replace(reservation=hardware.memoryMB)
        made = made.replace(memoryAllocation=whole)
    return made


@cache
def _taken_over() -> frozenset[str]:
    """Return the properties of the spec that the configuration has under the same or another name."""
    spec, config = data_type("VirtualMachineConfigSpec"), data_type("VirtualMachineConfigInfo")
    return frozenset(
        name
        for name, prop in spec.properties.items()
        if name not in _NOT_HERE
        and (held := config.properties.get(_ELSEWHERE.get(name, name))) is not None
        and held.type == prop.type
    )


def _merged(held: Any, value: Any) -> Any:
    if isinstance(held, DataObject) and isinstance(value, DataObject) and held.type_ is value.type_:
        return held.replace(
            **{name: _merged(held.__dict__.get(name), v) for name, v in value.__dict__.items()}
        )
    return value


def _guest(config: DataObject, guest_id: str) -> dict[str, Any]:
    if guest_id not in guest_ids():
        raise MethodFault("UnsupportedGuest", property="configSpec.guestId", unsupportedGuestOS=guest_id)
    return {"guestId": guest_id, "guestFullName": guest_name(guest_id)}


def _extra_config(config: DataObject, options: Iterable[DataObject]) -> dict[str, Any]:
    """Merge options by key; an empty value takes one out (documented)."""
    held = {option.key: option for option in config.extraConfig}
    for option in options:
        if option.value in ("", None):
            held.pop(option.key, None)
        else:
            held[option.key] = option
    return {"extraConfig": tuple(held.values())}


def _cpu_features(config: DataObject, masks: Iterable[DataObject]) -> dict[str, Any]:
    held = {(mask.level, mask.vendor): mask for mask in config.cpuFeatureMask}
    for mask in masks:
        key = (mask.info.level, mask.info.vendor) if mask.info is not None else (mask.removeKey, None)
        held.pop(key, None)
        if mask.operation != "remove" and mask.info is not None:
            held[key] = mask.info
    return {"cpuFeatureMask": tuple(held.values()) or None}


#: Property of the spec that means more than "set this" → what it changes.
_SPECIAL: Final[dict[str, Callable[[DataObject, Any], dict[str, Any]]]] = {
    "guestId": _guest,
    "extraConfig": _extra_config,
    "cpuFeatureMask": _cpu_features,
    "crypto": lambda config, crypto: {"keyId": crypto_key(crypto, config.keyId)},
    "virtualNuma": lambda config, numa: {
        "numaInfo": config.numaInfo.replace(
            **{
                name: value
                for name, value in numa.__dict__.items()
                if name in config.numaInfo.type_.properties
            }
        )
    },
}


def require_supported(config: DataObject, capability: DataObject) -> None:
    """Raise the fault of a configuration that a host of this capability cannot run.

    NumVirtualCpusNotSupported, NumVirtualCoresPerSocketNotSupported, MemorySizeNotSupported; InvalidArgument
    for an unknown firmware and for a memory reservation beyond the memory (both derived).
    """
    cpus, cores = config.hardware.numCPU, config.hardware.numCoresPerSocket or 1
    memory = config.hardware.memoryMB
    most_cpus, most_memory = capability.maxSupportedVcpus or 768, capability.maxSupportedVmMemory or 1 << 24
    if not 1 <= cpus <= most_cpus:
        raise MethodFault("NumVirtualCpusNotSupported", maxSupportedVcpusDest=most_cpus, numCpuVm=cpus)
    if cores < 1 or cores > cpus or cpus % cores:
        raise MethodFault(
            "NumVirtualCoresPerSocketNotSupported",
            maxSupportedCoresPerSocketDest=cpus,
            numCoresPerSocketVm=cores,
        )
    if not _SMALLEST_MEMORY <= memory <= most_memory or memory % _SMALLEST_MEMORY:
        raise MethodFault(
            "MemorySizeNotSupported",
            memorySizeMB=memory,
            minMemorySizeMB=_SMALLEST_MEMORY,
            maxMemorySizeMB=most_memory,
        )
    if config.firmware not in _FIRMWARES:
        raise MethodFault("InvalidArgument", invalidProperty="configSpec.firmware")
    if (config.memoryAllocation.reservation or 0) > memory:
        raise MethodFault("InvalidArgument", invalidProperty="configSpec.memoryAllocation.reservation")


def require_hot_change(before: DataObject, after: DataObject, power_state: str) -> None:
    """Raise the fault of a change that a running or suspended virtual machine does not take.

    CpuHotPlugNotSupported, MemoryHotPlugNotSupported; InvalidPowerState for what only one that is off takes.
    """
    cpus = after.hardware.numCPU - before.hardware.numCPU
    cores = (before.hardware.numCoresPerSocket, after.hardware.numCoresPerSocket)
    if (
        (cpus > 0 and not before.cpuHotAddEnabled)
        or (cpus < 0 and not before.cpuHotRemoveEnabled)
        or cores[0] != cores[1]
    ):
        raise MethodFault("CpuHotPlugNotSupported")
    memory = after.hardware.memoryMB - before.hardware.memoryMB
    if memory < 0 or (memory > 0 and not before.memoryHotAddEnabled):
        raise MethodFault("MemoryHotPlugNotSupported")
    flags = [(before.flags, after.flags, name) for name in _COLD_FLAGS]
    for old, new, name in [*((before, after, name) for name in _COLD), *flags]:
        if old.__dict__.get(name) != new.__dict__.get(name):
            raise MethodFault("InvalidPowerState", requestedState=OFF, existingState=power_state)

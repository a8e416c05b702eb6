"""Apply a VirtualMachineConfigSpec to a configuration, and check the result.

Most properties of the spec have the same name in the configuration. One table lists those with another name,
a second one those that require more than an assignment. Data objects are merged into the existing ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any, Final

from vim25_emulator.behavior.device_backing import crypto_key
from vim25_emulator.behavior.enumerated_string import require_enumerated
from vim25_emulator.behavior.vapp_config_spec import vapp_config
from vim25_emulator.model.guest_os import guest_ids, guest_name
from vim25_emulator.model.power_state import OFF
from vim25_emulator.model.resource_allocation import ALLOCATIONS, changed_allocation
from vim25_emulator.model.virtual_machine_config import FT_ENCRYPTION_REQUIRED
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.value import DataObject, MethodFault

#: Property of the spec → property of the configuration, where the names differ.
_RENAMED: Final = {
    "powerOpInfo": "defaultPowerOps",
    "numCPUs": "hardware.numCPU",
    "numCoresPerSocket": "hardware.numCoresPerSocket",
    "memoryMB": "hardware.memoryMB",
    "virtualICH7MPresent": "hardware.virtualICH7MPresent",
    "virtualSMCPresent": "hardware.virtualSMCPresent",
    "simultaneousThreads": "hardware.simultaneousThreads",
    "motherboardLayout": "hardware.motherboardLayout",
}

#: Properties of the spec that are applied elsewhere, or that no client may set.
_EXCLUDED: Final = frozenset({"name", "changeVersion", "deviceChange", "ftInfo", "vAppConfig"})

#: Properties that cannot change while the virtual machine runs: [documented] for most, else [derived].
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
_MAX_INT: Final = 2**31 - 1
_MEMORY_STEP: Final = 4  #: MB; the minimum, and the unit of memory sizes


def apply_config_spec(config: DataObject, spec: DataObject) -> DataObject:
    """Return the configuration with a spec applied, except for its devices and name.

    Raise ConcurrentAccess if the spec is based on an older configuration; UnsupportedGuest; InvalidArgument
    for an impossible allocation or a string that is no value of its enumeration; NotSupported for ftInfo,
    which the methods of Fault Tolerance set [derived].
    """
    if spec.changeVersion and spec.changeVersion != config.changeVersion:
        raise MethodFault("ConcurrentAccess")
    require_enumerated(spec, "configSpec")
    if spec.ftInfo is not None:
        raise MethodFault("NotSupported")
    result, hardware = config, config.hardware
    for name, value in spec.__dict__.items():
        special = _SPECIAL.get(name)
        target = _RENAMED.get(name, name)
        if special is not None:
            result = result.replace(**special(result, value))
        elif target.startswith("hardware."):
            hardware = hardware.replace(**{target.removeprefix("hardware."): value})
        elif name in _assignable():
            result = result.replace(**{target: _merged(result.__dict__.get(target), value)})
    result = result.replace(hardware=hardware)
    if result.memoryReservationLockedToMax:
        allocation = result.memoryAllocation.replace(reservation=hardware.memoryMB)
        result = result.replace(memoryAllocation=allocation)
    return _with_required_encryption(result, spec)


def _with_required_encryption(config: DataObject, spec: DataObject) -> DataObject:
    """Return a configuration in which Fault Tolerance is encrypted if the VM is [documented].

    Raise InvalidArgument if the spec requests another mode for an encrypted VM.
    """
    if config.keyId is None:
        return config
    if spec.__dict__.get("ftEncryptionMode") not in (None, FT_ENCRYPTION_REQUIRED):
        raise MethodFault("InvalidArgument", invalidProperty="configSpec.ftEncryptionMode")
    return config.replace(ftEncryptionMode=FT_ENCRYPTION_REQUIRED)


@cache
def _assignable() -> frozenset[str]:
    """Return the properties of the spec that correspond to a property of the configuration."""
    spec, config = data_type("VirtualMachineConfigSpec"), data_type("VirtualMachineConfigInfo")
    return frozenset(
        name
        for name, prop in spec.properties.items()
        if name not in _EXCLUDED
        and (target := config.properties.get(_RENAMED.get(name, name))) is not None
        and target.type == prop.type
    )


def _merged(current: Any, value: Any) -> Any:
    if isinstance(current, DataObject) and isinstance(value, DataObject) and current.type_ is value.type_:
        return current.replace(
            **{name: _merged(current.__dict__.get(name), v) for name, v in value.__dict__.items()}
        )
    return value


def _guest(config: DataObject, guest_id: str) -> dict[str, Any]:
    if guest_id not in guest_ids():
        # [observed: a report from a 6.7; UnsupportedGuest is documented]
        raise MethodFault("InvalidArgument", invalidProperty="configSpec.guestId")
    return {"guestId": guest_id, "guestFullName": guest_name(guest_id)}


def _tools(config: DataObject, tools: DataObject) -> dict[str, Any]:
    """Merge the settings of VMware Tools; which version is installed only the guest says [documented]."""
    installed = ("toolsVersion", "toolsInstallType", "lastInstallInfo")
    settings = {name: value for name, value in tools.__dict__.items() if name not in installed}
    return {"tools": (config.tools or DataObject("ToolsConfigInfo")).replace(**settings)}


def _extra_config(config: DataObject, options: Iterable[DataObject]) -> dict[str, Any]:
    """Merge options by key; an empty value removes the option [documented]."""
    merged = {option.key: option for option in config.extraConfig}
    for option in options:
        if option.value in ("", None):
            merged.pop(option.key, None)
        else:
            merged[option.key] = option
    return {"extraConfig": tuple(merged.values())}


def _cpu_features(config: DataObject, masks: Iterable[DataObject]) -> dict[str, Any]:
    merged = {(mask.level, mask.vendor): mask for mask in config.cpuFeatureMask}
    for mask in masks:
        key = (mask.info.level, mask.info.vendor) if mask.info is not None else (mask.removeKey, None)
        merged.pop(key, None)
        if mask.operation != "remove" and mask.info is not None:
            merged[key] = mask.info
    return {"cpuFeatureMask": tuple(merged.values()) or None}


def _numa(config: DataObject, numa: DataObject) -> dict[str, Any]:
    """Merge a VirtualMachineVirtualNuma; with a number of cores, that is no longer chosen automatically."""
    changes: dict[str, Any] = {"vnumaOnCpuHotaddExposed": numa.exposeVnumaOnCpuHotadd}
    if numa.coresPerNumaNode is not None:
        changes |= {"coresPerNumaNode": numa.coresPerNumaNode, "autoCoresPerNumaNode": False}
    present = {name: value for name, value in changes.items() if value is not None}
    return {"numaInfo": config.numaInfo.replace(**present)}


def _allocation(name: str, config: DataObject, change: DataObject) -> dict[str, Any]:
    return {name: changed_allocation(config.__dict__.get(name), change, f"configSpec.{name}")}


#: Property of the spec that requires more than an assignment → function that returns the changed properties.
_SPECIAL: Final[dict[str, Callable[[DataObject, Any], dict[str, Any]]]] = {
    "guestId": _guest,
    "tools": _tools,
    "extraConfig": _extra_config,
    "cpuFeatureMask": _cpu_features,
    "crypto": lambda config, crypto: {"keyId": crypto_key(crypto, config.keyId)},
    **{name: partial(_allocation, name) for name in ALLOCATIONS},
    "virtualNuma": _numa,
    "vAppConfig": lambda config, vapp: {"vAppConfig": vapp_config(config.vAppConfig, vapp)},
    "vAppConfigRemoved": lambda config, removed: {} if not removed else {"vAppConfig": None},
}


def require_supported(config: DataObject, capability: DataObject) -> None:
    """Raise the fault of a configuration that exceeds the capability of a host.

    NumVirtualCpusNotSupported, NumVirtualCoresPerSocketNotSupported, MemorySizeNotSupported; InvalidArgument
    for an unknown firmware [derived] and for a memory reservation above the memory size [derived].
    """
    cpus, cores = config.hardware.numCPU, config.hardware.numCoresPerSocket or 1
    memory = config.hardware.memoryMB
    max_cpus, max_memory = capability.maxSupportedVcpus or 768, capability.maxSupportedVmMemory or 1 << 24
    if not 1 <= cpus <= max_cpus:
        raise MethodFault("NumVirtualCpusNotSupported", maxSupportedVcpusDest=max_cpus, numCpuVm=cpus)
    if cores < 1 or cores > cpus or cpus % cores:
        raise MethodFault(
            "NumVirtualCoresPerSocketNotSupported",
            maxSupportedCoresPerSocketDest=cpus,
            numCoresPerSocketVm=cores,
        )
    if not _MEMORY_STEP <= memory <= max_memory or memory % _MEMORY_STEP:
        raise MethodFault(
            "MemorySizeNotSupported",
            memorySizeMB=max(-_MAX_INT, min(memory, _MAX_INT)),  # the spec's is a long
            minMemorySizeMB=_MEMORY_STEP,
            maxMemorySizeMB=max_memory,
        )
    if config.firmware not in _FIRMWARES:
        raise MethodFault("InvalidArgument", invalidProperty="configSpec.firmware")
    if (config.memoryAllocation.reservation or 0) > memory:
        raise MethodFault("InvalidArgument", invalidProperty="configSpec.memoryAllocation.reservation")


def require_hot_change(before: DataObject, after: DataObject, power_state: str) -> None:
    """Raise the fault of a change that is not possible while the virtual machine is running or suspended.

    CpuHotPlugNotSupported, MemoryHotPlugNotSupported; InvalidPowerState for properties that change only while
    it is powered off.
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

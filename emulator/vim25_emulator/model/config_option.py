"""VirtualMachineConfigOption: what a virtual machine of a hardware version can have.

The guests' ids, the limits and the default devices are what clients read to choose by.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from vim25_emulator.model.capability import virtual_machine_capability
from vim25_emulator.model.device_option import (
    bool_option,
    device_options,
    device_types,
    filled,
    int_option,
    long_option,
)
from vim25_emulator.model.guest_os import advice, guest_family, guest_name, guests, is_64_bit
from vim25_emulator.model.hardware_version import hardware_key, limits_of
from vim25_emulator.model.virtual_hardware import default_devices
from vim25_emulator.vmodl.value import DataObject

_MIB_PER_GIB: Final = 1024
_MOST_32_BIT_MB: Final = 65_536
_MOST_32_BIT_CPUS: Final = 32
_SECURE_BOOT_SINCE: Final = 13
_EFI_SINCE: Final = 7
_TPM_SINCE: Final = 14


@lru_cache(maxsize=8)
def _all_descriptors(hardware: int) -> tuple[DataObject, ...]:
    return tuple(_guest_descriptor(guest_id, hardware) for guest_id in guests(hardware))


def config_option(hardware: int, guest_ids: Iterable[str] = ()) -> DataObject:
    """Return VirtualMachineConfigOption of a hardware version, with the named guests or all of them."""
    wanted = set(guest_ids)
    known = _all_descriptors(hardware)
    chosen = tuple(each for each in known if each.id in wanted) if wanted else known
    return _common(hardware).replace(guestOSDescriptor=chosen, guestOSDefaultIndex=max(0, len(chosen) - 1))


@lru_cache(maxsize=8)
def _common(hardware: int) -> DataObject:
    return DataObject(
        "VirtualMachineConfigOption",
        version=hardware_key(hardware),
        description=f"Hardware version {hardware}",
        hardwareOptions=_hardware_option(hardware),
        capabilities=virtual_machine_capability("efi"),
        datastore=DataObject("DatastoreOption"),
        defaultDevice=default_devices(),
        supportedMonitorType=("release", "debug", "stats"),
        supportedOvfEnvironmentTransport=("iso", "com.vmware.guestInfo"),
        supportedOvfInstallTransport=(),
    )


def _hardware_option(hardware: int) -> DataObject:
    limits = limits_of(hardware)
    return filled(
        "VirtualHardwareOption",
        hwVersion=hardware,
        virtualDeviceOption=device_options(hardware),
        deviceListReadonly=False,
        numCPU=tuple(range(1, limits.processors + 1)),
        numCoresPerSocket=int_option(limits.processors, 1, 1),
        numCpuReadonly=False,
        memoryMB=long_option(limits.memory_gb * _MIB_PER_GIB, 32, 4),
        numPCIControllers=int_option(1, 1, 1),
        numIDEControllers=int_option(2, 2),
        numUSBControllers=int_option(1),
        numUSBXHCIControllers=int_option(1),
        numSIOControllers=int_option(1, 1, 1),
        numPS2Controllers=int_option(1, 1),
    )


#: Properties that all guests share.
_SHARED: Final = {
    "recommendedColorDepth": 32,
    "supportedNumDisks": 256,
    "supportsSlaveDisk": True,
    "supportsWakeOnLan": True,
    "supportsVMI": False,
    "supportsCpuHotRemove": False,
    "supports3D": True,
    "recommended3D": False,
    "supportLevel": "supported",
    "supportedForCreate": True,
    "numSupportedFloppyDevices": 2,
    "diskUuidEnabled": False,
    "supportsHotPlugPCI": True,
    "numRecommendedPhysicalSockets": 1,
    "numRecommendedCoresPerSocket": 1,
}
#: Kinds of controllers that disks can be on.
_DISK_CONTROLLERS: Final = (
    "VirtualSCSIController",
    "VirtualIDEController",
    "VirtualSATAController",
    "VirtualNVMEController",
)


def _guest_descriptor(guest_id: str, hardware: int) -> DataObject:
    """Return the GuestOsDescriptor of a guest on a hardware version."""
    mac = guest_id.startswith("darwin")
    return DataObject(
        "GuestOsDescriptor",
        **_SHARED,
        id=guest_id,
        family=guest_family(guest_id),
        fullName=guest_name(guest_id),
        smcRequired=mac,
        smcRecommended=mac,
        ich7mRecommended=mac,
        vRAMSizeInKB=int_option(131_072, 4096, 1024),
        vvtdSupported=bool_option("vvtdSupported"),
        vbsSupported=bool_option("vbsSupported"),
        vsgxSupported=bool_option("vsgxSupported"),
        **_sizes(guest_id, hardware),
        **_devices(guest_id, hardware),
        **_firmware(guest_id, hardware),
    )


def _sizes(guest_id: str, hardware: int) -> dict[str, Any]:
    """Return the numbers of processors, and the sizes of memory and disk."""
    fitting, limits, wide = advice(guest_id), limits_of(hardware), is_64_bit(guest_id)
    memory = limits.memory_gb * _MIB_PER_GIB
    processors = limits.processors if wide else min(limits.processors, _MOST_32_BIT_CPUS)
    counts = ("supportedMaxCPUs", "numSupportedPhysicalSockets", "numSupportedCoresPerSocket")
    return {
        **dict.fromkeys(counts, processors),
        "supportedMinMemMB": min(fitting.memory, 1024) // 4,
        "supportedMaxMemMB": memory if wide else min(memory, _MOST_32_BIT_MB),
        "recommendedMemMB": fitting.memory,
        "recommendedDiskSizeMB": fitting.disk,
        "supportsMemoryHotAdd": wide,
        "supportsCpuHotAdd": wide,
    }


def _devices(guest_id: str, hardware: int) -> dict[str, Any]:
    """Return the types of controllers and adapters, and the recommended ones."""
    fitting = advice(guest_id)
    disk = tuple(name for kind in _DISK_CONTROLLERS for name in device_types(hardware, kind))
    nics = tuple(device_types(hardware, "VirtualEthernetCard"))
    usb = tuple(name for name in device_types(hardware, "VirtualController") if "USB" in name)
    scsi = fitting.scsi if fitting.scsi in disk else "VirtualLsiLogicController"
    sata = is_64_bit(guest_id) and "VirtualAHCIController" in disk
    return {
        "supportedDiskControllerList": disk,
        "recommendedSCSIController": scsi,
        "recommendedDiskController": scsi,
        "supportsPvscsiControllerForBoot": "ParaVirtualSCSIController" in disk,
        "recommendedCdromController": "VirtualAHCIController" if sata else "VirtualIDEController",
        "supportedEthernetCard": nics,
        "recommendedEthernetCard": fitting.nic if fitting.nic in nics else nics[0],
        "supportedUSBControllerList": usb,
        "recommendedUSBController": fitting.usb,
        "usbRecommended": fitting.usb is not None,
    }


def _firmware(guest_id: str, hardware: int) -> dict[str, Any]:
    """Return the kinds of firmware, secure boot and TPM."""
    fitting = advice(guest_id)
    efi = is_64_bit(guest_id) and hardware >= _EFI_SINCE
    secure = efi and hardware >= _SECURE_BOOT_SINCE
    return {
        "supportedFirmware": ("bios", "efi") if efi else ("bios",),
        "recommendedFirmware": fitting.firmware if efi else "bios",
        "supportsSecureBoot": secure,
        "defaultSecureBoot": secure and fitting.tpm,
        "supportsTPM20": efi and hardware >= _TPM_SINCE,
        "recommendedTPM20": fitting.tpm,
    }

"""What can be wrong with a device of a VM that shall become fault tolerant: a condition per check."""

from __future__ import annotations

from typing import Final

from vim25_emulator.fault_tolerance.creation import Creation
from vim25_emulator.vmodl.value import DataObject

_FLAT: Final = "VirtualDiskFlatVer2BackingInfo"

#: Devices that Fault Tolerance does not support (documented list, guides of 6.5 to 8.0).
UNSUPPORTED: Final = (
    "VirtualUSB",
    "VirtualSoundCard",
    "VirtualPCIPassthrough",
    "VirtualSriovEthernetCard",
    "VirtualSCSIPassthrough",
    "VirtualTPM",
    "VirtualNVDIMM",
)

#: Type of device → what VmFaultToleranceInvalidFileBacking calls it.
_BACKED_DEVICES: Final = {
    "VirtualFloppy": "virtualFloppy",
    "VirtualCdrom": "virtualCdrom",
    "VirtualSerialPort": "virtualSerialPort",
    "VirtualParallelPort": "virtualParallelPort",
    "VirtualDisk": "virtualDisk",
}


def _is_a(device: DataObject, *type_names: str) -> bool:
    return any(device.is_a(name) for name in type_names)


def is_unsupported(creation: Creation, device: DataObject) -> bool:
    """It is of a kind that Fault Tolerance does not support."""
    return _is_a(device, *UNSUPPORTED)


def disk_mode(creation: Creation, device: DataObject) -> str | None:
    """Return the mode of a disk; None for another device or a disk without modes."""
    backing = device.backing
    if not device.is_a("VirtualDisk") or backing is None or "diskMode" not in backing.type_.properties:
        return None
    mode: str | None = backing.diskMode
    return mode


def has_unsupported_mode(creation: Creation, device: DataObject) -> bool:
    """It is a disk that is independent or not persistent."""
    return disk_mode(creation, device) not in (None, "persistent")


def is_multi_writer(creation: Creation, device: DataObject) -> bool:
    """It is a disk that several VMs may write."""
    backing = device.backing
    return (
        backing is not None
        and "sharing" in backing.type_.properties
        and backing.sharing not in (None, "sharingNone")
    )


def has_digest(creation: Creation, device: DataObject) -> bool:
    """It is a disk with a content digest (host-side read cache)."""
    return device.backing is not None and device.backing.is_a(_FLAT) and bool(device.backing.digestEnabled)


def is_thin(creation: Creation, device: DataObject) -> bool:
    """It is a disk whose blocks are given out on demand."""
    return device.backing is not None and device.backing.is_a(_FLAT) and bool(device.backing.thinProvisioned)


def is_unscrubbed(creation: Creation, device: DataObject) -> bool:
    """It is a thick disk whose unused blocks were not zeroed."""
    return (
        device.backing is not None
        and device.backing.is_a(_FLAT)
        and not device.backing.thinProvisioned
        and not device.backing.eagerlyScrub
    )


def is_physical_raw_disk(creation: Creation, device: DataObject) -> bool:
    """It is a raw disk mapping in physical mode."""
    backing = device.backing
    return (
        backing is not None
        and backing.is_a("VirtualDiskRawDiskMappingVer1BackingInfo")
        and backing.compatibilityMode == "physicalMode"
    )


def has_unsupported_backing(creation: Creation, device: DataObject) -> bool:
    """It is a disk in a format that Fault Tolerance does not support."""
    return device.backing is not None and _is_a(
        device.backing, "VirtualDiskSeSparseBackingInfo", "VirtualDiskLocalPMemBackingInfo"
    )


def is_remote(creation: Creation, device: DataObject) -> bool:
    """It is connected to a device of a client's machine."""
    return (
        device.backing is not None
        and device.backing.is_a("VirtualDeviceRemoteDeviceBackingInfo")
        and device.connectable is not None
        and bool(device.connectable.connected)
    )


def is_file_backed_port(creation: Creation, device: DataObject) -> bool:
    """It is a serial or parallel port that writes to a file."""
    return device.backing is not None and _is_a(
        device.backing, "VirtualSerialPortFileBackingInfo", "VirtualParallelPortFileBackingInfo"
    )


def shares_bus(creation: Creation, device: DataObject) -> bool:
    """It is a SCSI controller that shares its bus with other VMs."""
    return device.is_a("VirtualSCSIController") and device.sharedBus not in (None, "noSharing")


def is_old_network_card(creation: Creation, device: DataObject) -> bool:
    """It is a network card of the kind that record and replay cannot follow."""
    return device.is_a("VirtualPCNet32")


def is_on_local_storage(creation: Creation, device: DataObject) -> bool:
    """Its file is on a datastore that one host alone reaches.

    Own copies make that no matter for the disks of a checkpointing pair.
    """
    backing = device.backing
    if backing is None or not backing.is_a("VirtualDeviceFileBackingInfo") or device.is_a("VirtualDisk"):
        return False
    datastore = creation.inventory.find(backing.datastore)
    return datastore is not None and datastore.get("summary.multipleHostAccess") is False


def is_on_virtual_volume(creation: Creation, device: DataObject) -> bool:
    """It is a disk on virtual volumes, a place that Fault Tolerance does not support."""
    if not device.is_a("VirtualDisk") or device.backing is None:
        return False
    datastore = creation.inventory.find(creation.datastore_of(device))
    return datastore is not None and datastore.get("summary.type") == "VVOL"


def has_local_disk(creation: Creation, device: DataObject) -> bool:
    """It is a disk on a datastore that one host alone reaches."""
    if not device.is_a("VirtualDisk") or device.backing is None:
        return False
    datastore = creation.inventory.find(creation.datastore_of(device))
    return datastore is not None and datastore.get("summary.multipleHostAccess") is False


def backing_type(creation: Creation, device: DataObject) -> str:
    """Return what VmFaultToleranceInvalidFileBacking calls the device."""
    return device.type_.nearest(_BACKED_DEVICES, "virtualDisk")


def backing_file(creation: Creation, device: DataObject) -> str | None:
    """Return the file behind the device."""
    backing = device.backing
    name: str | None = (
        backing.fileName if backing is not None and "fileName" in backing.type_.properties else None
    )
    return name


def backing_name(creation: Creation, device: DataObject) -> str:
    """Return how a fault names what is behind the device: by its type."""
    return str(device.backing.type_.name) if device.backing is not None else ""

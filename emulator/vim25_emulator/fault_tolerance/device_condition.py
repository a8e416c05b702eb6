"""Conditions of the checks of the VM's devices.

The first line of each docstring is printed in the documentation, as "fails if it …".
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import Version, version

_FLAT: Final = "VirtualDiskFlatVer2BackingInfo"

#: Device that Fault Tolerance does not support → last release whose guide lists it, None for all of them
#: [documented].
UNSUPPORTED: Final[dict[str, str | None]] = {
    "VirtualUSB": None,
    "VirtualSoundCard": None,
    "VirtualPCIPassthrough": None,
    "VirtualSriovEthernetCard": None,
    "VirtualSCSIPassthrough": None,
    "VirtualSerialPort": None,
    "VirtualParallelPort": None,
    "VirtualTPM": "7.0.3.2",
    "VirtualNVDIMM": None,
}

#: Type of device → VmFaultToleranceInvalidFileBackingDeviceType.
_BACKED_DEVICES: Final = {
    "VirtualFloppy": "virtualFloppy",
    "VirtualCdrom": "virtualCdrom",
    "VirtualSerialPort": "virtualSerialPort",
    "VirtualParallelPort": "virtualParallelPort",
    "VirtualDisk": "virtualDisk",
}


def _is_a(device: DataObject, *type_names: str) -> bool:
    return any(device.is_a(name) for name in type_names)


def is_unsupported(request: SecondaryRequest, device: DataObject) -> bool:
    """It has a type that Fault Tolerance does not support, or is a VMCI device open to other VMs."""
    return not is_file_backed_port(request, device) and is_listed(device, request.release)


def is_listed(device: DataObject, release: Version) -> bool:
    """Whether the guide of a release lists a device as not supported.

    Every VM has a VMCI device; not supported is one through which other VMs are reached [derived].
    """
    if device.is_a("VirtualMachineVMCIDevice"):
        return bool(device.allowUnrestrictedCommunication)
    listed = (last for name, last in UNSUPPORTED.items() if device.is_a(name))
    return any(last is None or release <= version(last) for last in listed)


def disk_mode(request: SecondaryRequest, device: DataObject) -> str | None:
    """Return the mode of a disk; None for other devices and disks without a mode."""
    backing = device.backing
    if not device.is_a("VirtualDisk") or backing is None or "diskMode" not in backing.type_.properties:
        return None
    mode: str | None = backing.diskMode
    return mode


def has_unsupported_mode(request: SecondaryRequest, device: DataObject) -> bool:
    """It is an independent or nonpersistent disk."""
    return disk_mode(request, device) not in (None, "persistent")


def is_multi_writer(request: SecondaryRequest, device: DataObject) -> bool:
    """It is a multi-writer disk."""
    backing = device.backing
    return (
        backing is not None
        and "sharing" in backing.type_.properties
        and backing.sharing not in (None, "sharingNone")
    )


def has_digest(request: SecondaryRequest, device: DataObject) -> bool:
    """It is a disk with a content digest (host-side read cache)."""
    return device.backing is not None and device.backing.is_a(_FLAT) and bool(device.backing.digestEnabled)


def is_thin(request: SecondaryRequest, device: DataObject) -> bool:
    """It is a thin disk."""
    return device.backing is not None and device.backing.is_a(_FLAT) and bool(device.backing.thinProvisioned)


def is_unscrubbed(request: SecondaryRequest, device: DataObject) -> bool:
    """It is a thick disk whose unused blocks are not zeroed."""
    return (
        device.backing is not None
        and device.backing.is_a(_FLAT)
        and not device.backing.thinProvisioned
        and not device.backing.eagerlyScrub
    )


def is_physical_raw_disk(request: SecondaryRequest, device: DataObject) -> bool:
    """It is a raw disk mapping in physical mode."""
    backing = device.backing
    return (
        backing is not None
        and backing.is_a("VirtualDiskRawDiskMappingVer1BackingInfo")
        and backing.compatibilityMode == "physicalMode"
    )


def has_unsupported_backing(request: SecondaryRequest, device: DataObject) -> bool:
    """It is a disk in a format that Fault Tolerance does not support."""
    return device.backing is not None and _is_a(
        device.backing, "VirtualDiskSeSparseBackingInfo", "VirtualDiskLocalPMemBackingInfo"
    )


def is_remote(request: SecondaryRequest, device: DataObject) -> bool:
    """It is connected to a device of a remote client."""
    return (
        device.backing is not None
        and device.backing.is_a("VirtualDeviceRemoteDeviceBackingInfo")
        and device.connectable is not None
        and bool(device.connectable.connected)
    )


def is_physical_drive(request: SecondaryRequest, device: DataObject) -> bool:
    """It is a CD-ROM or floppy drive that uses a drive of the host."""
    drive = _is_a(device, "VirtualCdrom", "VirtualFloppy")
    return drive and device.backing is not None and device.backing.is_a("VirtualDeviceDeviceBackingInfo")


def is_on_nsx(request: SecondaryRequest, device: DataObject) -> bool:
    """It is a network card on a port group of NSX-T."""
    backing = device.backing
    if backing is None or not device.is_a("VirtualEthernetCard"):
        return False
    if not backing.is_a("VirtualEthernetCardDistributedVirtualPortBackingInfo"):
        return bool(backing.is_a("VirtualEthernetCardOpaqueNetworkBackingInfo"))
    group = request.inventory.find(MoRef("DistributedVirtualPortgroup", backing.port.portgroupKey or ""))
    return group is not None and group.get("config.backingType") == "nsx"


def is_file_backed_port(request: SecondaryRequest, device: DataObject) -> bool:
    """It is a serial or parallel port with a file backing."""
    return device.backing is not None and _is_a(
        device.backing, "VirtualSerialPortFileBackingInfo", "VirtualParallelPortFileBackingInfo"
    )


def shares_bus(request: SecondaryRequest, device: DataObject) -> bool:
    """It is a SCSI controller that shares its bus with other VMs."""
    return device.is_a("VirtualSCSIController") and device.sharedBus not in (None, "noSharing")


def is_old_network_card(request: SecondaryRequest, device: DataObject) -> bool:
    """It is a network card that record and replay does not support."""
    return device.is_a("VirtualPCNet32")


def is_on_local_storage(request: SecondaryRequest, device: DataObject) -> bool:
    """Its file is on a datastore that only one host can access.

    Disks are exempt: a checkpointing pair has a copy of its own, a legacy pair has the check `local-disk`.
    So are images in a CD-ROM drive: the drive fails after a failover, which is no obstacle [documented].
    """
    backing = device.backing
    exempt = _is_a(device, "VirtualDisk", "VirtualCdrom")
    if backing is None or not backing.is_a("VirtualDeviceFileBackingInfo") or exempt:
        return False
    datastore = request.inventory.find(backing.datastore)
    return datastore is not None and datastore.get("summary.multipleHostAccess") is False


def is_on_virtual_volume(request: SecondaryRequest, device: DataObject) -> bool:
    """It is a disk on a virtual volume, which Fault Tolerance does not support."""
    if not device.is_a("VirtualDisk") or device.backing is None:
        return False
    datastore = request.inventory.find(request.datastore_of(device))
    return datastore is not None and datastore.get("summary.type") == "VVOL"


def has_local_disk(request: SecondaryRequest, device: DataObject) -> bool:
    """It is a disk on a datastore that only one host can access."""
    if not device.is_a("VirtualDisk") or device.backing is None:
        return False
    datastore = request.inventory.find(request.datastore_of(device))
    return datastore is not None and datastore.get("summary.multipleHostAccess") is False


def backing_type(request: SecondaryRequest, device: DataObject) -> str:
    """Return the VmFaultToleranceInvalidFileBackingDeviceType of a device."""
    return device.type_.nearest(_BACKED_DEVICES, "virtualDisk")


def backing_file(request: SecondaryRequest, device: DataObject) -> str | None:
    """Return the path of a device's file; None if it has no file."""
    backing = device.backing
    name: str | None = (
        backing.fileName if backing is not None and "fileName" in backing.type_.properties else None
    )
    return name


def backing_name(request: SecondaryRequest, device: DataObject) -> str:
    """Return the type of a device's backing; empty without a backing."""
    return str(device.backing.type_.name) if device.backing is not None else ""

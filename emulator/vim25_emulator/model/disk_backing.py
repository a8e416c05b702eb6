"""Backings of virtual disks: files in several formats, raw disks, persistent memory."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.entity import digits_of
from vim25_emulator.vmodl.value import DataObject

_KEY_PROVIDER: Final = "lab-keys"
_FLAT: Final = "VirtualDiskFlatVer2BackingInfo"

#: Format → backing type and its own properties.
_FORMATS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "flat": (_FLAT, {}),
    "seSparse": ("VirtualDiskSeSparseBackingInfo", {"grainSize": 8}),
    "rawVirtual": ("VirtualDiskRawDiskMappingVer1BackingInfo", {"compatibilityMode": "virtualMode"}),
    "rawPhysical": ("VirtualDiskRawDiskMappingVer1BackingInfo", {"compatibilityMode": "physicalMode"}),
    "persistentMemory": ("VirtualDiskLocalPMemBackingInfo", {}),
}


class DiskParts(NamedTuple):
    """The properties of a new virtual disk; `capacity` in bytes."""

    capacity: int
    datastore: ManagedObject
    provisioning: str = "thin"
    mode: str = "persistent"
    sharing: str = "sharingNone"
    format: str = "flat"
    linked_clone: bool = False
    encrypted: bool = False
    digest: bool = False
    flash_cache_mb: int = 0
    io_filters: tuple[str, ...] = ()


def disk_backing(disk: DiskParts, file_name: str, digits: str) -> DataObject:
    """Return the backing of a disk with this file name; its identifiers consist of `digits`."""
    type_name, own = _FORMATS[disk.format]
    properties = {
        "fileName": file_name,
        "datastore": disk.datastore.ref,
        "diskMode": disk.mode,
        "split": False,
        "writeThrough": False,
        "thinProvisioned": disk.provisioning == "thin",
        "eagerlyScrub": disk.provisioning == "eagerZeroedThick",
        "uuid": f"6000C29{digits[0]}-{digits[1:5]}-{digits[5:9]}-{digits[9:13]}-{digits[13:25]}",
        "contentId": digits,
        "digestEnabled": disk.digest,
        "sharing": disk.sharing,
        "parent": _parent(disk, type_name) if disk.linked_clone else None,
        "keyId": key_id(file_name) if disk.encrypted else None,
        **own,
    }
    declared = DataObject(type_name).type_.properties
    return DataObject(type_name, **{name: value for name, value in properties.items() if name in declared})


def _parent(disk: DiskParts, type_name: str) -> DataObject:
    """Return the parent of a linked clone: a disk of a virtual machine outside the inventory."""
    file_name = f"[{disk.datastore.properties['name']}] golden/golden.vmdk"
    return DataObject(type_name, fileName=file_name, datastore=disk.datastore.ref, diskMode=disk.mode)


def key_id(secret: str) -> DataObject:
    """Return the CryptoKeyId of the key that encrypts `secret`, a file or a virtual machine."""
    provider = DataObject("KeyProviderId", id=_KEY_PROVIDER)
    return DataObject("CryptoKeyId", keyId=digits_of("key", secret), providerId=provider)


def flash_cache(reservation: int) -> DataObject | None:
    """Return VirtualDiskVFlashCacheConfigInfo; `reservation` in MB; None for 0."""
    if not reservation:
        return None
    return DataObject(
        "VirtualDiskVFlashCacheConfigInfo",
        vFlashModule="vfc",
        reservationInMB=reservation,
        cacheConsistencyType="strong",
        cacheMode="write_thru",
        blockSizeInKB=8,
    )

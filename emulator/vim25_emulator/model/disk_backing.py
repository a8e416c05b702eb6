"""What is behind a virtual disk: a file of one format or another, a raw disk, persistent memory."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.entity import digits_of
from vim25_emulator.vmodl.value import DataObject

_KEY_PROVIDER: Final = "lab-keys"
_FLAT: Final = "VirtualDiskFlatVer2BackingInfo"

#: Format → the type of its backing and what only that has.
_FORMATS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "flat": (_FLAT, {}),
    "seSparse": ("VirtualDiskSeSparseBackingInfo", {"grainSize": 8}),
    "rawVirtual": ("VirtualDiskRawDiskMappingVer1BackingInfo", {"compatibilityMode": "virtualMode"}),
    "rawPhysical": ("VirtualDiskRawDiskMappingVer1BackingInfo", {"compatibilityMode": "physicalMode"}),
    "persistentMemory": ("VirtualDiskLocalPMemBackingInfo", {}),
}


class DiskParts(NamedTuple):
    """A virtual disk to be made: its size in bytes, where it lies, and how."""

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
    """Return the backing of a disk whose file has this name; `digits` are its own, for ids."""
    type_name, particular = _FORMATS[disk.format]
    wanted = {
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
        **particular,
    }
    known = DataObject(type_name).type_.properties
    return DataObject(type_name, **{name: value for name, value in wanted.items() if name in known})


def _parent(disk: DiskParts, type_name: str) -> DataObject:
    """Return the backing that a linked clone begins at: a disk of a machine that is not here."""
    file_name = f"[{disk.datastore.properties['name']}] golden/golden.vmdk"
    held = {"fileName": file_name, "datastore": disk.datastore.ref, "diskMode": disk.mode}
    return DataObject(type_name, **held)


def key_id(secret: str) -> DataObject:
    """Return the CryptoKeyId of the key that something is encrypted with."""
    provider = DataObject("KeyProviderId", id=_KEY_PROVIDER)
    return DataObject("CryptoKeyId", keyId=digits_of("key", secret), providerId=provider)


def flash_cache(reservation: int) -> DataObject | None:
    """Return VirtualDiskVFlashCacheConfigInfo for so many MB; None without a cache."""
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

"""The files of a virtual machine, as layout, layoutEx and storage show them.

They follow from its configuration: the directory of its .vmx, and the disks among its devices.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from emulator.scenario.entity import MIB
from emulator.vmodl.value import DataObject, MoRef

_THIN_PART: Final = 4  #: a thin disk has a quarter of its capacity written
_SMALL: Final = {"config": 4096, "snapshotList": 0, "nvram": 8684, "log": 262_144, "diskDescriptor": 1024}


class Usage(NamedTuple):
    """Bytes on one datastore."""

    datastore: MoRef
    committed: int
    uncommitted: int


class Files(NamedTuple):
    """The file properties of a virtual machine, and what they take on each datastore."""

    layout: DataObject
    layout_ex: DataObject
    storage: DataObject
    summary: DataObject
    usage: tuple[Usage, ...]


def files_of(config: DataObject, home: MoRef, now: datetime, *, running: bool) -> Files:
    """Return the files of a virtual machine with this configuration whose directory lies on `home`."""
    stem = config.files.vmPathName.removesuffix(".vmx")
    disks = [device for device in config.hardware.device if device.is_a("VirtualDisk")]
    swap = config.hardware.memoryMB * MIB if running else 0
    usage = _usage(disks, home, swap)
    return Files(
        layout=_layout(stem, disks, running=running),
        layout_ex=_layout_ex(stem, disks, swap, now),
        storage=_storage(usage, now),
        summary=_storage_summary(usage, now),
        usage=usage,
    )


def swap_path(config: DataObject) -> str:
    """Return the datastore path of the swap file."""
    return f"{config.files.vmPathName.removesuffix('.vmx')}.vswp"


def written(disk: DataObject) -> int:
    """Return the bytes that a virtual disk takes on its datastore."""
    capacity = int(disk.capacityInBytes)
    return capacity // _THIN_PART if disk.backing.thinProvisioned else capacity


def _usage(disks: list[DataObject], home: MoRef, swap: int) -> tuple[Usage, ...]:
    committed = Counter({home: sum(_SMALL.values()) + swap})
    uncommitted: Counter[MoRef] = Counter()
    for disk in disks:
        place = disk.backing.datastore
        committed[place] += written(disk)
        uncommitted[place] += disk.capacityInBytes - written(disk)
    return tuple(Usage(place, committed[place], uncommitted[place]) for place in committed)


def _layout(stem: str, disks: list[DataObject], *, running: bool) -> DataObject:
    name = stem.rpartition("/")[2]
    return DataObject(
        "VirtualMachineFileLayout",
        configFile=(f"{name}.nvram", f"{name}.vmsd"),
        logFile=("vmware.log",),
        disk=tuple(
            DataObject("VirtualMachineFileLayoutDiskLayout", key=disk.key, diskFile=disk_files(disk))
            for disk in disks
        ),
        swapFile=f"{stem}.vswp" if running else None,
    )


def disk_files(disk: DataObject) -> tuple[str, ...]:
    """Return the descriptor files of a disk, the oldest of its chain first."""
    chain, backing = [], disk.backing
    while backing is not None:
        chain.append(backing.fileName)
        backing = backing.parent
    return tuple(reversed(chain))


def _layout_ex(stem: str, disks: list[DataObject], swap: int, now: datetime) -> DataObject:
    log = f"{stem.rpartition('/')[0]}/vmware.log"
    found = [file_info(0, f"{stem}.vmx", "config"), file_info(1, f"{stem}.vmsd", "snapshotList")]
    layouts = []
    for disk in disks:
        units = []
        for path in disk_files(disk):
            key = len(found)
            size = written(disk)
            found.append(file_info(key, path, "diskDescriptor"))
            found.append(file_info(key + 1, f"{path.removesuffix('.vmdk')}-flat.vmdk", "diskExtent", size))
            units.append(DataObject("VirtualMachineFileLayoutExDiskUnit", fileKey=(key, key + 1)))
        layouts.append(DataObject("VirtualMachineFileLayoutExDiskLayout", key=disk.key, chain=tuple(units)))
    found.append(file_info(len(found), f"{stem}.nvram", "nvram"))
    if swap:
        found.append(file_info(len(found), f"{stem}.vswp", "swap", swap))
    found.append(file_info(len(found), log, "log"))
    return DataObject("VirtualMachineFileLayoutEx", file=tuple(found), disk=tuple(layouts), timestamp=now)


def file_info(key: int, name: str, kind: str, size: int | None = None) -> DataObject:
    """Return VirtualMachineFileLayoutExFileInfo; a file of unknown size has the usual one of its kind."""
    taken = _SMALL[kind] if size is None else size
    return DataObject(
        "VirtualMachineFileLayoutExFileInfo",
        key=key,
        name=name,
        type=kind,
        size=taken,
        uniqueSize=taken,
        accessible=True,
    )


@lru_cache(maxsize=256)
def _storage(usage: tuple[Usage, ...], now: datetime) -> DataObject:
    return DataObject(
        "VirtualMachineStorageInfo",
        perDatastoreUsage=tuple(
            DataObject(
                "VirtualMachineUsageOnDatastore",
                datastore=used.datastore,
                committed=used.committed,
                uncommitted=used.uncommitted,
                unshared=used.committed,
            )
            for used in usage
        ),
        timestamp=now,
    )


@lru_cache(maxsize=256)
def _storage_summary(usage: tuple[Usage, ...], now: datetime) -> DataObject:
    committed = sum(used.committed for used in usage)
    return DataObject(
        "VirtualMachineStorageSummary",
        committed=committed,
        uncommitted=sum(used.uncommitted for used in usage),
        unshared=committed,
        timestamp=now,
    )

"""The files of a virtual machine, as layout, layoutEx and storage show them.

They follow from its configuration: the directory of its .vmx, and the disks among its devices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from vim25_emulator.model.entity import MIB
from vim25_emulator.vmodl.value import DataObject, MoRef

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


def files_of(
    config: DataObject,
    home: MoRef,
    now: datetime,
    *,
    running: bool,
    snapshots: Mapping[MoRef, DataObject] | None = None,
) -> Files:
    """Return the files of a virtual machine with this configuration whose directory lies on `home`.

    `snapshots`: the configuration that each of its snapshots holds; their disks are its files too.
    """
    stem = config.files.vmPathName.removesuffix(".vmx")
    disks = disks_of(config)
    swap = config.hardware.memoryMB * MIB if running else 0
    usage = _usage(disks, home, swap)
    return Files(
        layout=_layout(stem, disks, running=running),
        layout_ex=_layout_ex(stem, disks, swap, now, snapshots or {}),
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
    if disk.backing.is_a("VirtualDiskRawDiskMappingVer1BackingInfo"):
        return 0  # its bytes are on the raw disk
    return capacity // _THIN_PART if disk.backing.__dict__.get("thinProvisioned") else capacity


def disks_of(config: DataObject) -> list[DataObject]:
    """Return the virtual disks of a configuration."""
    return [device for device in config.hardware.device if device.is_a("VirtualDisk")]


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
        backing = backing.__dict__.get("parent")
    return tuple(reversed(chain))


def _layout_ex(
    stem: str, disks: list[DataObject], swap: int, now: datetime, snapshots: Mapping[MoRef, DataObject]
) -> DataObject:
    log = f"{stem.rpartition('/')[0]}/vmware.log"
    listed = _Listing()
    listed.add(f"{stem}.vmx", "config")
    listed.add(f"{stem}.vmsd", "snapshotList")
    layouts = listed.disks(disks)
    frozen = tuple(
        DataObject(
            "VirtualMachineFileLayoutExSnapshotLayout",
            key=snapshot,
            dataKey=-1,
            memoryKey=-1,
            disk=listed.disks(disks_of(config)),
        )
        for snapshot, config in snapshots.items()
    )
    listed.add(f"{stem}.nvram", "nvram")
    if swap:
        listed.add(f"{stem}.vswp", "swap", swap)
    listed.add(log, "log")
    return DataObject(
        "VirtualMachineFileLayoutEx",
        file=tuple(listed.files.values()),
        disk=layouts,
        snapshot=frozen or None,
        timestamp=now,
    )


class _Listing:
    """The files of a virtual machine by their paths, each once, with keys in the order of adding."""

    def __init__(self) -> None:
        self.files: dict[str, DataObject] = {}

    def add(self, path: str, kind: str, size: int | None = None) -> int:
        """List a file, unless it is listed; return its key."""
        if path not in self.files:
            self.files[path] = file_info(len(self.files), path, kind, size)
        return int(self.files[path].key)

    def disks(self, disks: Iterable[DataObject]) -> tuple[DataObject, ...]:
        """List the files of disks; return their VirtualMachineFileLayoutExDiskLayouts."""
        return tuple(
            DataObject(
                "VirtualMachineFileLayoutExDiskLayout",
                key=disk.key,
                chain=tuple(self._unit(path, written(disk)) for path in disk_files(disk)),
            )
            for disk in disks
        )

    def _unit(self, path: str, size: int) -> DataObject:
        extent = f"{path.removesuffix('.vmdk')}-flat.vmdk"
        keys = (self.add(path, "diskDescriptor"), self.add(extent, "diskExtent", size))
        return DataObject("VirtualMachineFileLayoutExDiskUnit", fileKey=keys)


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

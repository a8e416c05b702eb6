"""The files of a virtual machine: its properties layout, layoutEx and storage.

They follow from its configuration: the directory of the .vmx file and the virtual disks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from vim25_emulator.model.entity import MIB
from vim25_emulator.model.reserved_resources import reserved_in
from vim25_emulator.vmodl.value import DataObject, MoRef

_THIN_DIVISOR: Final = 4  #: a quarter of a thin disk's capacity is committed
NVRAM_BYTES: Final = 8684  #: size of the file with the firmware's variables
#: File type → usual size in bytes.
_SIZES: Final = {
    "config": 4096,
    "snapshotList": 0,
    "nvram": NVRAM_BYTES,
    "log": 262_144,
    "diskDescriptor": 1024,
}
_METADATA_SIZE: Final = 512  #: bytes of the file by which the VMs of a pair agree on the primary [derived]


class Usage(NamedTuple):
    """The space that files use on a datastore, in bytes."""

    datastore: MoRef
    committed: int
    uncommitted: int


class Files(NamedTuple):
    """The file properties of a virtual machine, and its usage of datastores."""

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
    """Return the files of a virtual machine with this configuration and its directory on `home`.

    `snapshots`: the configurations of its snapshots, whose disks are files of the virtual machine, too.
    """
    stem = config.files.vmPathName.removesuffix(".vmx")
    disks = disks_of(config)
    swap = swap_size(config) if running else None
    usage = _usage(disks, home, swap or 0)
    return Files(
        layout=_layout(stem, disks, running=running),
        layout_ex=_layout_ex(config, disks, swap, now, snapshots or {}),
        storage=_storage(usage, now),
        summary=_storage_summary(usage, now),
        usage=usage,
    )


def swap_path(config: DataObject) -> str:
    """Return the datastore path of the swap file."""
    return f"{config.files.vmPathName.removesuffix('.vmx')}.vswp"


def swap_size(config: DataObject) -> int:
    """Return the bytes of the swap file: the memory that is not reserved [observed: reports of users]."""
    return max(0, int(config.hardware.memoryMB) - reserved_in(config, "memoryAllocation")) * MIB


def committed_bytes(disk: DataObject) -> int:
    """Return the bytes that a virtual disk uses on its datastore."""
    capacity = int(disk.capacityInBytes)
    if disk.backing.is_a("VirtualDiskRawDiskMappingVer1BackingInfo"):
        return 0  # its bytes are on the raw disk
    return capacity // _THIN_DIVISOR if disk.backing.__dict__.get("thinProvisioned") else capacity


def disks_of(config: DataObject) -> list[DataObject]:
    """Return the virtual disks of a configuration."""
    return [device for device in config.hardware.device if device.is_a("VirtualDisk")]


def _usage(disks: list[DataObject], home: MoRef, swap: int) -> tuple[Usage, ...]:
    committed = Counter({home: sum(_SIZES.values()) + swap})
    uncommitted: Counter[MoRef] = Counter()
    for disk in disks:
        datastore = disk.backing.datastore
        committed[datastore] += committed_bytes(disk)
        uncommitted[datastore] += disk.capacityInBytes - committed_bytes(disk)
    return tuple(Usage(datastore, committed[datastore], uncommitted[datastore]) for datastore in committed)


def _layout(stem: str, disks: list[DataObject], *, running: bool) -> DataObject:
    name = stem.rpartition("/")[2]
    return DataObject(
        "VirtualMachineFileLayout",
        configFile=(f"{name}.nvram", f"{name}.vmsd"),
        logFile=("vmware.log",),
        disk=tuple(
            DataObject("VirtualMachineFileLayoutDiskLayout", key=disk.key, diskFile=_disk_files(disk))
            for disk in disks
        ),
        swapFile=f"{stem}.vswp" if running else None,
    )


def _disk_files(disk: DataObject) -> tuple[str, ...]:
    """Return the descriptor files of a disk's backing chain, the base first."""
    chain, backing = [], disk.backing
    while backing is not None:
        chain.append(backing.fileName)
        backing = backing.__dict__.get("parent")
    return tuple(reversed(chain))


def _layout_ex(
    config: DataObject,
    disks: list[DataObject],
    swap: int | None,
    now: datetime,
    snapshots: Mapping[MoRef, DataObject],
) -> DataObject:
    stem = config.files.vmPathName.removesuffix(".vmx")
    log = f"{stem.rpartition('/')[0]}/vmware.log"
    files = _FileList()
    files.add(f"{stem}.vmx", "config")
    files.add(f"{stem}.vmsd", "snapshotList")
    disk_layouts = files.add_disks(disks)
    snapshot_layouts = tuple(
        DataObject(
            "VirtualMachineFileLayoutExSnapshotLayout",
            key=snapshot,
            dataKey=-1,
            memoryKey=-1,
            disk=files.add_disks(disks_of(config)),
        )
        for snapshot, config in snapshots.items()
    )
    files.add(f"{stem}.nvram", "nvram")
    if swap is not None:
        files.add(f"{stem}.vswp", "swap", swap)
    metadata = config.files.__dict__.get("ftMetadataDirectory")
    if metadata:
        files.add(f"{metadata}shared.vmft", "ftMetadata", _METADATA_SIZE)
    files.add(log, "log")
    return DataObject(
        "VirtualMachineFileLayoutEx",
        file=tuple(files.by_path.values()),
        disk=disk_layouts,
        snapshot=snapshot_layouts or None,
        timestamp=now,
    )


class _FileList:
    """The files of a virtual machine by path, without duplicates, with keys in the order of addition."""

    def __init__(self) -> None:
        self.by_path: dict[str, DataObject] = {}

    def add(self, path: str, kind: str, size: int | None = None) -> int:
        """Add a file if its path is new; return its key."""
        if path not in self.by_path:
            self.by_path[path] = file_info(len(self.by_path), path, kind, size)
        return int(self.by_path[path].key)

    def add_disks(self, disks: Iterable[DataObject]) -> tuple[DataObject, ...]:
        """Add the files of disks; return their VirtualMachineFileLayoutExDiskLayouts."""
        return tuple(
            DataObject(
                "VirtualMachineFileLayoutExDiskLayout",
                key=disk.key,
                chain=tuple(self._unit(path, committed_bytes(disk)) for path in _disk_files(disk)),
            )
            for disk in disks
        )

    def _unit(self, path: str, size: int) -> DataObject:
        extent = f"{path.removesuffix('.vmdk')}-flat.vmdk"
        keys = (self.add(path, "diskDescriptor"), self.add(extent, "diskExtent", size))
        return DataObject("VirtualMachineFileLayoutExDiskUnit", fileKey=keys)


def file_info(key: int, name: str, kind: str, size: int | None = None) -> DataObject:
    """Return VirtualMachineFileLayoutExFileInfo; the default size is the usual one of the file's type."""
    size = _SIZES[kind] if size is None else size
    return DataObject(
        "VirtualMachineFileLayoutExFileInfo",
        key=key,
        name=name,
        type=kind,
        size=size,
        uniqueSize=size,
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

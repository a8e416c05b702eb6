"""Datastores: VMFS on a shared or local disk, NFS exports, virtual volumes and vSAN."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datacenter import Folders
from vim25_emulator.model.entity import digits_of, entity
from vim25_emulator.vmodl.value import DataObject, MoRef

#: Limits in bytes: 64 TiB on VMFS 6, and 62 TiB.
_MAX_FILE_SIZE: Final = 70_368_744_177_664
MAX_DISK_CAPACITY: Final = 68_169_720_922_112
_MAX_MEMORY_FILE_SIZE: Final = 27_487_790_694_400

#: Capabilities of VMFS alone.
_VMFS_ONLY: Final = frozenset({"rawDiskMappingsSupported", "seSparseSupported", "clusteredVmdkSupported"})

#: Methods that a datastore in normal mode refuses [observed: recordings].
_DISABLED: Final = ("DatastoreExitMaintenanceMode_Task",)


def _volume_path(name: str, kind: str) -> str:
    """Return the mount path of a new datastore."""
    digits = digits_of("datastore", name)
    if kind == "NFS":
        return f"/vmfs/volumes/{digits[:8]}-{digits[8:16]}"
    return f"/vmfs/volumes/{digits[:8]}-{digits[8:16]}-{digits[16:20]}-{digits[20:32]}"


def new_datastore(
    inventory: Inventory, folders: Folders, name: str, kind: str, capacity: int, *, accessible: bool = True
) -> ManagedObject:
    """Create an empty, unmounted datastore of a kind in `_INFO_BUILDERS`; `capacity` in bytes."""
    mo_id = inventory.new_mo_id("Datastore")
    url = f"ds://{_volume_path(name, kind)}/"
    created = inventory.create(
        "Datastore",
        mo_id,
        **entity(folders.datastore, name, "green" if accessible else "red"),
        info=_INFO_BUILDERS[kind](name, url, capacity),
        summary=_summary(mo_id, name, url, kind, capacity, accessible=accessible),
        capability=_capability(kind),
        iormConfiguration=_io_control(),
        disabledMethod=_DISABLED,
    )
    browser = inventory.create("HostDatastoreBrowser", f"datastoreBrowser-{mo_id}", datastore=(created.ref,))
    created.set("browser", browser.ref)
    folders.datastore.add("childEntity", created.ref)
    folders.datacenter.add("datastore", created.ref)
    return created


def mount(datastore: ManagedObject, hosts: list[ManagedObject]) -> None:
    """Set the hosts that mount a datastore; their own lists of datastores must contain it already."""
    accessible = datastore.get("summary.accessible")
    info = DataObject(
        "HostMountInfo",
        path=mount_path(datastore),
        accessMode="readWrite",
        mounted=True,
        accessible=accessible,
        inaccessibleReason=None if accessible else "AllPathsDown_Start",
    )
    mounts = (DataObject("DatastoreHostMount", key=host.ref, mountInfo=info) for host in hosts)
    datastore.set("host", tuple(mounts))
    datastore.set("summary.multipleHostAccess", len(hosts) > 1)


def mount_path(datastore: ManagedObject) -> str:
    """Return the mount path of a datastore."""
    url: str = datastore.get("summary.url")
    return url.removeprefix("ds://").rstrip("/")


def set_usage(datastore: ManagedObject, free: int, uncommitted: int) -> None:
    """Set the free and the uncommitted space of a datastore, in bytes."""
    datastore.set("summary.freeSpace", free)
    datastore.set("summary.uncommitted", uncommitted)
    datastore.set("info.freeSpace", free)


def add_usage(inventory: Inventory, ref: MoRef, committed: int, uncommitted: int) -> None:
    """Add to the committed and uncommitted space of a datastore, in bytes; negative numbers free space."""
    datastore = inventory.find(ref)
    if datastore is None or not (committed or uncommitted):
        return
    free = datastore.get("summary.freeSpace") - committed
    total = (datastore.get("summary.uncommitted") or 0) + uncommitted
    set_usage(datastore, min(max(free, 0), datastore.get("summary.capacity")), max(total, 0))


def _summary(mo_id: str, name: str, url: str, kind: str, capacity: int, *, accessible: bool) -> DataObject:
    return DataObject(
        "DatastoreSummary",
        datastore=MoRef("Datastore", mo_id),
        name=name,
        url=url,
        capacity=capacity,
        freeSpace=capacity,
        uncommitted=0,
        accessible=accessible,
        multipleHostAccess=False,
        type=kind,
        maintenanceMode="normal",
    )


def _info(type_name: str, name: str, url: str, capacity: int, **properties: Any) -> DataObject:
    """Return a DatastoreInfo; vVol and vSAN datastores have no other properties here."""
    return DataObject(
        type_name,
        name=name,
        url=url,
        freeSpace=capacity,
        maxFileSize=_MAX_FILE_SIZE,
        maxVirtualDiskCapacity=MAX_DISK_CAPACITY,
        maxMemoryFileSize=_MAX_MEMORY_FILE_SIZE,
        containerId=_container_id(url),
        **properties,
    )


def _container_id(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def _vmfs(name: str, url: str, capacity: int) -> DataObject:
    disk = digits_of("disk", name)
    return _info(
        "VmfsDatastoreInfo",
        name,
        url,
        capacity,
        maxPhysicalRDMFileSize=_MAX_FILE_SIZE,
        maxVirtualRDMFileSize=MAX_DISK_CAPACITY,
        vmfs=DataObject(
            "HostVmfsVolume",
            type="VMFS",
            name=name,
            capacity=capacity,
            blockSizeMb=1,
            blockSize=1024,
            unmapGranularity=1024,
            unmapPriority="low",
            maxBlocks=63_963_136,
            majorVersion=6,
            version="6.82",
            uuid=_container_id(url),
            extent=(DataObject("HostScsiDiskPartition", diskName=f"naa.{disk}", partition=1),),
            vmfsUpgradable=False,
            ssd=True,
            local=False,
        ),
    )


def _nfs(name: str, url: str, capacity: int) -> DataObject:
    return _info(
        "NasDatastoreInfo",
        name,
        url,
        capacity,
        nas=DataObject(
            "HostNasVolume",
            type="NFS",
            name=name,
            capacity=capacity,
            remoteHost="nas.lab.example",
            remotePath=f"/export/{name}",
            remoteHostNames=("nas.lab.example",),
            securityType="AUTH_SYS",
            protocolEndpoint=False,
        ),
    )


#: Kind of datastore → builder of its DatastoreInfo.
_INFO_BUILDERS: Final[dict[str, Callable[[str, str, int], DataObject]]] = {
    "VMFS": _vmfs,
    "NFS": _nfs,
    "VVOL": partial(_info, "VvolDatastoreInfo"),
    "vsan": partial(_info, "VsanDatastoreInfo"),
}


def _capability(kind: str) -> DataObject:
    supported = {
        "directoryHierarchySupported": True,
        "rawDiskMappingsSupported": True,
        "perFileThinProvisioningSupported": True,
        "storageIORMSupported": True,
        "nativeSnapshotSupported": False,
        "topLevelDirectoryCreateSupported": True,
        "seSparseSupported": True,
        "vmfsSparseSupported": True,
        "vsanSparseSupported": False,
        "upitSupported": False,
        "vmdkExpandSupported": True,
        "clusteredVmdkSupported": False,
    }
    false = frozenset[str]() if kind == "VMFS" else _VMFS_ONLY
    return DataObject(
        "DatastoreCapability", **{name: value and name not in false for name, value in supported.items()}
    )


def _io_control() -> DataObject:
    return DataObject(
        "StorageIORMInfo",
        enabled=False,
        congestionThresholdMode="automatic",
        congestionThreshold=30,
        percentOfPeakThroughput=90,
        statsCollectionEnabled=False,
        reservationEnabled=True,
        statsAggregationDisabled=False,
    )

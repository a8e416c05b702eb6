"""How the adapters of a host reach its disks: one path per disk, in each of the views that show it.

Keys refer to adapters, disks and paths by the forms of a real host [observed: recordings of 6.7 and 8.0.3].
"""

from __future__ import annotations

from typing import Final, NamedTuple

from vim25_emulator.model.entity import digits_of
from vim25_emulator.vmodl.value import DataObject

_KEY: Final = "key-vim.host"
_PLUGIN: Final = "NMP"
_MULTIPATH_POLICY: Final = "VMW_PSP_FIXED"
_ARRAY_POLICY: Final = "VMW_SATP_DEFAULT_AA"

#: Adapter → its type; the first has local storage, the second the shared disks.
_ADAPTER_TYPES: Final = {"vmhba0": "BlockHba", "vmhba1": "ParallelScsiHba"}
ADAPTERS: Final = tuple(_ADAPTER_TYPES)
_SHARED: Final = ADAPTERS[1]


class AttachedDisk(NamedTuple):
    """A disk of a host: its name, the name of its datastore, its size in bytes, its number on the adapter."""

    name: str
    datastore: str
    capacity: int
    target: int

    @property
    def uuid(self) -> str:
        """The identifier in all keys of the disk."""
        return digits_of("lun", self.datastore)

    @property
    def key(self) -> str:
        """The key of the disk in `scsiLun`."""
        return f"{_KEY}.ScsiDisk-{self.uuid}"

    @property
    def path(self) -> str:
        """The name of the path to the disk."""
        return f"{_SHARED}:C0:T{self.target}:L0"


def adapters() -> tuple[DataObject, ...]:
    """Return the HostHostBusAdapter of each adapter."""
    return tuple(
        DataObject(
            f"Host{kind}",
            key=_adapter_key(device),
            device=device,
            bus=index,
            status="online",
            model="Lab storage controller",
            driver="pvscsi",
            pci=f"0000:03:00.{index}",
            storageProtocol="scsi",
        )
        for index, (device, kind) in enumerate(_ADAPTER_TYPES.items())
    )


def _adapter_key(device: str) -> str:
    return f"{_KEY}.{_ADAPTER_TYPES[device]}-{device}"


def _disks_of(device: str, disks: tuple[AttachedDisk, ...]) -> tuple[AttachedDisk, ...]:
    return disks if device == _SHARED else ()


def _transport() -> DataObject:
    return DataObject("HostParallelScsiTargetTransport")


def scsi_topology(disks: tuple[AttachedDisk, ...]) -> DataObject:
    """Return HostScsiTopology: each disk is the first unit of a target of its own."""
    return DataObject(
        "HostScsiTopology",
        adapter=tuple(
            DataObject(
                "HostScsiTopologyInterface",
                key=f"{_KEY}.ScsiTopology.Interface-{device}",
                adapter=_adapter_key(device),
                target=tuple(_scsi_target(device, disk) for disk in _disks_of(device, disks)) or None,
            )
            for device in ADAPTERS
        ),
    )


def _scsi_target(device: str, disk: AttachedDisk) -> DataObject:
    unit = DataObject(
        "HostScsiTopologyLun", key=f"{_KEY}.ScsiTopology.Lun-{disk.uuid}", lun=0, scsiLun=disk.key
    )
    return DataObject(
        "HostScsiTopologyTarget",
        key=f"{_KEY}.ScsiTopology.Target-{device}:0:{disk.target}",
        target=disk.target,
        lun=(unit,),
        transport=_transport(),
    )


def multipath_info(disks: tuple[AttachedDisk, ...]) -> DataObject:
    """Return HostMultipathInfo: one active path per disk."""
    return DataObject("HostMultipathInfo", lun=tuple(map(_logical_unit, disks)) or None)


def _logical_unit(disk: AttachedDisk) -> DataObject:
    key = f"{_KEY}.MultipathInfo.LogicalUnit-{disk.uuid}"
    path = DataObject(
        "HostMultipathInfoPath",
        key=f"{_KEY}.MultipathInfo.Path-{disk.path}",
        name=disk.path,
        pathState="active",
        state="active",
        isWorkingPath=True,
        adapter=_adapter_key(_SHARED),
        lun=key,
        transport=_transport(),
    )
    return DataObject(
        "HostMultipathInfoLogicalUnit",
        key=key,
        id=disk.uuid,
        lun=disk.key,
        path=(path,),
        policy=DataObject(
            "HostMultipathInfoFixedLogicalUnitPolicy", policy=_MULTIPATH_POLICY, prefer=disk.path
        ),
        storageArrayTypePolicy=DataObject(
            "HostMultipathInfoLogicalUnitStorageArrayTypePolicy", policy=_ARRAY_POLICY
        ),
    )


def multipath_state_info(storage: DataObject) -> DataObject:
    """Return HostMultipathStateInfo: the state of every path of a HostStorageDeviceInfo."""
    paths = (path for unit in storage.multipathInfo.lun for path in unit.path)
    states = tuple(
        DataObject("HostMultipathStateInfoPath", name=path.name, pathState=path.pathState) for path in paths
    )
    return DataObject("HostMultipathStateInfo", path=states or None)


def plug_store_topology(disks: tuple[AttachedDisk, ...]) -> DataObject:
    """Return HostPlugStoreTopology; one plugin has claimed all paths."""
    paths = tuple(map(_plug_store_path, disks))
    devices = tuple(
        DataObject("HostPlugStoreTopologyDevice", key=path.device, lun=disk.key, path=(path.key,))
        for path, disk in zip(paths, disks, strict=True)
    )
    plugin = DataObject(
        "HostPlugStoreTopologyPlugin",
        key=_plug_store("Plugin", _PLUGIN),
        name=_PLUGIN,
        device=tuple(device.key for device in devices) or None,
        claimedPath=tuple(path.key for path in paths) or None,
    )
    return DataObject(
        "HostPlugStoreTopology",
        adapter=tuple(_plug_store_adapter(device, disks) for device in ADAPTERS),
        path=paths or None,
        target=tuple(
            DataObject("HostPlugStoreTopologyTarget", key=path.target, transport=_transport())
            for path in paths
        )
        or None,
        device=devices or None,
        plugin=(plugin,),
    )


def _plug_store(kind: str, name: str) -> str:
    return f"{_KEY}.PlugStoreTopology.{kind}-{name}"


def _plug_store_adapter(device: str, disks: tuple[AttachedDisk, ...]) -> DataObject:
    return DataObject(
        "HostPlugStoreTopologyAdapter",
        key=_plug_store("Adapter", device),
        adapter=_adapter_key(device),
        path=tuple(_plug_store("Path", disk.path) for disk in _disks_of(device, disks)) or None,
    )


def _plug_store_path(disk: AttachedDisk) -> DataObject:
    return DataObject(
        "HostPlugStoreTopologyPath",
        key=_plug_store("Path", disk.path),
        name=disk.path,
        channelNumber=0,
        targetNumber=disk.target,
        lunNumber=0,
        adapter=_plug_store("Adapter", _SHARED),
        target=_plug_store("Target", f"pscsi.0:{disk.target}"),
        device=_plug_store("Device", disk.uuid),
    )

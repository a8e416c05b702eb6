"""The storage of a host: its adapters and disks, and the datastores that it mounts.

`host_storage_path` shows how the adapters reach the disks. Hosts with the same datastores share the value.
"""

from __future__ import annotations

from functools import cache, lru_cache

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore import mount_path
from vim25_emulator.model.host_storage_path import (
    AttachedDisk,
    adapters,
    multipath_info,
    plug_store_topology,
    scsi_topology,
)
from vim25_emulator.vmodl.value import DataObject


@cache
def datastore_capabilities() -> DataObject:
    """Return HostDatastoreSystemCapabilities."""
    return DataObject(
        "HostDatastoreSystemCapabilities",
        nfsMountCreationRequired=True,
        nfsMountCreationSupported=True,
        localDatastoreSupported=False,
        vmfsExtentExpansionSupported=True,
    )


def file_system_volume_info(volumes: list[ManagedObject]) -> DataObject:
    """Return HostFileSystemVolumeInfo for these datastores."""
    return DataObject(
        "HostFileSystemVolumeInfo",
        volumeTypeList=("VMFS", "NFS", "NFS41", "vsan", "VVOL", "VFFS", "OTHER", "PMEM"),
        mountInfo=tuple(
            DataObject(
                "HostFileSystemMountInfo",
                mountInfo=DataObject(
                    "HostMountInfo",
                    path=mount_path(volume),
                    accessMode="readWrite",
                    mounted=True,
                    accessible=volume.get("summary.accessible"),
                ),
                volume=volume.get("info.vmfs") or volume.get("info.nas") or _object_volume(volume),
                vStorageSupport="vStorageSupported",
            )
            for volume in volumes
        ),
    )


def _object_volume(datastore: ManagedObject) -> DataObject:
    """Return the volume of a vVol or vSAN datastore, with the properties that all volumes share."""
    summary = datastore.get("summary")
    return DataObject("HostFileSystemVolume", type=summary.type, name=summary.name, capacity=summary.capacity)


def storage_device_info(volumes: list[ManagedObject]) -> DataObject:
    """Return HostStorageDeviceInfo: the adapters, and one disk per VMFS datastore."""
    on_disk = [volume for volume in volumes if volume.get("info.vmfs") is not None]
    return _device_info(
        tuple(
            AttachedDisk(
                volume.get("info.vmfs").extent[0].diskName,
                volume.get("name"),
                volume.get("summary.capacity"),
                target,
            )
            for target, volume in enumerate(on_disk)
        )
    )


@lru_cache(maxsize=16)
def _device_info(disks: tuple[AttachedDisk, ...]) -> DataObject:
    return DataObject(
        "HostStorageDeviceInfo",
        hostBusAdapter=adapters(),
        scsiLun=tuple(map(_disk, disks)),
        scsiTopology=scsi_topology(disks),
        nvmeTopology=DataObject("HostNvmeTopology"),
        multipathInfo=multipath_info(disks),
        plugStoreTopology=plug_store_topology(disks),
        softwareInternetScsiEnabled=False,
    )


def _disk(disk: AttachedDisk) -> DataObject:
    serial_number = disk.name.removeprefix("naa.")
    durable_name = DataObject(
        "ScsiLunDurableName", namespace="SERIALNUM", namespaceId=4, data=tuple(serial_number.encode())
    )
    return DataObject(
        "HostScsiDisk",
        deviceName=f"/vmfs/devices/disks/{disk.name}",
        devicePath=f"/vmfs/devices/disks/{disk.name}",
        deviceType="disk",
        key=disk.key,
        uuid=disk.uuid,
        descriptor=tuple(
            DataObject("ScsiLunDescriptor", quality="highQuality", id=name)
            for name in (disk.name, f"vml.{disk.uuid}", disk.uuid)
        ),
        canonicalName=disk.name,
        displayName=f"Lab disk ({disk.name})",
        lunType="disk",
        vendor="LAB",
        model="Disk",
        revision="1",
        scsiLevel=6,
        serialNumber=serial_number,
        durableName=durable_name,
        alternateName=(durable_name,),
        operationalState=("ok",),
        queueDepth=64,
        capabilities=DataObject("ScsiLunCapabilities", updateDisplayNameSupported=True),
        vStorageSupport="vStorageSupported",
        protocolEndpoint=False,
        perenniallyReserved=False,
        clusteredVmdkSupported=False,
        applicationProtocol="SCSI",
        dispersedNs=False,
        capacity=DataObject("HostDiskDimensionsLba", blockSize=512, block=disk.capacity // 512),
        ssd=True,
        localDisk=False,
        physicalLocation=(f"enclosure 1 slot {disk.target}",),
        emulatedDIXDIFEnabled=False,
        scsiDiskType="native512",
    )


def vsan_host_config(fault_domain: str) -> DataObject:
    """Return VsanHostConfigInfo of a host in a fault domain of vSAN."""
    return DataObject(
        "VsanHostConfigInfo",
        enabled=True,
        faultDomainInfo=DataObject("VsanHostFaultDomainInfo", name=fault_domain),
    )


def fault_domain_of(host: ManagedObject) -> str | None:
    """Return the name of a host's fault domain of vSAN; None without one."""
    name: str | None = host.get("config.vsanHostConfig.faultDomainInfo.name")
    return name or None

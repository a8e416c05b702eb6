"""The storage of a host: its adapters and disks, and the datastores that it mounts."""

from __future__ import annotations

from functools import cache
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore import mount_path
from vim25_emulator.model.entity import digits_of
from vim25_emulator.vmodl.value import DataObject

ADAPTERS: Final = ("vmhba0", "vmhba1")  #: for local and for shared storage


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
    disks = [_disk(volume) for volume in volumes if volume.get("info.vmfs") is not None]
    return DataObject(
        "HostStorageDeviceInfo",
        hostBusAdapter=tuple(
            DataObject(
                "HostBlockHba" if device == ADAPTERS[0] else "HostParallelScsiHba",
                key=f"key-vim.host.HostBusAdapter-{device}",
                device=device,
                bus=index,
                status="online",
                model="Lab storage controller",
                driver="pvscsi",
                pci=f"0000:03:00.{index}",
                storageProtocol="scsi",
            )
            for index, device in enumerate(ADAPTERS)
        ),
        scsiLun=tuple(disks),
        scsiTopology=DataObject("HostScsiTopology"),
        softwareInternetScsiEnabled=False,
    )


def _disk(volume: ManagedObject) -> DataObject:
    name = volume.get("info.vmfs").extent[0].diskName
    return DataObject(
        "HostScsiDisk",
        deviceName=f"/vmfs/devices/disks/{name}",
        devicePath=f"/vmfs/devices/disks/{name}",
        deviceType="disk",
        key=f"key-vim.host.ScsiDisk-{name}",
        uuid=digits_of("lun", volume.get("name")),
        canonicalName=name,
        displayName=f"Lab disk ({name})",
        lunType="disk",
        vendor="LAB",
        model="Disk",
        revision="1",
        scsiLevel=6,
        operationalState=("ok",),
        queueDepth=64,
        vStorageSupport="vStorageSupported",
        capacity=DataObject(
            "HostDiskDimensionsLba", blockSize=512, block=volume.get("summary.capacity") // 512
        ),
        ssd=True,
        localDisk=False,
        perenniallyReserved=False,
        clusteredVmdkSupported=False,
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

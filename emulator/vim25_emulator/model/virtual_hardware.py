"""Virtual hardware: controllers and devices with the keys and unit numbers of a real vCenter.

Virtual machines share the devices that contain neither a file name nor an address.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.added_device import AddedDevice, added_devices
from vim25_emulator.model.device_kind import summary_of
from vim25_emulator.model.disk_backing import DiskParts, disk_backing, flash_cache
from vim25_emulator.model.distributed_port import network_of, unconnected_backing
from vim25_emulator.model.distributed_switch import PORT_GROUP
from vim25_emulator.model.entity import description, digits_of, mac_of, shares
from vim25_emulator.vmodl.text_cache import text_cache
from vim25_emulator.vmodl.value import DataObject, MoRef

#: First keys by device type.
_IDE, _PCI, _PS2, _SIO, _SCSI, _SATA = 200, 100, 300, 400, 1000, 15000
_VIDEO, _KEYBOARD, _POINTER, _VMCI, _CDROM, _DISK, _NIC = 500, 600, 700, 12000, 16000, 2000, 4000

_DISKS_PER_CONTROLLER: Final = 15  #: a SCSI controller has 16 units and occupies unit 7 itself
_CONTROLLERS: Final = 4
MAX_DISKS: Final = _DISKS_PER_CONTROLLER * _CONTROLLERS


class DeviceParts(NamedTuple):
    """The devices of a new virtual machine. `iso` is a datastore path and its datastore."""

    disks: tuple[DiskParts, ...]
    networks: tuple[ManagedObject, ...]
    iso: tuple[str, ManagedObject | None] | None = None
    video_3d: bool = False
    scsi_sharing: str = "noSharing"
    added: tuple[AddedDevice, ...] = ()


def devices(parts: DeviceParts, name: str, home: ManagedObject, *, running: bool) -> tuple[DataObject, ...]:
    """Return the devices of a virtual machine; its directory on `home` is named after it."""
    controllers = -(-len(parts.disks) // _DISKS_PER_CONTROLLER) or 1
    return (
        *_fixed_devices(
            controllers, len(parts.disks), len(parts.networks), parts.video_3d, parts.scsi_sharing
        ),
        _cdrom(parts.iso, running=running),
        *(_disk(disk, index, name, home) for index, disk in enumerate(parts.disks)),
        *(_nic(network, index, name, running=running) for index, network in enumerate(parts.networks)),
        *added_devices(parts.added),
    )


def default_devices() -> tuple[DataObject, ...]:
    """Return the devices that every virtual machine has without asking for them."""
    return tuple(device for device in _fixed_devices(0, 0, 0, False, "noSharing") if device.key != _SATA)


def device_counts(config: DataObject) -> dict[str, int]:
    """Return the numbers of devices in VirtualMachineConfigSummary, by property."""
    types = [device.type_ for device in config.hardware.device]
    return {
        "numEthernetCards": sum(device_type.is_a("VirtualEthernetCard") for device_type in types),
        "numVirtualDisks": sum(device_type.is_a("VirtualDisk") for device_type in types),
    }


def has_tpm(config: DataObject) -> bool:
    """Whether a configuration has a virtual TPM."""
    return any(device.is_a("VirtualTPM") for device in config.hardware.device)


def networks_of(config: DataObject) -> tuple[MoRef, ...]:
    """Return the networks of a configuration's network adapters."""
    adapters = (device for device in config.hardware.device if device.is_a("VirtualEthernetCard"))
    return tuple(dict.fromkeys(ref for ref in map(network_of, adapters) if ref is not None))


@text_cache(256)
def _fixed_devices(
    controllers: int, disks: int, nics: int, video_3d: bool, scsi_sharing: str
) -> tuple[DataObject, ...]:  # the cache's key
    on_pci = (_VIDEO, _VMCI, *range(_SCSI, _SCSI + controllers), _SATA, *range(_NIC, _NIC + nics))
    pointer = DataObject(
        "VirtualPointingDeviceDeviceBackingInfo",
        deviceName="",
        useAutoDetect=False,
        hostPointingDevice="autodetect",
    )
    return (
        _controller("VirtualIDEController", _IDE, 0, "IDE 0"),
        _controller("VirtualIDEController", _IDE + 1, 1, "IDE 1"),
        _controller("VirtualPS2Controller", _PS2, 0, "PS2 controller 0", (_KEYBOARD, _POINTER)),
        _controller("VirtualPCIController", _PCI, 0, "PCI controller 0", on_pci),
        _controller("VirtualSIOController", _SIO, 0, "SIO controller 0"),
        _device("VirtualKeyboard", _KEYBOARD, "Keyboard ", None, _PS2, 0),
        _device("VirtualPointingDevice", _POINTER, "Pointing device", None, _PS2, 1, backing=pointer),
        _video_card(enable_3d=video_3d),
        _device(
            "VirtualMachineVMCIDevice",
            _VMCI,
            "VMCI device",
            "Device on the virtual machine PCI bus that provides support for the virtual machine "
            "communication interface",
            _PCI,
            17,
            allowUnrestrictedCommunication=False,
            filterEnable=True,
        ),
        *(_scsi_controller(bus, disks, scsi_sharing) for bus in range(controllers)),
        _controller("VirtualAHCIController", _SATA, 0, "SATA controller 0", (_CDROM,)),
    )


def _device(  # the properties of all devices
    type_name: str,
    key: int,
    label: str,
    summary: str | None = None,
    controller: int | None = None,
    unit: int | None = None,
    **properties: Any,
) -> DataObject:
    return DataObject(
        type_name,
        key=key,
        deviceInfo=description(label, summary or summary_of(type_name)),
        controllerKey=controller,
        unitNumber=unit,
        **properties,
    )


def _controller(
    type_name: str,
    key: int,
    bus: int,
    label: str,
    device_keys: tuple[int, ...] = (),
) -> DataObject:
    return _device(type_name, key, label, busNumber=bus, device=device_keys or None)


def _video_card(*, enable_3d: bool) -> DataObject:
    return _device(
        "VirtualMachineVideoCard",
        _VIDEO,
        "Video card ",
        None,
        _PCI,
        0,
        videoRamSizeInKB=16_384,
        numDisplays=1,
        useAutoDetect=False,
        enable3DSupport=enable_3d,
        use3dRenderer="automatic",
        graphicsMemorySizeInKB=262_144,
    )


def _scsi_controller(bus: int, disks: int, sharing: str) -> DataObject:
    first = bus * _DISKS_PER_CONTROLLER
    disk_keys = tuple(_DISK + index for index in range(first, min(first + _DISKS_PER_CONTROLLER, disks)))
    return _device(
        "ParaVirtualSCSIController",
        _SCSI + bus,
        f"SCSI controller {bus}",
        None,
        _PCI,
        3 + bus,
        busNumber=bus,
        device=disk_keys or None,
        hotAddRemove=True,
        sharedBus=sharing,
        scsiCtlrUnitNumber=7,
        slotInfo=DataObject("VirtualDevicePciBusSlotInfo", pciSlotNumber=160 + 32 * bus),
    )


@text_cache(64)
def _connection(*, connected: bool, status: str = "ok") -> DataObject:
    return DataObject(
        "VirtualDeviceConnectInfo",
        migrateConnect="unset",
        startConnected=connected,
        allowGuestControl=True,
        connected=connected,
        status=status,
    )


def _cdrom(iso: tuple[str, ManagedObject | None] | None, *, running: bool) -> DataObject:
    if iso is None:
        return _client_cdrom()
    path, datastore = iso
    backing = DataObject(
        "VirtualCdromIsoBackingInfo", fileName=path, datastore=datastore.ref if datastore else None
    )
    connection = _connection(connected=True).replace(connected=running)
    return _device(
        "VirtualCdrom",
        _CDROM,
        "CD/DVD drive 1",
        f"ISO {path}",
        _SATA,
        0,
        backing=backing,
        connectable=connection,
    )


@lru_cache(maxsize=1)
def _client_cdrom() -> DataObject:
    backing = DataObject(
        "VirtualCdromRemotePassthroughBackingInfo", deviceName="", useAutoDetect=False, exclusive=False
    )
    return _device(
        "VirtualCdrom",
        _CDROM,
        "CD/DVD drive 1",
        "Remote device",
        _SATA,
        0,
        backing=backing,
        connectable=_connection(connected=False),
    )


@lru_cache(maxsize=1)
def _io_allocation() -> DataObject:
    return DataObject("StorageIOAllocationInfo", limit=-1, shares=shares("normal", 1000), reservation=0)


def _disk(disk: DiskParts, index: int, name: str, home: ManagedObject) -> DataObject:
    suffix = f"_{index}" if index else ""
    digits = digits_of("vmdk", home.ref.value, name, index)
    kilobytes = disk.capacity // 1024
    file_name = f"[{disk.datastore.properties['name']}] {name}/{name}{suffix}.vmdk"
    unit = index % _DISKS_PER_CONTROLLER
    return DataObject(
        "VirtualDisk",
        key=_DISK + index,
        deviceInfo=description(f"Hard disk {index + 1}", f"{kilobytes:,} KB"),
        backing=disk_backing(disk, file_name, digits),
        controllerKey=_SCSI + index // _DISKS_PER_CONTROLLER,
        unitNumber=unit if unit < 7 else unit + 1,  # unit 7 is the controller
        capacityInKB=kilobytes,
        capacityInBytes=disk.capacity,
        shares=shares("normal", 1000),
        storageIOAllocation=_io_allocation(),
        diskObjectId=f"1-{_DISK + index}",
        vFlashCacheConfigInfo=flash_cache(disk.flash_cache_mb),
        iofilter=disk.io_filters or None,
        nativeUnmanagedLinkedClone=False,
        guestReadOnly=False,
    )


@text_cache(256)
def _network_backing(name: str, ref: MoRef) -> DataObject:
    return DataObject(
        "VirtualEthernetCardNetworkBackingInfo", deviceName=name, useAutoDetect=False, network=ref
    )


@lru_cache(maxsize=1)
def _nic_resources() -> DataObject:
    return DataObject(
        "VirtualEthernetCardResourceAllocation", reservation=0, share=shares("normal", 50), limit=-1
    )


def _nic(network: ManagedObject, index: int, name: str, *, running: bool) -> DataObject:
    network_name = network.properties["name"]
    distributed = network.is_a(PORT_GROUP)
    return DataObject(
        "VirtualVmxnet3",
        key=_NIC + index,
        deviceInfo=description(f"Network adapter {index + 1}", network_name),
        backing=unconnected_backing(network.ref)
        if distributed
        else _network_backing(network_name, network.ref),
        connectable=_nic_connection(running=running),
        controllerKey=_PCI,
        unitNumber=7 + index,
        addressType="assigned",
        macAddress=mac_of("vm", name, index),
        wakeOnLanEnabled=True,
        resourceAllocation=_nic_resources(),
        uptCompatibilityEnabled=True,
        uptv2Enabled=False,
    )


@lru_cache(maxsize=2)
def _nic_connection(*, running: bool) -> DataObject:
    return _connection(connected=True, status="ok" if running else "untried").replace(connected=running)

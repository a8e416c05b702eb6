"""Optional devices of a virtual machine, as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.entity import description
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.value import DataObject

_PCI, _SIO, _USB_CONTROLLER = 100, 400, 7000


class AddedDevice(NamedTuple):
    """An optional device: its kind, the datastore path and datastore of its file, the network of a card."""

    kind: str
    file: tuple[str, ManagedObject | None] | None = None
    network: ManagedObject | None = None


class _Kind(NamedTuple):
    """A kind of device: type, first key, controller key, label, backing type, other properties."""

    type: str
    key: int
    controller: int
    label: str
    file_backing: str | None = None
    properties: tuple[tuple[str, Any], ...] = ()


#: Device type in a scenario → kind.
_KINDS: Final = {
    "floppy": _Kind("VirtualFloppy", 8000, _SIO, "Floppy drive", "VirtualFloppyImageBackingInfo"),
    "serialPort": _Kind(
        "VirtualSerialPort",
        9000,
        _SIO,
        "Serial port",
        "VirtualSerialPortFileBackingInfo",
        (("yieldOnPoll", True),),
    ),
    "parallelPort": _Kind(
        "VirtualParallelPort", 10_000, _SIO, "Parallel port", "VirtualParallelPortFileBackingInfo"
    ),
    "usb": _Kind("VirtualUSB", 18_000, _USB_CONTROLLER, "USB", None, (("connected", True),)),
    "sound": _Kind("VirtualHdAudioCard", 5000, _PCI, "Sound card"),
    "pciPassthrough": _Kind("VirtualPCIPassthrough", 13_000, _PCI, "PCI device"),
    "sriov": _Kind("VirtualSriovEthernetCard", 4500, _PCI, "SR-IOV adapter"),
    "tpm": _Kind("VirtualTPM", 11_000, _PCI, "Virtual TPM"),
    "nvdimm": _Kind("VirtualNVDIMM", 34_000, _PCI, "NVDIMM", None, (("capacityInMB", 1024),)),
    "pcnet32": _Kind("VirtualPCNet32", 4600, _PCI, "Flexible adapter"),
}


def added_devices(added: tuple[AddedDevice, ...]) -> Iterator[DataObject]:
    """Yield the devices, numbered from 1 within each kind."""
    numbers: dict[str, int] = {}
    for device in added:
        numbers[device.kind] = number = numbers.get(device.kind, 0) + 1
        yield _device(_KINDS[device.kind], number, device)


def _device(kind: _Kind, number: int, added: AddedDevice) -> DataObject:
    return DataObject(
        kind.type,
        key=kind.key + number - 1,
        deviceInfo=description(f"{kind.label} {number}", kind.label),
        backing=_backing(kind, added),
        controllerKey=kind.controller,
        **dict(kind.properties),
    )


def _backing(kind: _Kind, added: AddedDevice) -> DataObject | None:
    if added.network is not None and data_type(kind.type).is_a("VirtualEthernetCard"):
        network = {"deviceName": added.network.get("name"), "network": added.network.ref}
        return DataObject("VirtualEthernetCardNetworkBackingInfo", useAutoDetect=False, **network)
    if added.file is None or kind.file_backing is None:
        return None
    path, datastore = added.file
    return DataObject(kind.file_backing, fileName=path, datastore=datastore.ref if datastore else None)

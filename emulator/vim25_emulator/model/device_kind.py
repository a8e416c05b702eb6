"""Kinds of virtual devices: first keys, labels, summaries, controllers, and support for hot-plugging.

First keys, first units, labels and summaries are [observed: real servers]. Support for hot-plugging is
[documented] for some kinds, [derived] for the rest.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.value import DataObject


class DeviceKind(NamedTuple):
    """A kind of device. The numbers in `label` count from 0 for controllers, from 1 for other devices.

    `first_unit` is the lowest unit number on the controller.
    """

    type_name: str
    first_key: int
    label: str
    controllers: tuple[str, ...] = ()
    hot: bool = False
    first_unit: int = 0

    def label_of(self, key: int) -> str:
        """Return the label of the device with this key."""
        number = key - self.first_key
        return self.label.format(number if self.type_name.endswith("Controller") else number + 1)


_PCI: Final = ("VirtualPCIController",)
_SIO: Final = ("VirtualSIOController",)
_BUS: Final = (
    "VirtualSCSIController",
    "VirtualSATAController",
    "VirtualNVMEController",
    "VirtualIDEController",
)

_KINDS: Final = (
    DeviceKind("VirtualPCIController", 100, "PCI controller {}"),
    DeviceKind("VirtualIDEController", 200, "IDE {}"),
    DeviceKind("VirtualPS2Controller", 300, "PS2 controller {}"),
    DeviceKind("VirtualSIOController", 400, "SIO controller {}"),
    DeviceKind("VirtualSCSIController", 1000, "SCSI controller {}", _PCI, hot=True),
    DeviceKind("VirtualSATAController", 15000, "SATA controller {}", _PCI, hot=True),
    DeviceKind("VirtualNVMEController", 31000, "NVME controller {}", _PCI, hot=True),
    DeviceKind("VirtualUSBXHCIController", 14000, "USB xHCI controller", _PCI, hot=True),
    DeviceKind("VirtualUSBController", 7000, "USB controller", _PCI, hot=True),
    DeviceKind("VirtualNVDIMMController", 19000, "NVDIMM controller {}", _PCI),
    DeviceKind("VirtualController", 40000, "Controller {}", _PCI),
    DeviceKind("VirtualMachineVideoCard", 500, "Video card ", _PCI),
    DeviceKind("VirtualKeyboard", 600, "Keyboard ", ("VirtualPS2Controller",)),
    DeviceKind("VirtualPointingDevice", 700, "Pointing device", ("VirtualPS2Controller",)),
    DeviceKind("VirtualDisk", 2000, "Hard disk {}", _BUS, hot=True),
    DeviceKind("VirtualCdrom", 3000, "CD/DVD drive {}", ("VirtualSATAController", "VirtualIDEController")),
    DeviceKind("VirtualEthernetCard", 4000, "Network adapter {}", _PCI, hot=True, first_unit=7),
    DeviceKind("VirtualSoundCard", 5000, "Sound card", _PCI),
    DeviceKind("VirtualUSB", 12500, "USB {}", ("VirtualUSBXHCIController", "VirtualUSBController"), hot=True),
    DeviceKind("VirtualFloppy", 8000, "Floppy drive {}", _SIO),
    DeviceKind("VirtualSerialPort", 9000, "Serial port {}", _SIO),
    DeviceKind("VirtualParallelPort", 10000, "Parallel port {}", _SIO),
    DeviceKind("VirtualTPM", 11000, "Virtual TPM", _PCI),
    DeviceKind("VirtualMachineVMCIDevice", 12000, "VMCI device", _PCI),
    DeviceKind("VirtualPCIPassthrough", 13000, "PCI device {}", _PCI),
    DeviceKind("VirtualNVDIMM", 19500, "NVDIMM {}", ("VirtualNVDIMMController",)),
    DeviceKind("VirtualSCSIPassthrough", 2500, "SCSI device {}", ("VirtualSCSIController",), hot=True),
    DeviceKind("VirtualPrecisionClock", 20000, "Precision clock", _PCI),
    DeviceKind("VirtualWDT", 18000, "Watchdog timer", _PCI),
    DeviceKind("VirtualDevice", 50000, "Device {}", _PCI),
)
_KINDS_BY_TYPE: Final = {kind.type_name: kind for kind in _KINDS}
_OTHER: Final = _KINDS_BY_TYPE["VirtualDevice"]  #: for a type without a kind of its own

#: Device type → summary, where it is neither the label nor that of the backing.
_SUMMARIES: Final = {
    "VirtualKeyboard": "Keyboard",
    "VirtualMachineVideoCard": "Video card",
    "VirtualPointingDevice": "Pointing device; Device",
    "ParaVirtualSCSIController": "VMware paravirtual SCSI",
    "VirtualLsiLogicController": "LSI Logic",
    "VirtualLsiLogicSASController": "LSI Logic SAS",
    "VirtualBusLogicController": "BusLogic",
    "VirtualSATAController": "AHCI",
}

#: Controller → number of units, and the unit that the controller itself occupies.
_UNITS: Final = {
    "VirtualIDEController": (2, None),
    "ParaVirtualSCSIController": (64, 7),
    "VirtualSCSIController": (16, 7),
    "VirtualSATAController": (30, None),
    "VirtualNVMEController": (15, None),
}
#: The same for controllers without a limit.
_UNLIMITED_UNITS: Final = (1 << 16, None)

#: Device type → maximum number in one virtual machine.
_MAX_COUNTS: Final = {
    "VirtualSCSIController": 4,
    "VirtualSATAController": 4,
    "VirtualNVMEController": 4,
    "VirtualIDEController": 2,
    "VirtualUSBController": 1,
    "VirtualUSBXHCIController": 1,
    "VirtualEthernetCard": 10,
    "VirtualTPM": 1,
    "VirtualSoundCard": 1,
}


def kind_of(device: DataObject) -> DeviceKind:
    """Return the kind of a device."""
    return device.type_.nearest(_KINDS_BY_TYPE, _OTHER)


def summary_of(type_name: str) -> str | None:
    """Return the summary of devices of a type; None if it is the label or depends on the backing."""
    return data_type(type_name).nearest(_SUMMARIES, None)


def units_of(controller: DataObject) -> tuple[int, int | None]:
    """Return the number of units of a controller, and the unit that the controller itself occupies."""
    return controller.type_.nearest(_UNITS, _UNLIMITED_UNITS)


def max_count(kind: DeviceKind) -> int | None:
    """Return the maximum number of devices of a kind in one virtual machine; None for no limit."""
    return _MAX_COUNTS.get(kind.type_name)

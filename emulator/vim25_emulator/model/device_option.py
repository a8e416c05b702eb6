"""VirtualDeviceOption: what a hardware version allows of each kind of device.

A row names the type of the device and what its option has beyond the defaults: controllers, backings and
ranges. The rest of an option is filled in by type: nothing supported, no choice [derived].
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from vim25_emulator.vmodl.registry import data_type, enum_type
from vim25_emulator.vmodl.value import DataObject

_MAX_DISK_KB: Final = 62 << 30  #: the largest virtual disk has 62 TiB [documented]


class DeviceRow(NamedTuple):
    """A kind of device: its type, the first hardware version with it, its option's type if that differs."""

    type_name: str
    controller: str | None = None
    since: int = 4
    option: str = ""
    backings: tuple[str, ...] = ()
    ranges: tuple[tuple[str, int], ...] = ()
    hot: bool = False


_PCI: Final = "VirtualPCIController"
_SIO: Final = "VirtualSIOController"
_SCSI: Final = (("devices", 16), ("numSCSIDisks", 15), ("numSCSICdroms", 15), ("numSCSIPassthrough", 15))
_NETWORKS: Final = ("VirtualEthernetCardNetworkBacking", "VirtualEthernetCardDVPortBacking")
#: Start of a backing option's name → start of the backing's own name, where it is another one.
_BACKINGS: Final = {"VirtualEthernetCardDVPortBacking": "VirtualEthernetCardDistributedVirtualPortBacking"}
_SLOTS: Final = (
    ("devices", 32),
    ("numSCSIControllers", 4),
    ("numParaVirtualSCSIControllers", 4),
    ("numSasSCSIControllers", 4),
    ("numSATAControllers", 4),
    ("numNVMEControllers", 4),
    ("numEthernetCards", 10),
    ("numVmxnet3EthernetCards", 10),
    ("numVideoCards", 1),
    ("numVmciDevices", 1),
    ("numSoundCards", 1),
    ("numPCIPassthroughDevices", 16),
)

_ROWS: Final = (
    DeviceRow(_PCI, ranges=_SLOTS),
    DeviceRow("VirtualIDEController", ranges=(("devices", 2), ("numIDEDisks", 2), ("numIDECdroms", 2))),
    DeviceRow(
        "VirtualPS2Controller", ranges=(("devices", 2), ("numKeyboards", 1), ("numPointingDevices", 1))
    ),
    DeviceRow(
        _SIO,
        ranges=(("devices", 37), ("numFloppyDrives", 2), ("numSerialPorts", 32), ("numParallelPorts", 3)),
    ),
    DeviceRow("VirtualBusLogicController", _PCI, ranges=_SCSI, hot=True),
    DeviceRow("VirtualLsiLogicController", _PCI, ranges=_SCSI, hot=True),
    DeviceRow("VirtualLsiLogicSASController", _PCI, 7, ranges=_SCSI, hot=True),
    DeviceRow("ParaVirtualSCSIController", _PCI, 7, ranges=_SCSI, hot=True),
    DeviceRow(
        "VirtualAHCIController",
        _PCI,
        10,
        ranges=(("devices", 30), ("numSATADisks", 30), ("numSATACdroms", 30)),
        hot=True,
    ),
    DeviceRow("VirtualNVMEController", _PCI, 13, ranges=(("devices", 15), ("numNVMEDisks", 15)), hot=True),
    DeviceRow("VirtualUSBController", _PCI, 7, ranges=(("devices", 20),), hot=True),
    DeviceRow("VirtualUSBXHCIController", _PCI, 8, ranges=(("devices", 20),), hot=True),
    DeviceRow("VirtualKeyboard", "VirtualPS2Controller"),
    DeviceRow("VirtualPointingDevice", "VirtualPS2Controller"),
    DeviceRow("VirtualMachineVideoCard", _PCI, option="VirtualVideoCardOption"),
    DeviceRow("VirtualMachineVMCIDevice", _PCI, 7),
    DeviceRow("VirtualDisk", "VirtualSCSIController", backings=("VirtualDiskFlatVer2Backing",), hot=True),
    DeviceRow("VirtualDisk", "VirtualIDEController", backings=("VirtualDiskFlatVer2Backing",)),
    DeviceRow("VirtualDisk", "VirtualSATAController", 10, backings=("VirtualDiskFlatVer2Backing",), hot=True),
    DeviceRow("VirtualDisk", "VirtualNVMEController", 13, backings=("VirtualDiskFlatVer2Backing",), hot=True),
    DeviceRow("VirtualCdrom", "VirtualIDEController", backings=("VirtualCdromIsoBacking",)),
    DeviceRow("VirtualCdrom", "VirtualSATAController", 10, backings=("VirtualCdromIsoBacking",)),
    DeviceRow("VirtualFloppy", _SIO),
    DeviceRow("VirtualSerialPort", _SIO),
    DeviceRow("VirtualParallelPort", _SIO),
    DeviceRow("VirtualE1000", _PCI, backings=_NETWORKS, hot=True),
    DeviceRow("VirtualE1000e", _PCI, 8, backings=_NETWORKS, hot=True),
    DeviceRow("VirtualVmxnet3", _PCI, 7, backings=_NETWORKS, hot=True),
    DeviceRow("VirtualTPM", _PCI, 14),
)
_CHOICES: Final = {
    "macType": ("manual", "generated", "assigned"),
    "diskMode": ("persistent", "independent_persistent", "independent_nonpersistent"),
    "supportedOUI": ("00:50:56",),
}
_TRUE: Final = frozenset(
    {"plugAndPlay", "thinProvisioned", "eagerlyScrub", "growable", "uuid", "hotAddRemove"}
)
_LISTS: Final = {"supportedSpeeds": ("low", "full", "high")}
_UNITS_OF_CONTROLLER: Final = {"scsiCtlrUnitNumber": 7}


def int_option(most: int, default: int = 0, least: int = 0) -> DataObject:
    """Return an IntOption."""
    return DataObject("IntOption", min=least, max=most, defaultValue=default)


def long_option(most: int, default: int = 0, least: int = 0) -> DataObject:
    """Return a LongOption."""
    return DataObject("LongOption", min=least, max=most, defaultValue=default)


def bool_option(name: str) -> DataObject:
    """Return a BoolOption."""
    return DataObject("BoolOption", supported=name in _TRUE, defaultValue=False)


def _choice_option(name: str) -> DataObject:
    choices = _CHOICES.get(name, ("default",))
    info = tuple(DataObject("ElementDescription", label=key, summary=key, key=key) for key in choices)
    return DataObject("ChoiceOption", choiceInfo=info, defaultIndex=0)


#: Type of a property → its value, by the property's name.
_VALUES: Final = {
    "int": lambda name: _UNITS_OF_CONTROLLER.get(name, 0),
    "long": lambda name: 0,
    "boolean": lambda name: name in _TRUE,
    "IntOption": lambda name: int_option(0),
    "LongOption": lambda name: long_option(_MAX_DISK_KB, 16 << 20, 1024),
    "BoolOption": bool_option,
    "ChoiceOption": _choice_option,
}


def filled(type_name: str, **known: Any) -> DataObject:
    """Return a value of an option type whose required properties are filled in."""
    required = (prop for prop in data_type(type_name).properties.values() if not prop.optional)
    missing = (prop for prop in required if prop.name not in known)
    return DataObject(
        type_name,
        **{prop.name: _filling(prop.name, prop.type.name, prop.type.array) for prop in missing},
        **known,
    )


def _filling(name: str, type_name: str, array: bool) -> Any:  # the parts of a TypeRef
    if array:
        return _LISTS.get(name, ())
    if type_name in _VALUES:
        return _VALUES[type_name](name)
    return _first_or_filled(type_name)


def _first_or_filled(type_name: str) -> Any:
    """Return the first value of an enumeration, else a filled-in data object."""
    try:
        return enum_type(type_name).values[0]
    except KeyError:
        return filled(type_name)


def _device_option(row: DeviceRow) -> DataObject:
    ranges = {name: int_option(most) for name, most in row.ranges}
    sharing = {"sharing": enum_type("VirtualSCSISharing").values} if "numSCSIDisks" in ranges else {}
    return filled(
        row.option or f"{row.type_name}Option",
        type=row.type_name,
        controllerType=row.controller,
        autoAssignController=DataObject("BoolOption", supported=True, defaultValue=True),
        backingOption=tuple(
            filled(f"{name}Option", type=f"{_BACKINGS.get(name, name)}Info") for name in row.backings
        )
        or None,
        plugAndPlay=row.hot,
        hotRemoveSupported=row.hot,
        **ranges,
        **sharing,
    )


@lru_cache(maxsize=32)
def device_options(hardware: int) -> tuple[DataObject, ...]:
    """Return the VirtualDeviceOptions of a hardware version."""
    return tuple(_device_option(row) for row in _ROWS if row.since <= hardware)


def device_types(hardware: int, start: str) -> Iterator[str]:
    """Yield the types of devices of a hardware version that are a subtype of another type."""
    names = dict.fromkeys(row.type_name for row in _ROWS if row.since <= hardware)
    return (name for name in names if data_type(name).is_a(start))

"""The small files of a virtual machine as text: .vmx and .vmxf, made from its configuration.

Keys and values are those that servers write [observed: public .vmx files] and that libvirt's parser reads
[observed: client code].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datastore_file import home_of, parts_of
from vim25_emulator.vmodl.value import DataObject

Pairs = Iterator[tuple[str, Any]]

#: Type of device → its `virtualDev`.
_VIRTUAL_DEV: Final = {
    "ParaVirtualSCSIController": "pvscsi",
    "VirtualLsiLogicController": "lsilogic",
    "VirtualLsiLogicSASController": "lsisas1068",
    "VirtualBusLogicController": "buslogic",
    "VirtualVmxnet3": "vmxnet3",
    "VirtualVmxnet2": "vmxnet",
    "VirtualE1000": "e1000",
    "VirtualE1000e": "e1000e",
    "VirtualPCNet32": "vlance",
    "VirtualSriovEthernetCard": "pciPassthru",
}
#: Type of controller → start of the keys of its bus; the nearest one.
_BUSES: Final = {
    "VirtualSCSIController": "scsi",
    "VirtualSATAController": "sata",
    "VirtualNVMEController": "nvme",
    "VirtualIDEController": "ide",
}
_HARD_DISKS: Final = {"scsi": "scsi-hardDisk", "sata": "ata-hardDisk", "ide": "ata-hardDisk"}
_SPECIAL: Final = re.compile(r'[|"\x00-\x1f\x7f]')


def vmx_text(inventory: Inventory, config: DataObject) -> str:
    """Return the text of the .vmx file of a virtual machine."""
    pairs = dict(_general(config))
    pairs |= {option.key: option.value for option in config.extraConfig}
    devices = {device.key: device for device in _at(config, "hardware.device") or ()}
    for device in devices.values():
        pairs |= _of_device(inventory, config, device, devices.get(device.controllerKey))
    return "".join(f'{_escaped(key)} = "{_escaped(_written(value))}"\n' for key, value in pairs.items())


def vmxf_text(config: DataObject) -> str:
    """Return the text of the .vmxf file, which adds a virtual machine's id to a team."""
    return (
        '<?xml version="1.0"?>\n<Foundry>\n<VM>\n'
        f'<VMId type="string">{_uuid(config.uuid or "")}</VMId>\n'
        "<ClientMetaData>\n<clientMetaDataAttributes/>\n<HistoryEventList/></ClientMetaData>\n"
        '<vmxPathName type="string"></vmxPathName></VM></Foundry>\n'
    )


def _written(value: Any) -> str:
    return str(value).upper() if isinstance(value, bool) else str(value)


def _escaped(text: str) -> str:
    """Return a text with the characters that would end it as `|` and two hexadecimal digits."""
    return _SPECIAL.sub(lambda match: f"|{ord(match[0]):02X}", text)


def _uuid(uuid: str) -> str:
    """Return a UUID as `42 1a …-59 24 …`, sixteen bytes in two halves."""
    digits = uuid.replace("-", "")
    octets = [digits[index : index + 2] for index in range(0, len(digits), 2)]
    return f"{' '.join(octets[:8])}-{' '.join(octets[8:])}"


def guest_os(guest_id: str) -> str:
    """Return a guest id as .vmx files write it: `rhel9_64Guest` is `rhel9-64`."""
    plain = guest_id.replace("Guest", "").replace("Server", "srv")
    return re.sub(r"_?64\Z", "-64", plain)


def _stem(path: str) -> str:
    return parts_of(path)[1].rpartition("/")[2].removesuffix(".vmx")


#: Key → path in the configuration and, unless it is written as it is, the function that returns its text.
_GENERAL: Final[dict[str, tuple[str, Callable[[Any], Any]]]] = {
    "virtualHW.version": ("version", lambda version: version.removeprefix("vmx-").lstrip("0")),
    "displayName": ("name", str),
    "extendedConfigFile": ("files.vmPathName", lambda path: f"{_stem(path)}.vmxf"),
    "guestOS": ("guestId", guest_os),
    "memSize": ("hardware.memoryMB", str),
    "numvcpus": ("hardware.numCPU", str),
    "cpuid.coresPerSocket": ("hardware.numCoresPerSocket", str),
    "firmware": ("firmware", str),
    "uuid.bios": ("uuid", _uuid),
    "uuid.location": ("locationId", _uuid),
    "vc.uuid": ("instanceUuid", _uuid),
    "tools.upgrade.policy": ("tools.toolsUpgradePolicy", str),
    "tools.syncTime": ("tools.syncTimeWithHost", bool),
    "sched.cpu.shares": ("cpuAllocation.shares.level", str),
    "sched.mem.shares": ("memoryAllocation.shares.level", str),
    "annotation": ("annotation", str),
}


def _general(config: DataObject) -> Pairs:
    """Yield the keys that do not depend on devices; a saved inventory may lack some."""
    yield ".encoding", "UTF-8"
    yield "config.version", 8
    for key, (path, text_of) in _GENERAL.items():
        value = _at(config, path)
        if value not in (None, ""):
            yield key, text_of(value)
    yield "floppy0.present", False


def _at(value: Any, path: str) -> Any:
    """Return the value at a path of a data object, None if a part of the path is unset."""
    for name in path.split("."):
        value = value.__dict__.get(name) if value is not None else None
    return value


def _of_device(
    inventory: Inventory, config: DataObject, device: DataObject, controller: DataObject | None
) -> dict[str, Any]:
    """Return the keys of a device; none for those that need no entry."""
    bus = device.type_.nearest(_BUSES, "")
    if bus:
        return dict(_of_controller(bus, device))
    if device.is_a("VirtualEthernetCard"):
        return dict(_of_nic(device))
    on = controller.type_.nearest(_BUSES, "") if controller is not None else ""
    describe: Callable[..., Pairs] | None = device.type_.nearest(_DRIVES, None)
    if describe is None or controller is None or device.backing is None or not on:
        return {}
    unit = f"{on}{controller.busNumber}:{device.unitNumber}"
    keys = {"present": True, **dict(describe(inventory, config, device, on))}
    return {f"{unit}.{key}": value for key, value in keys.items()}


def _of_controller(bus: str, controller: DataObject) -> Pairs:
    name = f"{bus}{controller.busNumber}"
    if bus != "ide":  # both IDE controllers are always there
        yield f"{name}.present", True
    if controller.type_.name in _VIRTUAL_DEV:
        yield f"{name}.virtualDev", _VIRTUAL_DEV[controller.type_.name]
    sharing = controller.__dict__.get("sharedBus", "noSharing")
    if sharing != "noSharing":
        yield f"{name}.sharedBus", sharing.removesuffix("Sharing")


def _file(inventory: Inventory, config: DataObject, backing: DataObject) -> str:
    """Return a file as the .vmx names it: relative in its own directory, else below /vmfs/volumes."""
    home, path = home_of(config.files.vmPathName), str(backing.fileName or "")
    if path.startswith(home):
        return path.removeprefix(home)
    datastore = inventory.find(backing.datastore)
    if datastore is None or not path.startswith("["):
        return path
    volume = datastore.get("summary").url.removeprefix("ds://").rstrip("/")
    return f"{volume}/{parts_of(path)[1]}"


def _of_disk(inventory: Inventory, config: DataObject, disk: DataObject, bus: str) -> Pairs:
    yield "fileName", _file(inventory, config, disk.backing)
    if bus in _HARD_DISKS:
        yield "deviceType", _HARD_DISKS[bus]
    mode = disk.backing.__dict__.get("diskMode", "persistent")
    if mode != "persistent":
        yield "mode", mode.replace("_", "-")


def _of_cdrom(inventory: Inventory, config: DataObject, drive: DataObject, bus: str) -> Pairs:
    if drive.backing.is_a("VirtualCdromIsoBackingInfo"):
        yield "deviceType", "cdrom-image"
        yield "fileName", _file(inventory, config, drive.backing)
    else:
        yield "deviceType", "atapi-cdrom"
        yield "fileName", "auto detect"
        yield "clientDevice", True
    yield "startConnected", bool(drive.connectable and drive.connectable.startConnected)


_DRIVES: Final[dict[str, Callable[..., Pairs]]] = {"VirtualDisk": _of_disk, "VirtualCdrom": _of_cdrom}


def _of_nic(nic: DataObject) -> Pairs:
    """Yield the keys of a network adapter; the first one has the key 4000."""
    name = f"ethernet{nic.key - 4000}"
    yield f"{name}.present", True
    if nic.type_.name in _VIRTUAL_DEV:
        yield f"{name}.virtualDev", _VIRTUAL_DEV[nic.type_.name]
    yield from ((f"{name}.{key}", value) for key, value in _network(nic.backing))
    manual = nic.addressType == "manual"
    yield f"{name}.addressType", "static" if manual else "vpx"
    yield f"{name}.{'address' if manual else 'generatedAddress'}", nic.macAddress or ""
    if nic.connectable is not None:
        yield f"{name}.startConnected", bool(nic.connectable.startConnected)


def _network(backing: DataObject | None) -> Pairs:
    port = _at(backing, "port")
    if port is None:
        yield "networkName", _at(backing, "deviceName") or ""
        return
    yield "dvs.switchId", _uuid(port.switchUuid)
    yield "dvs.portgroupId", port.portgroupKey or ""
    yield "dvs.portId", port.portKey or ""
    yield "dvs.connectionId", port.connectionCookie or 0

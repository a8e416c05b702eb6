"""Resolve the backing of a device that is added or edited: a disk's file, a network card's network."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datastore_file import Leftovers, datastore_at, file_names, find_disk, parts_of
from vim25_emulator.model.distributed_port import (
    BACKING,
    backing_of,
    connected,
    connection_of,
    free_port,
    summary_of,
)
from vim25_emulator.model.distributed_switch import PORT_GROUP, switch_of
from vim25_emulator.model.entity import digits_of
from vim25_emulator.vmodl.value import DataObject, MethodFault

_NETWORK: Final = "VirtualEthernetCardNetworkBackingInfo"
_FILE: Final = "VirtualDeviceFileBackingInfo"
_ISO: Final = "VirtualCdromIsoBackingInfo"


class BackingContext(NamedTuple):
    """What a backing is resolved against.

    `host` runs the VM, `home` is its directory, `devices` are the present devices, `position` is the index of
    the change in the request.
    """

    inventory: Inventory
    leftovers: Leftovers
    host: ManagedObject
    home: str
    devices: tuple[DataObject, ...]
    position: int

    def fault(self, name: str, prop: str = "device.backing", **fields: Any) -> MethodFault:
        """Return a fault with the index of the change in the request."""
        return MethodFault(name, property=f"virtualDeviceSpec.{prop}", deviceIndex=self.position, **fields)


class ResolvedBacking(NamedTuple):
    """What a backing determines: properties of the device, its summary, and an attached existing file."""

    properties: dict[str, Any]
    summary: str | None = None
    attached: str | None = None


def resolve_backing(
    context: BackingContext,
    device: DataObject,
    change: DataObject,
    current: DataObject | None = None,
) -> ResolvedBacking:
    """Resolve the backing of a requested device; `current` is the device before it is edited.

    Raise InvalidDeviceBacking, InvalidDeviceSpec, InvalidDatastorePath, FileNotFound, FileAlreadyExists.
    """
    resolve = device.type_.nearest(_RESOLVERS, _other)
    return resolve(context, device, change, current)


def _other(
    context: BackingContext, device: DataObject, change: DataObject, current: DataObject | None
) -> ResolvedBacking:
    backing = device.backing if device.backing is not None else current and current.backing
    if backing is not None and backing.is_a(_FILE) and backing.fileName:
        store = datastore_at(context.inventory, backing.fileName, context.host)
        summary = f"ISO {backing.fileName}" if backing.is_a(_ISO) else backing.fileName
        return ResolvedBacking({"backing": backing.replace(datastore=store.ref)}, summary)
    return ResolvedBacking({"backing": backing} if backing is not None else {})


def _card(
    context: BackingContext, device: DataObject, change: DataObject, current: DataObject | None
) -> ResolvedBacking:
    backing = device.backing if device.backing is not None else current and current.backing
    if backing is not None and backing.is_a(BACKING):
        return _distributed_card(context, backing.port, current)
    if backing is None or not backing.is_a(_NETWORK):
        raise context.fault("InvalidDeviceBacking")
    for network in context.inventory.find_all(context.host.get("network")):
        name = network.get("name")
        if network.is_a(PORT_GROUP):
            continue
        if name == backing.deviceName or (not backing.deviceName and network.ref == backing.network):
            return ResolvedBacking({"backing": backing.replace(deviceName=name, network=network.ref)}, name)
    raise context.fault("InvalidDeviceBacking")


def _distributed_card(
    context: BackingContext, port: DataObject, current: DataObject | None
) -> ResolvedBacking:
    """Resolve a connection to a distributed port: the named one, else a free one of the port group.

    A switch that the host does not have is an InvalidArgument [observed: public reports of 6.0 to 7.0]; that
    the same goes for an unknown port group, and InvalidDeviceBacking for a port, is [derived].
    """
    inventory = context.inventory
    groups = [g for g in inventory.find_all(context.host.get("network")) if g.is_a(PORT_GROUP)]
    on_switch = [group for group in groups if _uuid_of_switch(inventory, group) == port.switchUuid]
    if not on_switch:
        raise _wrong_port("switchUuid")
    group = next((g for g in on_switch if _contains(g, port)), None)
    if group is None:
        raise _wrong_port("portgroupKey")
    own = connection_of(current) if current is not None else None
    if own is not None and own.portgroupKey == group.ref.value and port.portKey in (None, "", own.portKey):
        backing = backing_of(inventory, group, own.portKey)
    else:
        backing = backing_of(inventory, group, _port_key(context, group, port.portKey))
    return ResolvedBacking({"backing": backing}, summary_of(backing))


def _uuid_of_switch(inventory: Inventory, group: ManagedObject) -> str | None:
    switch = switch_of(inventory, group)
    return switch.get("uuid") if switch is not None else None


def _contains(group: ManagedObject, port: DataObject) -> bool:
    """Whether a port group is the one that a connection names, by its key or by a port."""
    if port.portgroupKey:
        return bool(group.get("key") == port.portgroupKey)
    return port.portKey in group.get("portKeys")


def _port_key(context: BackingContext, group: ManagedObject, wanted: str | None) -> str:
    """Return a free port of a port group; raise InvalidDeviceBacking if the wanted one is not free."""
    if not wanted:
        return free_port(context.inventory, group, context.devices)
    ports = (port.portKey for port in map(connection_of, context.devices) if port is not None)
    taken = {*connected(context.inventory, group), *ports}
    if wanted not in group.get("portKeys") or wanted in taken:
        raise context.fault("InvalidDeviceBacking")
    return wanted


def _wrong_port(prop: str) -> MethodFault:
    return MethodFault("InvalidArgument", invalidProperty=f"spec.deviceChange.device.port.{prop}")


def _disk(
    context: BackingContext, device: DataObject, change: DataObject, current: DataObject | None
) -> ResolvedBacking:
    if current is not None:
        return _edited_disk(context, device, change, current)
    backing = device.backing
    if backing is None or not backing.is_a(_FILE):
        raise context.fault("InvalidDeviceBacking")
    if change.fileOperation is None:
        return _attached_disk(context, device)
    size = _size(device)
    if size is None or size <= 0:
        raise context.fault("InvalidDeviceSpec", "device.capacityInKB")
    path = _new_file(context, backing)
    store = datastore_at(context.inventory, path, context.host)
    created = backing.replace(fileName=path, datastore=store.ref, diskMode=backing.diskMode or "persistent")
    return ResolvedBacking(
        {"backing": _with_identity(_encrypted(created, change)), **_sized(size)}, _size_text(size)
    )


def _edited_disk(
    context: BackingContext, device: DataObject, change: DataObject, current: DataObject
) -> ResolvedBacking:
    before, size = int(current.capacityInBytes), _size(device, current)
    backing = current.backing
    if size < before:
        raise context.fault("InvalidDeviceSpec", "device.capacityInKB")
    if size > before and backing.__dict__.get("parent") is not None:
        raise context.fault("InvalidDeviceOperation", badOp="edit", badFileOp=change.fileOperation)
    if device.backing is not None and device.backing.type_ is backing.type_:
        backing = backing.replace(**_device_properties(device.backing))
    return ResolvedBacking({"backing": _encrypted(backing, change), **_sized(size)}, _size_text(size))


#: Properties of a disk's backing that belong to its file; editing the device does not change them.
_FILE_PROPERTIES: Final = ("fileName", "datastore", "parent", "uuid", "contentId", "thinProvisioned", "keyId")


def _device_properties(backing: DataObject) -> dict[str, Any]:
    """Return the properties of a requested disk backing that belong to the device."""
    return {name: value for name, value in backing.__dict__.items() if name not in _FILE_PROPERTIES}


def _attached_disk(context: BackingContext, device: DataObject) -> ResolvedBacking:
    """Resolve the backing of a disk whose file exists."""
    path = device.backing.fileName
    datastore_at(context.inventory, path, context.host)
    existing = find_disk(context.inventory, context.leftovers, path)
    if existing is None:
        raise MethodFault("FileNotFound", file=path)
    if any(path == disk.backing.fileName for disk in context.devices if disk.is_a("VirtualDisk")):
        raise context.fault("InvalidDeviceBacking")
    same_kind = device.backing.type_ is existing.backing.type_
    backing = (
        existing.backing.replace(**_device_properties(device.backing)) if same_kind else existing.backing
    )
    size = int(existing.capacityInBytes)
    attached = path if path in context.leftovers.disks else None
    return ResolvedBacking({"backing": backing, **_sized(size)}, _size_text(size), attached)


def _new_file(context: BackingContext, backing: DataObject) -> str:
    """Return the path of a disk's new file: the requested one, or a free one in the VM's directory."""
    taken = file_names(context.inventory, context.leftovers)
    taken |= {device.backing.fileName for device in context.devices if device.is_a("VirtualDisk")}
    requested = backing.fileName or ""
    if requested.endswith(".vmdk"):
        if requested in taken:
            raise MethodFault("FileAlreadyExists", file=requested)
        return str(requested)
    own_store, directory = parts_of(context.home)
    datastore = context.inventory.find(backing.datastore)
    store = (
        parts_of(requested)[0] if requested else datastore.get("name") if datastore is not None else own_store
    )
    stem = f"[{store or own_store}] {directory}{directory.rstrip('/').rpartition('/')[2]}"
    paths = (f"{stem}{f'_{number}' if number else ''}.vmdk" for number in count())
    return next(path for path in paths if path not in taken)


def _size(device: DataObject, current: DataObject | None = None) -> Any:
    """Return the requested size of a disk in bytes; of two sizes, the one that differs from the current."""
    in_bytes, in_kilobytes = device.capacityInBytes, device.capacityInKB
    if current is None:
        return in_bytes or (in_kilobytes * 1024 if in_kilobytes else None)
    before = int(current.capacityInBytes)
    sizes = [int(in_bytes)] if in_bytes else []
    sizes += [int(in_kilobytes) * 1024] if in_kilobytes and in_kilobytes != current.capacityInKB else []
    return next((size for size in sizes if size != before), before)


def _sized(size: int) -> dict[str, Any]:
    return {"capacityInBytes": size, "capacityInKB": size // 1024}


def _size_text(size: int) -> str:
    return f"{size // 1024:,} KB"


def _with_identity(backing: DataObject) -> DataObject:
    """Return the backing of a new disk with an identity and the default properties of its file."""
    digits = digits_of("vmdk", backing.datastore.value, backing.fileName)
    known = backing.type_.properties
    defaults: dict[str, Any] = {
        "uuid": f"6000C29{digits[0]}-{digits[1:5]}-{digits[5:9]}-{digits[9:13]}-{digits[13:25]}",
        "contentId": digits,
        "split": False,
        "writeThrough": False,
        "thinProvisioned": False,
        "eagerlyScrub": False,
        "digestEnabled": False,
        "sharing": "sharingNone",
    }
    present = backing.__dict__
    return backing.replace(
        **{name: value for name, value in defaults.items() if name in known and name not in present}
    )


def _encrypted(backing: DataObject, change: DataObject) -> DataObject:
    """Return a backing with the encryption key that the request sets or removes."""
    crypto = change.backing.crypto if change.backing is not None else None
    if crypto is None or "keyId" not in backing.type_.properties:
        return backing
    return backing.replace(keyId=crypto_key(crypto, backing.keyId))


def crypto_key(crypto: DataObject, current: DataObject | None) -> DataObject | None:
    """Return the encryption key in use after a CryptoSpec; no key provider is required."""
    for name, prop in _KEYS.items():
        if crypto.is_a(name):
            key: DataObject | None = getattr(crypto, prop) if prop else None
            return key
    return current


#: CryptoSpec → its property with the new key.
_KEYS: Final[dict[str, str | None]] = {
    "CryptoSpecEncrypt": "cryptoKeyId",
    "CryptoSpecDeepRecrypt": "newKeyId",
    "CryptoSpecShallowRecrypt": "newKeyId",
    "CryptoSpecDecrypt": None,
}

Resolver = Callable[[BackingContext, DataObject, DataObject, "DataObject | None"], ResolvedBacking]

_RESOLVERS: Final[dict[str, Resolver]] = {"VirtualDisk": _disk, "VirtualEthernetCard": _card}

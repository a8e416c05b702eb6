"""What is behind a device that is added or edited: a disk's file, a card's network, a drive's image."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datastore_file import Leftovers, datastore_at, file_names, find_disk, parts_of
from vim25_emulator.model.entity import digits_of
from vim25_emulator.vmodl.value import DataObject, MethodFault

_NETWORK: Final = "VirtualEthernetCardNetworkBackingInfo"
_FILE: Final = "VirtualDeviceFileBackingInfo"


class BackingContext(NamedTuple):
    """Where backings are looked for: the host, the directory, the devices that there are, the change."""

    inventory: Inventory
    leftovers: Leftovers
    host: ManagedObject
    home: str
    devices: tuple[DataObject, ...]
    position: int

    def refuse(self, fault: str, prop: str = "device.backing", **fields: Any) -> MethodFault:
        """Return the fault that says which device of the request is wrong."""
        return MethodFault(fault, property=f"virtualDeviceSpec.{prop}", deviceIndex=self.position, **fields)


class ResolvedBacking(NamedTuple):
    """What a device has from its backing: properties, how its summary reads, the file it took over."""

    properties: dict[str, Any]
    summary: str | None = None
    attached: str | None = None


def resolve_backing(
    place: BackingContext, wanted: DataObject, change: DataObject, held: DataObject | None = None
) -> ResolvedBacking:
    """Return what a device gets that is wanted so; `held` is the device as it is, when it is edited.

    Raises InvalidDeviceBacking, InvalidDeviceSpec, InvalidDatastorePath, FileNotFound, FileAlreadyExists.
    """
    make = wanted.type_.nearest(_MAKERS, _other)
    return make(place, wanted, change, held)


def _other(
    place: BackingContext, wanted: DataObject, change: DataObject, held: DataObject | None
) -> ResolvedBacking:
    backing = wanted.backing if wanted.backing is not None else held and held.backing
    if backing is not None and backing.is_a(_FILE) and backing.fileName:
        store = datastore_at(place.inventory, backing.fileName, place.host)
        return ResolvedBacking({"backing": backing.replace(datastore=store.ref)}, backing.fileName)
    return ResolvedBacking({"backing": backing} if backing is not None else {})


def _card(
    place: BackingContext, wanted: DataObject, change: DataObject, held: DataObject | None
) -> ResolvedBacking:
    backing = wanted.backing if wanted.backing is not None else held and held.backing
    if backing is None or not backing.is_a(_NETWORK):
        raise place.refuse("InvalidDeviceBacking")
    for network in place.inventory.find_all(place.host.get("network")):
        name = network.get("name")
        if name == backing.deviceName or (not backing.deviceName and network.ref == backing.network):
            return ResolvedBacking({"backing": backing.replace(deviceName=name, network=network.ref)}, name)
    raise place.refuse("InvalidDeviceBacking")


def _disk(
    place: BackingContext, wanted: DataObject, change: DataObject, held: DataObject | None
) -> ResolvedBacking:
    if held is not None:
        return _edited_disk(place, wanted, change, held)
    backing = wanted.backing
    if backing is None or not backing.is_a(_FILE):
        raise place.refuse("InvalidDeviceBacking")
    if change.fileOperation is None:
        return _attached_disk(place, wanted)
    size = _size(wanted)
    if size is None or size <= 0:
        raise place.refuse("InvalidDeviceSpec", "device.capacityInKB")
    path = _new_file(place, backing)
    store = datastore_at(place.inventory, path, place.host)
    made = backing.replace(fileName=path, datastore=store.ref, diskMode=backing.diskMode or "persistent")
    return ResolvedBacking(
        {"backing": _identified(_encrypted(made, change)), **_sized(size)}, _size_text(size)
    )


def _edited_disk(
    place: BackingContext, wanted: DataObject, change: DataObject, held: DataObject
) -> ResolvedBacking:
    before, size = int(held.capacityInBytes), _size(wanted, held)
    backing = held.backing
    if size < before:
        raise place.refuse("InvalidDeviceSpec", "device.capacityInKB")
    if size > before and backing.__dict__.get("parent") is not None:
        raise place.refuse("InvalidDeviceOperation", badOp="edit", badFileOp=change.fileOperation)
    if wanted.backing is not None and wanted.backing.type_ is backing.type_:
        asked = {name: value for name, value in wanted.backing.__dict__.items() if name not in _OF_A_FILE}
        backing = backing.replace(**asked)
    return ResolvedBacking({"backing": _encrypted(backing, change), **_sized(size)}, _size_text(size))


#: What of a disk's backing belongs to its file and is not changed by editing the device.
_OF_A_FILE: Final = ("fileName", "datastore", "parent", "uuid", "contentId", "thinProvisioned", "keyId")


def _attached_disk(place: BackingContext, wanted: DataObject) -> ResolvedBacking:
    """Return what a disk has whose file is there already."""
    path = wanted.backing.fileName
    datastore_at(place.inventory, path, place.host)
    found = find_disk(place.inventory, place.leftovers, path)
    if found is None:
        raise MethodFault("FileNotFound", file=path)
    if any(path == disk.backing.fileName for disk in place.devices if disk.is_a("VirtualDisk")):
        raise place.refuse("InvalidDeviceBacking")
    asked = {name: value for name, value in wanted.backing.__dict__.items() if name not in _OF_A_FILE}
    same_kind = wanted.backing.type_ is found.backing.type_
    backing = found.backing.replace(**asked) if same_kind else found.backing
    size = int(found.capacityInBytes)
    attached = path if path in place.leftovers.disks else None
    return ResolvedBacking({"backing": backing, **_sized(size)}, _size_text(size), attached)


def _new_file(place: BackingContext, backing: DataObject) -> str:
    """Return the path of a disk's new file: as asked, or one in the directory that is free."""
    taken = file_names(place.inventory, place.leftovers)
    taken |= {device.backing.fileName for device in place.devices if device.is_a("VirtualDisk")}
    asked = backing.fileName or ""
    if asked.endswith(".vmdk"):
        if asked in taken:
            raise MethodFault("FileAlreadyExists", file=asked)
        return str(asked)
    own_store, directory = parts_of(place.home)
    named = place.inventory.find(backing.datastore)
    store = parts_of(asked)[0] if asked else named.get("name") if named is not None else own_store
    stem = f"[{store or own_store}] {directory}{directory.rstrip('/').rpartition('/')[2]}"
    paths = (f"{stem}{f'_{number}' if number else ''}.vmdk" for number in count())
    return next(path for path in paths if path not in taken)


def _size(wanted: DataObject, held: DataObject | None = None) -> Any:
    """Return the bytes that a disk shall have; of two sizes that one which is not the disk's already."""
    in_bytes, in_kilobytes = wanted.capacityInBytes, wanted.capacityInKB
    if held is None:
        return in_bytes or (in_kilobytes * 1024 if in_kilobytes else None)
    before = int(held.capacityInBytes)
    sizes = [int(in_bytes)] if in_bytes else []
    sizes += [int(in_kilobytes) * 1024] if in_kilobytes and in_kilobytes != held.capacityInKB else []
    return next((size for size in sizes if size != before), before)


def _sized(size: int) -> dict[str, Any]:
    return {"capacityInBytes": size, "capacityInKB": size // 1024}


def _size_text(size: int) -> str:
    return f"{size // 1024:,} KB"


def _identified(backing: DataObject) -> DataObject:
    """Return the backing of a new disk with the identity that its file gets, and what is unsaid said."""
    digits = digits_of("vmdk", backing.datastore.value, backing.fileName)
    known = backing.type_.properties
    made: dict[str, Any] = {
        "uuid": f"6000C29{digits[0]}-{digits[1:5]}-{digits[5:9]}-{digits[9:13]}-{digits[13:25]}",
        "contentId": digits,
        "split": False,
        "writeThrough": False,
        "thinProvisioned": False,
        "eagerlyScrub": False,
        "digestEnabled": False,
        "sharing": "sharingNone",
    }
    held = backing.__dict__
    return backing.replace(
        **{name: value for name, value in made.items() if name in known and name not in held}
    )


def _encrypted(backing: DataObject, change: DataObject) -> DataObject:
    """Return a backing with the key that the request encrypts it with, or without one."""
    crypto = change.backing.crypto if change.backing is not None else None
    if crypto is None or "keyId" not in backing.type_.properties:
        return backing
    return backing.replace(keyId=crypto_key(crypto, backing.keyId))


def crypto_key(crypto: DataObject, held: DataObject | None) -> DataObject | None:
    """Return the key that is in use after a CryptoSpec is applied; none is held back for a missing KMS."""
    for name, prop in _KEYS.items():
        if crypto.is_a(name):
            key: DataObject | None = getattr(crypto, prop) if prop else None
            return key
    return held


#: CryptoSpec → its property that names the new key.
_KEYS: Final[dict[str, str | None]] = {
    "CryptoSpecEncrypt": "cryptoKeyId",
    "CryptoSpecDeepRecrypt": "newKeyId",
    "CryptoSpecShallowRecrypt": "newKeyId",
    "CryptoSpecDecrypt": None,
}

Resolver = Callable[[BackingContext, DataObject, DataObject, "DataObject | None"], ResolvedBacking]

_MAKERS: Final[dict[str, Resolver]] = {"VirtualDisk": _disk, "VirtualEthernetCard": _card}

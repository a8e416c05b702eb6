"""Disk locators: the target datastore and provisioning of each disk in a clone or a migration."""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.related_object import resolved
from vim25_emulator.vmodl.value import DataObject, MethodFault

#: Values of `diskMoveType` for a linked clone.
LINKED: Final = ("createNewChildDiskBacking", "moveChildMostDiskBacking")

#: RelocateTransformation → resulting backing properties.
_PROVISIONING: Final = {"sparse": {"thinProvisioned": True}, "flat": {"thinProvisioned": False}}

#: Properties that a disk takes from its locator's backing.
_LOCATOR_PROPERTIES: Final = ("thinProvisioned", "eagerlyScrub", "diskMode", "sharing")


def datastore_for(
    inventory: Inventory, disk: DataObject, location: DataObject, default: ManagedObject
) -> ManagedObject:
    """Return the target datastore of a disk in a RelocateSpec: its locator's, else the default."""
    locator = _locator(location, disk)
    return default if locator is None else resolved(inventory, locator.datastore) or default


def provisioned(backing: DataObject, disk: DataObject, location: DataObject) -> DataObject:
    """Return the backing of a disk with the provisioning that a RelocateSpec requests."""
    requested: dict[str, Any] = dict(_PROVISIONING.get(location.transform or "", {}))
    locator = _locator(location, disk)
    if locator is not None and locator.diskBackingInfo is not None:
        own = locator.diskBackingInfo.__dict__
        requested |= {name: own[name] for name in _LOCATOR_PROPERTIES if name in own}
    declared = backing.type_.properties
    return backing.replace(**{name: value for name, value in requested.items() if name in declared})


def require_locators(config: DataObject, location: DataObject) -> None:
    """Raise InvalidArgument for a locator of no disk; NotSupported for encryption by the move."""
    keys = {device.key for device in config.hardware.device if device.is_a("VirtualDisk")}
    if any(locator.diskId not in keys for locator in location.disk):
        raise MethodFault("InvalidArgument", invalidProperty="spec.disk.diskId")
    requested = [
        location.cryptoSpec,
        *(locator.backing and locator.backing.crypto for locator in location.disk),
    ]
    if any(crypto is not None and not crypto.is_a("CryptoSpecNoOp") for crypto in requested):
        raise MethodFault("NotSupported")


def require_datastore(host: ManagedObject, datastore: ManagedObject) -> None:
    """Raise InvalidDatastore if the host does not mount the datastore or cannot access it."""
    if datastore.ref not in host.get("datastore") or not datastore.get("summary.accessible"):
        raise MethodFault("InvalidDatastore", datastore=datastore.ref, name=datastore.get("name"))


def _locator(location: DataObject, disk: DataObject) -> DataObject | None:
    return next((locator for locator in location.disk if locator.diskId == disk.key), None)

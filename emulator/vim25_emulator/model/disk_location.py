"""Where the disks of a virtual machine go that is cloned or moved, and how they are provisioned there."""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.related_object import resolved
from vim25_emulator.vmodl.value import DataObject, MethodFault

#: RelocateTransformation → how the disks are provisioned afterwards.
_PROVISIONING: Final = {"sparse": {"thinProvisioned": True}, "flat": {"thinProvisioned": False}}

#: What of a locator's backing a disk takes on.
_OF_A_LOCATOR: Final = ("thinProvisioned", "eagerlyScrub", "diskMode", "sharing")


def datastore_for(
    inventory: Inventory, disk: DataObject, location: DataObject, default: ManagedObject
) -> ManagedObject:
    """Return where a RelocateSpec wants a disk: what its locator says, else the default."""
    locator = _locator(location, disk)
    return default if locator is None else resolved(inventory, locator.datastore) or default


def provisioned(backing: DataObject, disk: DataObject, location: DataObject) -> DataObject:
    """Return the backing of a disk, provisioned as a RelocateSpec wants it."""
    asked: dict[str, Any] = dict(_PROVISIONING.get(location.transform or "", {}))
    locator = _locator(location, disk)
    if locator is not None and locator.diskBackingInfo is not None:
        wanted = locator.diskBackingInfo.__dict__
        asked |= {name: wanted[name] for name in _OF_A_LOCATOR if name in wanted}
    known = backing.type_.properties
    return backing.replace(**{name: value for name, value in asked.items() if name in known})


def require_datastore(host: ManagedObject, datastore: ManagedObject) -> None:
    """Raise InvalidDatastore for a datastore that a host does not reach."""
    if datastore.ref not in host.get("datastore") or not datastore.get("summary.accessible"):
        raise MethodFault("InvalidDatastore", datastore=datastore.ref, name=datastore.get("name"))


def _locator(location: DataObject, disk: DataObject) -> DataObject | None:
    return next((each for each in location.disk if each.diskId == disk.key), None)

"""Licenses assigned to hosts: the checks, and every place that shows an assignment."""

from __future__ import annotations

from typing import Final

from vim25_emulator.behavior.cluster_summary import refresh_cluster
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.license import apply_edition, edition_of, license
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

_MANAGER: Final = MoRef("LicenseManager", "LicenseManager")


def find_license(manager: ManagedObject, key: str) -> DataObject | None:
    """Return the license with this key; None if the LicenseManager does not have it."""
    return next((entry for entry in manager.get("licenses") if entry.licenseKey == key), None)


def assign_license_key(call: Call, host: ManagedObject, key: str) -> DataObject:
    """Assign the license with this key to a host and return it; add it if it is not present.

    Raise InvalidArgument for an unknown key, NotEnoughLicenses.
    """
    edition = require_known(key)
    manager = call.vcenter.inventory[_MANAGER]
    present = find_license(manager, key)
    new = present or license(edition, 0)
    current = call.vcenter.licensed.get(host.ref)
    changes = current is None or current.licenseKey != key
    if new.total and changes and (new.used or 0) + _packages(host) > new.total:
        raise MethodFault("NotEnoughLicenses")
    if present is None:
        manager.add("licenses", new)
    _assign(call, host, new, edition)
    return call.vcenter.licensed[host.ref]


def require_known(key: str) -> str:
    """Return the edition of a license key; raise InvalidArgument for an unknown key."""
    edition = edition_of(key)
    if edition is None:
        raise MethodFault("InvalidArgument", invalidProperty="licenseKey")
    return edition


def _assign(call: Call, host: ManagedObject, new: DataObject, edition: str) -> None:
    inventory, licensed = call.vcenter.inventory, call.vcenter.licensed
    licensed[host.ref] = new
    apply_edition(host, edition)
    counted = tuple(_counted(call, entry) for entry in inventory[_MANAGER].get("licenses"))
    inventory[_MANAGER].set("licenses", counted)
    by_key = {entry.licenseKey: entry for entry in counted}
    for ref, assigned in licensed.items():
        licensed[ref] = by_key[assigned.licenseKey]
    refresh_cluster(call, inventory[host.get("parent")])


def _counted(call: Call, entry: DataObject) -> DataObject:
    """Return a license with its current usage in processors."""
    inventory, licensed = call.vcenter.inventory, call.vcenter.licensed
    users = [inventory[ref] for ref, assigned in licensed.items() if assigned.licenseKey == entry.licenseKey]
    return entry.replace(used=sum(map(_packages, users)))


def _packages(host: ManagedObject) -> int:
    return int(host.get("hardware.cpuInfo.numCpuPackages"))

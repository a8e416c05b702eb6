"""Licenses assigned to hosts: the checks, and every place that shows an assignment."""

from __future__ import annotations

from typing import Final

from vim25_emulator.behavior.cluster_summary import show_cluster
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.license import apply_edition, edition_of, license
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

_MANAGER: Final = MoRef("LicenseManager", "LicenseManager")


def give_license(call: Call, host: ManagedObject, key: str) -> DataObject:
    """Give a host the license with this key; return it. Raises what `assign_license` raises of keys."""
    edition = require_known(key)
    manager = call.vcenter.inventory[_MANAGER]
    held = next((each for each in manager.get("licenses") if each.licenseKey == key), None)
    wanted = held or license(edition, 0)
    already = call.vcenter.licensed.get(host.ref)
    is_new = already is None or already.licenseKey != key
    if wanted.total and is_new and (wanted.used or 0) + _packages(host) > wanted.total:
        raise MethodFault("NotEnoughLicenses")
    if held is None:
        manager.add("licenses", wanted)
    _assign(call, host, wanted, edition)
    return call.vcenter.licensed[host.ref]


def require_known(key: str) -> str:
    """Return the edition that a license key is for; raise InvalidArgument for a key of nothing."""
    edition = edition_of(key)
    if edition is None:
        raise MethodFault("InvalidArgument", invalidProperty="licenseKey")
    return edition


def _assign(call: Call, host: ManagedObject, wanted: DataObject, edition: str) -> None:
    inventory, licensed = call.vcenter.inventory, call.vcenter.licensed
    licensed[host.ref] = wanted
    apply_edition(host, edition)
    counted = tuple(_counted(call, each) for each in inventory[_MANAGER].get("licenses"))
    inventory[_MANAGER].set("licenses", counted)
    by_key = {each.licenseKey: each for each in counted}
    for ref, held in licensed.items():
        licensed[ref] = by_key[held.licenseKey]
    show_cluster(call, inventory[host.get("parent")])


def _counted(call: Call, held: DataObject) -> DataObject:
    """Return a license with the number of processors that use it."""
    inventory, licensed = call.vcenter.inventory, call.vcenter.licensed
    users = [inventory[ref] for ref, each in licensed.items() if each.licenseKey == held.licenseKey]
    return held.replace(used=sum(map(_packages, users)))


def _packages(host: ManagedObject) -> int:
    return int(host.get("hardware.cpuInfo.numCpuPackages"))

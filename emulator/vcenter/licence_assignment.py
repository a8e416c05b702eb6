"""LicenseManager and LicenseAssignmentManager: which licences there are, and giving them to hosts.

The keys that mean something are those of the editions that a scenario can name; any other is told to be wrong
in the answer, as real servers do, and is not added. A host that loses its licence falls back to evaluation.
"""

from __future__ import annotations

from typing import Final

from emulator.inventory.store import ManagedObject
from emulator.scenario.licence import EVALUATION_KEY, edition_of, licence, license_edition
from emulator.vcenter.cluster_upkeep import show_cluster
from emulator.vcenter.operation import Call, operation
from emulator.vmodl.value import DataObject, MethodFault, MoRef

_MANAGER: Final = MoRef("LicenseManager", "LicenseManager")


@operation("LicenseManager", "AddLicense")
@operation("LicenseManager", "UpdateLicense")
def add_licence(
    call: Call, manager: ManagedObject, licenseKey: str, labels: tuple[DataObject, ...] = ()
) -> DataObject:
    """Add a licence, or change the labels of one that is there; return it.

    A key that is nobody's comes back with a diagnostic among its properties, and is not added.
    """
    edition = edition_of(licenseKey)
    if edition is None:
        return _wrong_key(licenseKey)
    held = next((each for each in manager.get("licenses") if each.licenseKey == licenseKey), None)
    added = (held or licence(edition, 0)).replace(labels=labels or None)
    others = tuple(each for each in manager.get("licenses") if each.licenseKey != licenseKey)
    manager.set("licenses", (*others, added))
    return added


def _wrong_key(key: str) -> DataObject:
    diagnostic = DataObject("KeyAnyValue", key="diagnostic", value="The license key is not valid.")
    return DataObject(
        "LicenseManagerLicenseInfo",
        licenseKey=key,
        editionKey="",
        name="",
        total=0,
        costUnit="",
        properties=(diagnostic,),
    )


@operation("LicenseManager", "RemoveLicense")
def remove_licence(call: Call, manager: ManagedObject, licenseKey: str) -> None:
    """Remove a licence; raise InvalidArgument for one that is not there, ResourceInUse for one in use."""
    held = next((each for each in manager.get("licenses") if each.licenseKey == licenseKey), None)
    if held is None:
        raise MethodFault("InvalidArgument", invalidProperty="licenseKey")
    if any(each.licenseKey == licenseKey for each in call.vcenter.licensed.values()):
        raise MethodFault("ResourceInUse", type="LicenseManagerLicenseInfo", name=licenseKey)
    manager.remove("licenses", held)


@operation("LicenseManager", "UpdateLicenseLabel")
def update_label(call: Call, manager: ManagedObject, licenseKey: str, labelKey: str, labelValue: str) -> None:
    """Set one label of a licence; raise InvalidArgument for a licence that is not there."""
    if all(each.licenseKey != licenseKey for each in manager.get("licenses")):
        raise MethodFault("InvalidArgument", invalidProperty="licenseKey")
    label = DataObject("KeyValue", key=labelKey, value=labelValue)
    manager.set(
        "licenses",
        tuple(
            each.replace(labels=(*(held for held in each.labels if held.key != labelKey), label))
            if each.licenseKey == licenseKey
            else each
            for each in manager.get("licenses")
        ),
    )


@operation("LicenseAssignmentManager", "UpdateAssignedLicense")
def assign_licence(
    call: Call,
    assignments: ManagedObject,
    entity: str,
    licenseKey: str,
    entityDisplayName: str | None = None,
) -> DataObject:
    """Give a host, named by its moId, a licence; return it. One that is not there yet is added.

    Raises LicenseEntityNotFound, InvalidArgument for a key of nothing, NotEnoughLicenses.
    """
    return give_licence(call, _host(call, entity), licenseKey)


def require_known(key: str) -> str:
    """Return the edition that a licence key is for; raise InvalidArgument for a key of nothing."""
    edition = edition_of(key)
    if edition is None:
        raise MethodFault("InvalidArgument", invalidProperty="licenseKey")
    return edition


def give_licence(call: Call, host: ManagedObject, key: str) -> DataObject:
    """Give a host the licence with this key; return it. Raises what `assign_licence` raises of keys."""
    edition = require_known(key)
    manager = call.vcenter.inventory[_MANAGER]
    held = next((each for each in manager.get("licenses") if each.licenseKey == key), None)
    wanted = held or licence(edition, 0)
    already = call.vcenter.licensed.get(host.ref)
    is_new = already is None or already.licenseKey != key
    if wanted.total and is_new and (wanted.used or 0) + _packages(host) > wanted.total:
        raise MethodFault("NotEnoughLicenses")
    if held is None:
        manager.add("licenses", wanted)
    _assign(call, host, wanted, edition)
    return call.vcenter.licensed[host.ref]


@operation("LicenseAssignmentManager", "RemoveAssignedLicense")
def unassign_licence(call: Call, assignments: ManagedObject, entityId: str) -> None:
    """Take a host's licence away: it is under evaluation then. Raises LicenseEntityNotFound."""
    host = _host(call, entityId)
    if host.ref not in call.vcenter.licensed:
        raise MethodFault("LicenseEntityNotFound", entityId=entityId)
    give_licence(call, host, EVALUATION_KEY)


def _host(call: Call, entity: str) -> ManagedObject:
    host = call.vcenter.inventory.find(MoRef("HostSystem", entity))
    if host is None:
        raise MethodFault("LicenseEntityNotFound", entityId=entity)
    return host


def _assign(call: Call, host: ManagedObject, wanted: DataObject, edition: str) -> None:
    inventory, licensed = call.vcenter.inventory, call.vcenter.licensed
    licensed[host.ref] = wanted
    license_edition(host, edition)
    counted = tuple(_counted(call, each) for each in inventory[_MANAGER].get("licenses"))
    inventory[_MANAGER].set("licenses", counted)
    by_key = {each.licenseKey: each for each in counted}
    for ref, held in licensed.items():
        licensed[ref] = by_key[held.licenseKey]
    show_cluster(call, inventory[host.get("parent")])


def _counted(call: Call, held: DataObject) -> DataObject:
    """Return a licence with the number of processors that use it."""
    inventory, licensed = call.vcenter.inventory, call.vcenter.licensed
    users = [inventory[ref] for ref, each in licensed.items() if each.licenseKey == held.licenseKey]
    return held.replace(used=sum(map(_packages, users)))


def _packages(host: ManagedObject) -> int:
    return int(host.get("hardware.cpuInfo.numCpuPackages"))

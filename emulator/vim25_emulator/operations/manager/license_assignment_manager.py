"""LicenseManager and LicenseAssignmentManager: which licenses there are, and giving them to hosts.

The keys that mean something are those of the editions that a scenario can name; any other is told to be wrong
in the answer, as real servers do, and is not added. A host that loses its license falls back to evaluation.
"""

from __future__ import annotations

from vim25_emulator.behavior.license_assignment import give_license
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.license import EVALUATION_KEY
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef


@operation("LicenseAssignmentManager", "UpdateAssignedLicense")
def assign_license(
    call: Call,
    assignments: ManagedObject,
    entity: str,
    licenseKey: str,
    entityDisplayName: str | None = None,
) -> DataObject:
    """Give a host, named by its moId, a license; return it. One that is not there yet is added.

    Raises LicenseEntityNotFound, InvalidArgument for a key of nothing, NotEnoughLicenses.
    """
    return give_license(call, _host(call, entity), licenseKey)


@operation("LicenseAssignmentManager", "RemoveAssignedLicense")
def unassign_license(call: Call, assignments: ManagedObject, entityId: str) -> None:
    """Take a host's license away: it is under evaluation then. Raises LicenseEntityNotFound."""
    host = _host(call, entityId)
    if host.ref not in call.vcenter.licensed:
        raise MethodFault("LicenseEntityNotFound", entityId=entityId)
    give_license(call, host, EVALUATION_KEY)


def _host(call: Call, entity: str) -> ManagedObject:
    host = call.vcenter.inventory.find(MoRef("HostSystem", entity))
    if host is None:
        raise MethodFault("LicenseEntityNotFound", entityId=entity)
    return host


@operation("LicenseAssignmentManager", "QueryAssignedLicenses")
def query_assigned_licenses(
    call: Call, manager: ManagedObject, entityId: str | None = None
) -> tuple[DataObject, ...]:
    """Return who has which license, of all hosts or of the one with this moId; nobody else has any here."""
    inventory, licensed = call.vcenter.inventory, call.vcenter.licensed
    return tuple(
        DataObject(
            "LicenseAssignmentManagerLicenseAssignment",
            entityId=host.value,
            entityDisplayName=inventory[host].get("name"),
            assignedLicense=license,
        )
        for host, license in licensed.items()
        if entityId in (None, host.value)
    )

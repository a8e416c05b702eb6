"""LicenseAssignmentManager: assigning licenses to hosts. A host without a license is under evaluation."""

from __future__ import annotations

from vim25_emulator.behavior.license_assignment import assign_license_key
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
    """Assign a license to a host, named by its moId, and return it; add it if it is not present.

    Raises LicenseEntityNotFound, InvalidArgument for an unknown key, NotEnoughLicenses.
    """
    return assign_license_key(call, _host(call, entity), licenseKey)


@operation("LicenseAssignmentManager", "RemoveAssignedLicense")
def unassign_license(call: Call, assignments: ManagedObject, entityId: str) -> None:
    """Remove the license of a host; raise LicenseEntityNotFound."""
    host = _host(call, entityId)
    if host.ref not in call.vcenter.licensed:
        raise MethodFault("LicenseEntityNotFound", entityId=entityId)
    assign_license_key(call, host, EVALUATION_KEY)


def _host(call: Call, entity: str) -> ManagedObject:
    host = call.vcenter.inventory.find(MoRef("HostSystem", entity))
    if host is None:
        raise MethodFault("LicenseEntityNotFound", entityId=entity)
    return host


@operation("LicenseAssignmentManager", "QueryAssignedLicenses")
def query_assigned_licenses(
    call: Call, manager: ManagedObject, entityId: str | None = None
) -> tuple[DataObject, ...]:
    """Return the assigned licenses of all hosts that the caller may see, or of the one with this moId.

    What a real server shows to a user without rights to a host is unknown [derived].
    """
    inventory, licensed, see = call.vcenter.inventory, call.vcenter.licensed, call.rights.see
    return tuple(
        DataObject(
            "LicenseAssignmentManagerLicenseAssignment",
            entityId=host.value,
            entityDisplayName=inventory[host].get("name"),
            assignedLicense=license,
        )
        for host, license in licensed.items()
        if entityId in (None, host.value) and see(inventory[host])
    )

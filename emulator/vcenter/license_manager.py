"""LicenseManager and LicenseAssignmentManager: reading licences and who has which.

Adding and assigning them is `emulator.vcenter.licence_assignment`'s.
"""

from __future__ import annotations

from emulator.inventory.store import ManagedObject
from emulator.vcenter.operation import Call, operation
from emulator.vmodl.value import DataObject, MethodFault


@operation("LicenseManager", "DecodeLicense")
def decode_license(call: Call, manager: ManagedObject, licenseKey: str) -> DataObject:
    """Return the licence with this key; raise InvalidArgument if this vCenter has none such [derived]."""
    for held in manager.get("licenses"):
        if held.licenseKey == licenseKey:
            found: DataObject = held
            return found
    raise MethodFault("InvalidArgument", invalidProperty="licenseKey")


@operation("LicenseAssignmentManager", "QueryAssignedLicenses")
def query_assigned_licenses(
    call: Call, manager: ManagedObject, entityId: str | None = None
) -> tuple[DataObject, ...]:
    """Return who has which licence, of all hosts or of the one with this moId; nobody else has any here."""
    inventory, licensed = call.vcenter.inventory, call.vcenter.licensed
    return tuple(
        DataObject(
            "LicenseAssignmentManagerLicenseAssignment",
            entityId=host.value,
            entityDisplayName=inventory[host].get("name"),
            assignedLicense=licence,
        )
        for host, licence in licensed.items()
        if entityId in (None, host.value)
    )

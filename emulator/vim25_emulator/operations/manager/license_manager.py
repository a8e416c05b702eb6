"""LicenseManager and LicenseAssignmentManager: reading licenses and who has which.

Adding and assigning them is `emulator.vcenter.license_assignment`'s.
"""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.license import edition_of, license
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


@operation("LicenseManager", "DecodeLicense")
def decode_license(call: Call, manager: ManagedObject, licenseKey: str) -> DataObject:
    """Return the license with this key; raise InvalidArgument if this vCenter has none such [derived]."""
    for held in manager.get("licenses"):
        if held.licenseKey == licenseKey:
            found: DataObject = held
            return found
    raise MethodFault("InvalidArgument", invalidProperty="licenseKey")


@operation("LicenseManager", "AddLicense")
@operation("LicenseManager", "UpdateLicense")
def add_license(
    call: Call, manager: ManagedObject, licenseKey: str, labels: tuple[DataObject, ...] = ()
) -> DataObject:
    """Add a license, or change the labels of one that is there; return it.

    A key that is nobody's comes back with a diagnostic among its properties, and is not added.
    """
    edition = edition_of(licenseKey)
    if edition is None:
        return _wrong_key(licenseKey)
    held = next((each for each in manager.get("licenses") if each.licenseKey == licenseKey), None)
    added = (held or license(edition, 0)).replace(labels=labels or None)
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
def remove_license(call: Call, manager: ManagedObject, licenseKey: str) -> None:
    """Remove a license; raise InvalidArgument for one that is not there, ResourceInUse for one in use."""
    held = next((each for each in manager.get("licenses") if each.licenseKey == licenseKey), None)
    if held is None:
        raise MethodFault("InvalidArgument", invalidProperty="licenseKey")
    if any(each.licenseKey == licenseKey for each in call.vcenter.licensed.values()):
        raise MethodFault("ResourceInUse", type="LicenseManagerLicenseInfo", name=licenseKey)
    manager.remove("licenses", held)


@operation("LicenseManager", "UpdateLicenseLabel")
def update_label(call: Call, manager: ManagedObject, licenseKey: str, labelKey: str, labelValue: str) -> None:
    """Set one label of a license; raise InvalidArgument for a license that is not there."""
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

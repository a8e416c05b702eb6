"""LicenseManager: reading, adding, labeling and removing licenses.

Valid keys are those of the editions that a scenario can name. As on real servers, adding any other key is
answered with a diagnostic, and the key is not added [observed: real servers].
"""

from __future__ import annotations

from vim25_emulator.behavior.license_assignment import find_license
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.license import edition_of, license
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


@operation("LicenseManager", "DecodeLicense")
def decode_license(call: Call, manager: ManagedObject, licenseKey: str) -> DataObject:
    """Return the license with this key; raise InvalidArgument if it is not present [derived]."""
    return _license(manager, licenseKey)


@operation("LicenseManager", "AddLicense")
@operation("LicenseManager", "UpdateLicense")
def add_license(
    call: Call, manager: ManagedObject, licenseKey: str, labels: tuple[DataObject, ...] = ()
) -> DataObject:
    """Add a license, or change the labels of a present one; return it.

    An unknown key is returned with a diagnostic among its properties, and is not added.
    """
    edition = edition_of(licenseKey)
    if edition is None:
        return _wrong_key(licenseKey)
    present = find_license(manager, licenseKey)
    added = (present or license(edition, 0)).replace(labels=labels or None)
    others = tuple(other for other in manager.get("licenses") if other.licenseKey != licenseKey)
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
    """Remove a license; raise InvalidArgument if it is not present.

    Raises InUseFeatureManipulationDisallowed if it is assigned [derived].
    """
    present = _license(manager, licenseKey)
    if any(assigned.licenseKey == licenseKey for assigned in call.vcenter.licensed.values()):
        raise MethodFault("InUseFeatureManipulationDisallowed")
    manager.remove("licenses", present)


@operation("LicenseManager", "UpdateLicenseLabel")
def update_label(call: Call, manager: ManagedObject, licenseKey: str, labelKey: str, labelValue: str) -> None:
    """Set one label of a license; raise InvalidArgument if the license is not present."""
    present = _license(manager, licenseKey)
    others = (label for label in present.labels if label.key != labelKey)
    labeled = present.replace(labels=(*others, DataObject("KeyValue", key=labelKey, value=labelValue)))
    licenses = (labeled if entry is present else entry for entry in manager.get("licenses"))
    manager.set("licenses", tuple(licenses))


def _license(manager: ManagedObject, key: str) -> DataObject:
    present = find_license(manager, key)
    if present is None:
        raise MethodFault("InvalidArgument", invalidProperty="licenseKey")
    return present

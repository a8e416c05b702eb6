"""Licenses: the editions of vSphere, and their representation in LicenseManager.

License keys are fictitious. The edition of a host determines the host's capability.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.capability import FT_VCPUS
from vim25_emulator.model.entity import digits_of
from vim25_emulator.model.host import set_fault_tolerance_issue
from vim25_emulator.vmodl.value import DataObject

EVALUATION_KEY: Final = "-".join(["00000"] * 5)
_EVALUATION_DAYS: Final = 60
_TOTAL: Final = 128  #: processors that a license covers


class Edition(NamedTuple):
    """An edition of vSphere: editionKey, name, and keys of LicenseFeatureInfo."""

    key: str
    name: str
    features: tuple[str, ...]


_STANDARD: Final = ("vmotion", "das", "svmotion", "vsmp", "vstorage")

EDITIONS: Final = {
    "evaluation": Edition("eval", "Product Evaluation", (*_STANDARD, "drs", "dpm", "dvs")),
    "enterprisePlus": Edition(
        "esx.enterprisePlus.cpuPackage", "vSphere Enterprise Plus", (*_STANDARD, "drs", "dpm", "dvs")
    ),
    "standard": Edition("esx.standard.cpuPackage", "vSphere Standard", _STANDARD),
    "essentialsPlus": Edition(
        "esx.essentialsPlus.cpuPackage", "vSphere Essentials Plus", ("vmotion", "das", "vsmp", "vstorage")
    ),
    "essentials": Edition("esx.essentials.cpuPackage", "vSphere Essentials", ("vsmp", "vstorage")),
}


def set_licenses(
    inventory: Inventory, manager: ManagedObject, packages: Mapping[str, int]
) -> dict[str, DataObject]:
    """Set the licenses of LicenseManager; return them (LicenseManagerLicenseInfo) by edition.

    `packages`: edition → number of licensed processors in use.
    """
    licenses = {edition: license(edition, used) for edition, used in packages.items()}
    assignments = inventory.create("LicenseAssignmentManager", "LicenseAssignmentManager")
    manager.set("source", DataObject("LocalLicenseSource", licenseKeys=""))
    manager.set("sourceAvailable", value=True)
    manager.set("licensedEdition", "vc")
    manager.set("licenses", tuple(licenses.values()))
    manager.set("licenseAssignmentManager", assignments.ref)
    period = _evaluation(running="evaluation" in packages)
    manager.set("evaluation", DataObject("LicenseManagerEvaluationInfo", properties=period))
    return licenses


def license_key(edition: str) -> str:
    """Return the license key of an edition."""
    if edition == "evaluation":
        return EVALUATION_KEY
    digits = digits_of("license", edition).upper()
    return "-".join(digits[start : start + 5] for start in range(0, 25, 5))


def edition_of(key: str) -> str | None:
    """Return the edition of a license key; None for an unknown key."""
    return next((name for name in EDITIONS if license_key(name) == key), None)


def apply_edition(host: ManagedObject, edition: str | None) -> None:
    """Update a host's capability to a license edition; without one, neither Fault Tolerance nor vMotion."""
    vcpus = FT_VCPUS[edition] if edition is not None else 0
    features = EDITIONS[edition].features if edition is not None else ()
    host.set("capability.maxVcpusPerFtVm", vcpus)
    set_fault_tolerance_issue(host, "ftNotLicensed", present=not vcpus)
    set_fault_tolerance_issue(host, "vMotionNotLicensed", present="vmotion" not in features)


def license(name: str, used: int) -> DataObject:
    """Return LicenseManagerLicenseInfo of an edition; `used`: number of processors in use."""
    edition = EDITIONS[name]
    return DataObject(
        "LicenseManagerLicenseInfo",
        licenseKey=license_key(name),
        editionKey=edition.key,
        name=edition.name,
        total=0 if name == "evaluation" else _TOTAL,
        used=used,
        costUnit="cpuPackage",
        properties=tuple(_properties(name, edition)),
    )


def _properties(edition_name: str, edition: Edition) -> list[DataObject]:
    vcpus = FT_VCPUS[edition_name]
    features = [*edition.features, *([f"ft:{vcpus}"] if vcpus else [])]
    return [
        _property("ProductName", "VMware ESX Server"),
        _property("ProductVersion", "8.0"),
        *(_property("feature", DataObject("KeyValue", key=name, value=name)) for name in features),
    ]


def _evaluation(*, running: bool) -> tuple[DataObject, ...]:
    """Return the remaining evaluation period; it runs only while an evaluation license is in use."""
    hours = _EVALUATION_DAYS * 24 if running else 0
    return (_property("expirationHours", hours), _property("expirationMinutes", hours * 60))


def _property(key: str, value: Any) -> DataObject:
    return DataObject("KeyAnyValue", key=key, value=value)

from __future__ import annotations

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab


def test_hosts_have_the_license_of_their_edition(lab: Lab) -> None:
    manager = lab.content.licenseManager
    (license,) = manager.licenses
    assignments = manager.licenseAssignmentManager.QueryAssignedLicenses()
    assert {each.entityId: each.entityDisplayName for each in assignments} == {
        host._moId: host.name for host in lab.all(vim.HostSystem)
    }
    assert {each.assignedLicense.licenseKey for each in assignments} == {license.licenseKey}
    (one,) = manager.licenseAssignmentManager.QueryAssignedLicenses(assignments[0].entityId)
    assert one.entityDisplayName == assignments[0].entityDisplayName
    assert manager.licenseAssignmentManager.QueryAssignedLicenses("host-gone") == []


def test_a_license_is_told_by_its_key(lab: Lab) -> None:
    manager = lab.content.licenseManager
    (license,) = manager.licenses
    assert manager.DecodeLicense(license.licenseKey).editionKey == license.editionKey
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        manager.DecodeLicense("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")
    assert fault.value.invalidProperty == "licenseKey"

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from vim25_emulator.model.license import EVALUATION_KEY, license_key


def manager(lab: Lab) -> Any:
    return lab.content.licenseManager


def assign(lab: Lab, edition: str, name: str = "esx1.lab.example") -> Any:
    host = lab.named(vim.HostSystem, name)
    assignments = manager(lab).licenseAssignmentManager
    return assignments.UpdateAssignedLicense(entity=host._moId, licenseKey=license_key(edition))


def edition_names(lab: Lab) -> set[str]:
    return {held.name for held in manager(lab).licenses}


def test_a_license_is_added_labeled_and_removed(sound_lab: Lab) -> None:
    key = license_key("standard")
    added = manager(sound_lab).AddLicense(key, [vim.KeyValue(key="team", value="lab")])
    assert (added.licenseKey, added.name, added.used) == (key, "vSphere Standard", 0)
    manager(sound_lab).UpdateLicenseLabel(key, "team", "other")
    (held,) = [each for each in manager(sound_lab).licenses if each.licenseKey == key]
    assert [(label.key, label.value) for label in held.labels] == [("team", "other")]
    manager(sound_lab).RemoveLicense(key)
    assert key not in {each.licenseKey for each in manager(sound_lab).licenses}


def test_a_key_of_nothing_is_not_added(sound_lab: Lab) -> None:
    before = edition_names(sound_lab)
    answer = manager(sound_lab).AddLicense("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")
    assert [each.key for each in answer.properties] == ["diagnostic"]
    assert edition_names(sound_lab) == before
    with pytest.raises(vmodl.fault.InvalidArgument):
        manager(sound_lab).RemoveLicense("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")


def test_what_a_host_may_do_follows_its_license(sound_lab: Lab) -> None:
    host = sound_lab.named(vim.HostSystem, "esx1.lab.example")
    packages = host.hardware.cpuInfo.numCpuPackages
    assert assign(sound_lab, "standard").used == packages
    assert host.capability.maxVcpusPerFtVm == 2
    assign(sound_lab, "essentials")
    assert {"ftNotLicensed", "vMotionNotLicensed"} <= set(host.capability.smpFtCompatibilityIssues)
    with pytest.raises(vmodl.MethodFault):
        sound_lab.run(sound_lab.vm("db01").CreateSecondaryVM_Task())
    used = {held.name: held.used for held in manager(sound_lab).licenses}
    assert (used["vSphere Essentials"], used["vSphere Standard"]) == (packages, 0)
    assign(sound_lab, "enterprisePlus")
    assert host.capability.maxVcpusPerFtVm == 8
    sound_lab.run(sound_lab.vm("db01").CreateSecondaryVM_Task())


def test_who_has_which_is_told_and_taken_back(sound_lab: Lab) -> None:
    host = sound_lab.named(vim.HostSystem, "esx1.lab.example")
    assign(sound_lab, "standard")
    assignments = manager(sound_lab).licenseAssignmentManager
    (told,) = assignments.QueryAssignedLicenses(host._moId)
    assert told.assignedLicense.licenseKey == license_key("standard")
    with pytest.raises(vim.fault.InUseFeatureManipulationDisallowed):
        manager(sound_lab).RemoveLicense(license_key("standard"))
    assignments.RemoveAssignedLicense(host._moId)
    (told,) = assignments.QueryAssignedLicenses(host._moId)
    assert told.assignedLicense.licenseKey == EVALUATION_KEY


def test_nobody_and_nothing_is_licensed(sound_lab: Lab) -> None:
    assignments = manager(sound_lab).licenseAssignmentManager
    with pytest.raises(vim.fault.LicenseEntityNotFound):
        assignments.UpdateAssignedLicense(entity="host-none", licenseKey=license_key("standard"))
    host = sound_lab.named(vim.HostSystem, "esx1.lab.example")
    with pytest.raises(vmodl.fault.InvalidArgument):
        assignments.UpdateAssignedLicense(entity=host._moId, licenseKey="none")

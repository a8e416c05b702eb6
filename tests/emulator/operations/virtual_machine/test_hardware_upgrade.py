from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.specs import create, machine


def old_machine(lab: Lab) -> Any:
    return create(lab, machine("old", version="vmx-13"))


def test_hardware_is_upgraded_to_a_version_and_to_the_newest(lab: Lab) -> None:
    vm = old_machine(lab)
    lab.run(vm.UpgradeVM_Task("vmx-19"))
    assert vm.config.version == vm.guest.hwVersion == "vmx-19"
    lab.run(vm.UpgradeVM_Task())
    newest = vm.environmentBrowser.QueryConfigOptionDescriptor()[-1].key
    assert vm.config.version == newest
    kinds = ("VmUpgradingEvent", "VmUpgradeCompleteEvent")
    assert lab.events(*kinds) == [*kinds, *kinds]
    with pytest.raises(vim.fault.AlreadyUpgraded):
        lab.run(vm.UpgradeVM_Task())


def test_hardware_that_runs_and_unknown_versions_are_refused(lab: Lab) -> None:
    vm = old_machine(lab)
    with pytest.raises(vmodl.fault.NotSupported):
        lab.run(vm.UpgradeVM_Task("vmx-99"))
    with pytest.raises(vim.fault.AlreadyUpgraded):
        lab.run(vm.UpgradeVM_Task("vmx-08"))
    with pytest.raises(vim.fault.InvalidPowerState):
        lab.run(lab.vm("web01").UpgradeVM_Task())
    assert vm.config.version == "vmx-13"

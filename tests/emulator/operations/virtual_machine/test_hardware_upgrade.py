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


@pytest.mark.parametrize("version", ["vmx-99", "vmx-8", "nonsense"])
def test_an_unknown_version_is_refused_wherever_a_spec_names_it(lab: Lab, version: str) -> None:
    vm, count = lab.vm("db01"), len(lab.all(vim.VirtualMachine))
    spec = vim.vm.ConfigSpec(version=version)
    clone = vim.vm.CloneSpec(location=vim.vm.RelocateSpec(), powerOn=False, template=False, config=spec)
    attempts = (
        lambda: create(lab, machine("new", version=version)),
        lambda: lab.run(vm.ReconfigVM_Task(spec)),
        lambda: lab.run(vm.CloneVM_Task(vm.parent, "copy", clone)),
    )
    for attempt in attempts:
        with pytest.raises(vim.fault.VirtualHardwareVersionNotSupported):
            attempt()
    assert len(lab.all(vim.VirtualMachine)) == count


def test_hardware_that_runs_and_unknown_versions_are_refused(lab: Lab) -> None:
    vm = old_machine(lab)
    with pytest.raises(vmodl.fault.NotSupported):
        lab.run(vm.UpgradeVM_Task("vmx-99"))
    with pytest.raises(vim.fault.AlreadyUpgraded):
        lab.run(vm.UpgradeVM_Task("vmx-08"))
    with pytest.raises(vim.fault.InvalidPowerState):
        lab.run(lab.vm("web01").UpgradeVM_Task())
    assert vm.config.version == "vmx-13"

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.specs import remove


def set_status(lab: Lab, vm: Any, status: str) -> None:
    managed = lab.emulator.vcenter.inventory[vm._moId]
    lab.emulator.call(managed.set, "guest.toolsVersionStatus2", status)


def test_the_installer_is_mounted_and_unmounted(lab: Lab) -> None:
    vm = lab.vm("web01")
    assert vm.runtime.toolsInstallerMounted is False
    vm.MountToolsInstaller()
    assert vm.runtime.toolsInstallerMounted is vm.summary.runtime.toolsInstallerMounted is True
    assert "MountToolsInstaller" in vm.disabledMethod
    assert "UnmountToolsInstaller" not in vm.disabledMethod
    with pytest.raises(vim.fault.InvalidState):
        vm.MountToolsInstaller()
    vm.UnmountToolsInstaller()
    assert vm.runtime.toolsInstallerMounted is False
    assert "UnmountToolsInstaller" in vm.disabledMethod
    with pytest.raises(vim.fault.InvalidState):
        vm.UnmountToolsInstaller()


def test_power_off_unmounts_the_installer(lab: Lab) -> None:
    vm = lab.vm("web01")
    vm.MountToolsInstaller()
    lab.run(vm.PowerOffVM_Task())
    assert vm.runtime.toolsInstallerMounted is False
    for method in (vm.MountToolsInstaller, vm.UnmountToolsInstaller):
        with pytest.raises(vim.fault.InvalidPowerState):
            method()


def test_the_installer_needs_a_drive(lab: Lab) -> None:
    vm = lab.vm("web01")
    lab.run(vm.PowerOffVM_Task())
    drives = [
        device for device in vm.config.hardware.device if isinstance(device, vim.vm.device.VirtualCdrom)
    ]
    lab.run(vm.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=[remove(drive) for drive in drives])))
    lab.run(vm.PowerOnVM_Task())
    with pytest.raises(vim.fault.VmConfigFault):
        vm.MountToolsInstaller()


def test_old_tools_are_upgraded(lab: Lab) -> None:
    vm = lab.vm("web01")
    set_status(lab, vm, "guestToolsSupportedOld")
    lab.run(vm.UpgradeTools_Task())
    status = (vm.guest.toolsStatus, vm.guest.toolsVersionStatus, vm.guest.toolsVersionStatus2)
    assert status == ("toolsOk", "guestToolsCurrent", "guestToolsCurrent")
    assert vm.summary.guest.toolsVersionStatus2 == "guestToolsCurrent"
    with pytest.raises(vim.fault.ToolsAlreadyUpgraded):
        lab.run(vm.UpgradeTools_Task())


def test_tools_of_the_guest_s_own_and_tools_that_do_not_run_are_not_upgraded(lab: Lab) -> None:
    with pytest.raises(vmodl.fault.NotSupported):
        lab.run(lab.vm("web01").UpgradeTools_Task())
    with pytest.raises(vim.fault.InvalidPowerState):
        lab.run(lab.vm("db01").UpgradeTools_Task())
    managed = lab.emulator.vcenter.inventory[lab.vm("app01")._moId]
    lab.emulator.call(managed.set, "guest.toolsRunningStatus", "guestToolsNotRunning")
    with pytest.raises(vim.fault.ToolsUnavailable):
        lab.run(lab.vm("app01").UpgradeTools_Task())

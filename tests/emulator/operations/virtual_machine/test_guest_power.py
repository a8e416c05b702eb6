"""A guest with running Tools completes a request after the call has returned."""

from __future__ import annotations

from typing import Any, Final

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.specs import create, machine
from vim25_emulator.inventory.clock import ManualClock


@pytest.mark.parametrize(
    ("method", "state", "event"),
    [
        ("ShutdownGuest", "poweredOff", "VmGuestShutdownEvent"),
        ("StandbyGuest", "suspended", "VmGuestStandbyEvent"),
        ("RebootGuest", "poweredOn", "VmGuestRebootEvent"),
    ],
)
def test_the_guest_is_done_after_a_while(method: str, state: str, event: str) -> None:
    with open_lab(task_duration=5.0, clock=ManualClock()) as opened:
        vm = opened.vm("web01")
        before = vm.runtime.bootTime
        getattr(vm, method)()
        assert (vm.runtime.powerState, opened.events(event)) == ("poweredOn", [event])
        opened.emulator.advance(5)
        assert vm.runtime.powerState == state
        assert vm.runtime.bootTime != before


@pytest.mark.parametrize("method", ["ShutdownGuest", "StandbyGuest", "RebootGuest"])
def test_what_does_not_run_cannot_be_asked(method: str, lab: Lab) -> None:
    with pytest.raises(vim.fault.InvalidPowerState):
        getattr(lab.vm("db01"), method)()
    assert lab.events("VmGuestShutdownEvent", "VmGuestStandbyEvent", "VmGuestRebootEvent") == []


def test_a_guest_without_tools_does_not_listen(lab: Lab) -> None:
    web01 = lab.vm("web01")
    held = lab.emulator.vcenter.inventory[web01._moId]
    lab.emulator.call(held.set, "guest.toolsRunningStatus", "guestToolsNotRunning")
    with pytest.raises(vim.fault.ToolsUnavailable):
        web01.ShutdownGuest()


def test_a_vm_that_is_off_before_the_guest_is_done_stays_off() -> None:
    with open_lab(task_duration=5.0, clock=ManualClock()) as opened:
        vm = opened.vm("web01")
        vm.RebootGuest()
        held = opened.emulator.vcenter.inventory[vm._moId]
        opened.emulator.call(held.set, "runtime.powerState", "poweredOff")
        before = vm.runtime.bootTime
        opened.emulator.advance(5)
        assert (vm.runtime.powerState, vm.runtime.bootTime) == ("poweredOff", before)


def created(lab: Lab, **options: Any) -> Any:
    """Create a machine, power it on, and return it."""
    vm = create(lab, machine(**options))
    lab.run(vm.PowerOnVM_Task())
    return vm


def cloned(lab: Lab, vm: Any, name: str) -> Any:
    """Clone a machine, power the clone on, and return it."""
    spec = vim.vm.CloneSpec(location=vim.vm.RelocateSpec(), powerOn=True, template=False)
    return lab.run(vm.CloneVM_Task(vm.parent, name, spec))


def tools_of(guest: Any) -> tuple[str, str, str]:
    return guest.toolsStatus, guest.toolsVersionStatus2, guest.toolsRunningStatus


NO_TOOLS: Final = ("toolsNotInstalled", "guestToolsNotInstalled", "guestToolsNotRunning")


def test_a_new_machine_has_no_tools(lab: Lab) -> None:
    vm = created(lab)
    assert tools_of(vm.guest) == tools_of(vm.summary.guest) == NO_TOOLS
    assert (vm.guest.ipAddress, vm.guest.hostName, vm.guest.net) == (None, None, [])
    assert (vm.summary.guest.ipAddress, vm.config.tools.toolsVersion) == (None, 0)
    assert vm.guestHeartbeatStatus == vm.summary.quickStats.guestHeartbeatStatus == "gray"
    for method in ("ShutdownGuest", "StandbyGuest", "RebootGuest"):
        with pytest.raises(vim.fault.ToolsUnavailable):
            getattr(vm, method)()
    lab.run(vm.PowerOffVM_Task())
    assert tools_of(vm.guest) == NO_TOOLS


def test_a_clone_has_the_tools_of_its_source(lab: Lab) -> None:
    without, with_tools = cloned(lab, created(lab), "copy01"), cloned(lab, lab.vm("web01"), "copy02")
    assert tools_of(without.guest) == NO_TOOLS
    assert with_tools.guest.toolsStatus == "toolsOk"
    assert with_tools.guest.ipAddress not in (None, lab.vm("web01").guest.ipAddress)
    with_tools.RebootGuest()


def test_only_the_guest_says_which_tools_it_has(lab: Lab) -> None:
    wanted = vim.vm.ToolsConfigInfo(toolsVersion=12389, afterPowerOn=False, toolsUpgradePolicy="manual")
    vm = created(lab, tools=wanted)
    assert (vm.config.tools.toolsVersion, vm.config.tools.afterPowerOn) == (0, False)
    lab.run(vm.ReconfigVM_Task(vim.vm.ConfigSpec(tools=wanted)))
    assert vm.guest.toolsStatus == "toolsNotInstalled"

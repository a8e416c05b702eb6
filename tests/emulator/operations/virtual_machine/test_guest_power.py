"""A guest with running Tools completes a request after the call has returned."""

from __future__ import annotations

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
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

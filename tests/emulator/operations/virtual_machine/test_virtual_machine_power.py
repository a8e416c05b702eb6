from __future__ import annotations

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab


def test_power_on_shows_everywhere_and_posts_events(lab: Lab) -> None:
    vm = lab.vm("db01")
    lab.run(vm.PowerOnVM_Task())
    assert vm.runtime.powerState == vm.summary.runtime.powerState == "poweredOn"
    assert vm.runtime.bootTime is not None
    assert vm.guest.guestState == "running"
    assert lab.events("VmStartingEvent", "DrsVmPoweredOnEvent") == ["VmStartingEvent", "DrsVmPoweredOnEvent"]


def test_power_off_undoes_it(lab: Lab) -> None:
    vm = lab.vm("web01")
    lab.run(vm.PowerOffVM_Task())
    assert (vm.runtime.powerState, vm.runtime.bootTime) == ("poweredOff", None)
    assert lab.events("VmStoppingEvent", "VmPoweredOffEvent") == ["VmStoppingEvent", "VmPoweredOffEvent"]


def test_the_wrong_state_is_told_with_both_states(lab: Lab) -> None:
    with pytest.raises(vim.fault.InvalidPowerState) as fault:
        lab.run(lab.vm("web01").PowerOnVM_Task())
    assert (fault.value.requestedState, fault.value.existingState) == ("poweredOn", "poweredOn")


def test_a_vm_moves_to_the_host_that_it_is_powered_on_at(lab: Lab) -> None:
    vm = lab.vm("db01")
    other = next(host for host in lab.all(vim.HostSystem) if host != vm.runtime.host)
    lab.run(vm.PowerOnVM_Task(host=other))
    assert vm.runtime.host == other
    assert vm in other.vm


def test_a_template_cannot_be_powered_on_and_can_become_a_vm(lab: Lab) -> None:
    template = lab.vm("tpl01")
    with pytest.raises(vmodl.fault.NotSupported):
        lab.run(template.PowerOnVM_Task())
    pool = lab.named(vim.ClusterComputeResource, "ft-cluster").resourcePool
    template.MarkAsVirtualMachine(pool=pool, host=None)
    assert (template.config.template, template.resourcePool) == (False, pool)
    lab.run(template.PowerOnVM_Task())


def test_a_vm_becomes_a_template_only_when_it_is_off(lab: Lab) -> None:
    with pytest.raises(vim.fault.InvalidPowerState):
        lab.vm("web01").MarkAsTemplate()
    vm = lab.vm("db01")
    pool = vm.resourcePool
    vm.MarkAsTemplate()
    assert vm.summary.config.template is True
    assert vm.resourcePool is None
    assert vm not in pool.vm
    with pytest.raises(vmodl.fault.NotSupported):
        vm.MarkAsTemplate()


def test_a_suspended_vm_is_resumed_by_power_on(lab: Lab) -> None:
    vm = lab.vm("web01")
    lab.run(vm.SuspendVM_Task())
    assert (vm.runtime.powerState, vm.runtime.bootTime) == ("suspended", None)
    assert vm.runtime.suspendTime is not None
    with pytest.raises(vim.fault.InvalidPowerState) as fault:
        lab.run(vm.SuspendVM_Task())
    assert (fault.value.requestedState, fault.value.existingState) == ("suspended", "suspended")
    lab.run(vm.PowerOnVM_Task())
    assert (vm.runtime.powerState, vm.runtime.suspendTime) == ("poweredOn", None)
    assert lab.events("VmSuspendingEvent", "VmSuspendedEvent") == ["VmSuspendingEvent", "VmSuspendedEvent"]


def test_a_reset_vm_boots_anew_and_one_that_is_off_cannot(lab: Lab) -> None:
    vm = lab.vm("web01")
    before = vm.runtime.bootTime
    lab.run(vm.ResetVM_Task())
    assert vm.runtime.powerState == "poweredOn"
    assert vm.runtime.bootTime > before
    assert lab.events("VmResettingEvent") == ["VmResettingEvent"]
    with pytest.raises(vim.fault.InvalidPowerState):
        lab.run(lab.vm("db01").ResetVM_Task())

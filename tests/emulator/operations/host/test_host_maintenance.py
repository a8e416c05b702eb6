from __future__ import annotations

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from vim25_emulator.inventory.clock import ManualClock


def test_drs_moves_vms_off_a_host_that_enters_maintenance_mode(lab: Lab) -> None:
    host, other = lab.all(vim.HostSystem)
    running = [vm for vm in host.vm if vm.runtime.powerState == "poweredOn"]
    assert running
    lab.run(host.EnterMaintenanceMode_Task(timeout=0))
    assert host.runtime.inMaintenanceMode is True
    assert {vm.runtime.host for vm in running} == {other}
    with pytest.raises(vim.fault.InvalidState):
        lab.run(host.EnterMaintenanceMode_Task(timeout=0))
    lab.run(host.ExitMaintenanceMode_Task(timeout=0))
    assert host.runtime.inMaintenanceMode is False
    with pytest.raises(vim.fault.InvalidState):
        lab.run(host.ExitMaintenanceMode_Task(timeout=0))


def test_without_drs_it_waits_for_the_vms_to_go() -> None:
    with open_lab("ha-only") as lab:
        host = next(host for host in lab.all(vim.HostSystem) if running_on(host))
        entering = host.EnterMaintenanceMode_Task(timeout=0)
        for vm in running_on(host):
            assert entering.info.state == "running"
            lab.run(vm.PowerOffVM_Task())
        lab.run(entering)
        assert host.runtime.inMaintenanceMode is True


def test_it_gives_up_at_its_timeout() -> None:
    clock = ManualClock()
    with open_lab("ha-only", clock=clock) as lab:
        host = next(host for host in lab.all(vim.HostSystem) if running_on(host))
        entering = host.EnterMaintenanceMode_Task(timeout=60)
        lab.emulator.call(clock.advance, 59)
        assert entering.info.state == "running"
        lab.emulator.call(clock.advance, 2)
        assert isinstance(entering.info.error, vim.fault.Timedout)
        assert host.runtime.inMaintenanceMode is False


def running_on(host: vim.HostSystem) -> list[vim.VirtualMachine]:
    return [vm for vm in host.vm if vm.runtime.powerState == "poweredOn"]


def test_maintenance_shows_in_capacity_and_refusals(sound_lab: Lab) -> None:
    host = sound_lab.named(vim.HostSystem, "esx1.lab.example")
    sound_lab.run(sound_lab.vm("web01").PowerOffVM_Task())
    sound_lab.run(host.EnterMaintenanceMode_Task(timeout=0))
    assert host.parent.summary.numEffectiveHosts == 1
    assert "EnterMaintenanceMode_Task" in host.disabledMethod
    sound_lab.run(host.ExitMaintenanceMode_Task(timeout=0))
    assert host.parent.summary.numEffectiveHosts == 2


@pytest.mark.parametrize(("behavior", "leaves"), [(None, False), ("manual", False), ("fullyAutomated", True)])
def test_the_override_of_a_vm_says_whether_drs_migrates_it(behavior: str | None, leaves: bool) -> None:
    """None excludes the VM from DRS."""
    with open_lab() as lab:
        vm = lab.vm("web01")
        info = vim.cluster.DrsVmConfigInfo(key=vm, enabled=behavior is not None, behavior=behavior)
        change = vim.cluster.DrsVmConfigSpec(operation="add", info=info)
        cluster = vm.runtime.host.parent
        spec = vim.cluster.ConfigSpecEx(drsVmConfigSpec=[change])
        lab.run(cluster.ReconfigureComputeResource_Task(spec, True))
        host = vm.runtime.host
        entering = host.EnterMaintenanceMode_Task(timeout=0)
        if leaves:
            lab.run(entering)
        else:
            lab.content.eventManager.LogUserEvent(lab.content.rootFolder, "a call later")
        assert (vm.runtime.host != host) is leaves


def test_a_vm_that_is_excluded_from_drs_is_powered_on_where_it_is_registered() -> None:
    with open_lab("drs-manual") as lab:
        vm = lab.vm("db01")
        change = vim.cluster.DrsVmConfigSpec(
            operation="add", info=vim.cluster.DrsVmConfigInfo(key=vm, enabled=False)
        )
        spec = vim.cluster.ConfigSpecEx(drsVmConfigSpec=[change])
        lab.run(vm.runtime.host.parent.ReconfigureComputeResource_Task(spec, True))
        result = lab.run(lab.named(vim.Datacenter, "Lab").PowerOnMultiVM_Task([vm], []))
        assert not result.recommendations
        assert [attempted.vm for attempted in result.attempted] == [vm]
        lab.run(next(task for task in vm.recentTask if task.info.name is None))
        assert vm.runtime.powerState == "poweredOn"
        assert lab.events("VmPoweredOnEvent", "DrsVmPoweredOnEvent") == ["VmPoweredOnEvent"]


def test_a_vm_that_a_task_has_locked_leaves_when_the_task_has_ended() -> None:
    clock = ManualClock()
    with open_lab("pair-and-standalone-host", clock=clock, task_duration=60.0) as lab:
        vm = lab.vm("web01")
        host = vm.runtime.host
        taking = vm.CreateSnapshot_Task("backup", "", False, False)
        entering = host.EnterMaintenanceMode_Task(timeout=0)
        lab.emulator.call(clock.advance, 30)
        assert (taking.info.state, vm.runtime.host) == ("running", host)
        lab.emulator.call(clock.advance, 600)
        assert taking.info.state == entering.info.state == "success"
        assert vm.runtime.host != host

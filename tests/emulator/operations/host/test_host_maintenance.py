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

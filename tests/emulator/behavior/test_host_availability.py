"""A host that enters maintenance mode accepts no VM; it is evacuated when another host is available."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab, lab
from vim25_emulator.inventory.clock import ManualClock

WORK = 5.0

#: Each host has a datastore that the other does not have, with a running VM on it.
LOCAL_VMS = """
title: Two hosts with a VM each that only they can run
extends: default
datastores:
  local-1: {hosts: [esx1.lab.example], capacity_gb: 500}
  local-2: {hosts: [esx2.lab.example], capacity_gb: 500}
vms:
  alone1: {host: esx1.lab.example, datastore: local-1, power: poweredOn}
  alone2: {host: esx2.lab.example, datastore: local-2, power: poweredOn}
"""


def host(opened: Lab, number: int) -> Any:
    return opened.named(vim.HostSystem, f"esx{number}.lab.example")


def enter(opened: Lab, number: int) -> Any:
    """Start to enter maintenance mode; VMs remain on the host, so the task goes on."""
    task = host(opened, number).EnterMaintenanceMode_Task(0)
    assert any(task.info.state == "running" for _ in range(100))  # it is queued for a turn of the loop
    return task


@pytest.fixture
def entering(written: Callable[[str], str]) -> Any:
    with lab(written(LOCAL_VMS)) as opened:
        yield opened, enter(opened, 1)


def test_a_host_that_enters_maintenance_mode_powers_nothing_on(entering: tuple[Lab, Any]) -> None:
    opened, _ = entering
    with pytest.raises(vim.fault.InvalidHostState) as fault:
        opened.run(opened.vm("db01").PowerOnVM_Task(host(opened, 1)))
    assert fault.value.host == host(opened, 1)
    assert opened.vm("db01").runtime.powerState == "poweredOff"


def test_a_host_that_enters_maintenance_mode_is_no_target(entering: tuple[Lab, Any]) -> None:
    opened, _ = entering
    location = vim.vm.RelocateSpec(host=host(opened, 1))
    clone = vim.vm.CloneSpec(location=location, powerOn=False, template=False)
    folder = opened.vm("db01").parent
    with pytest.raises(vim.fault.InvalidHostState):
        opened.run(opened.vm("db01").CloneVM_Task(folder, "clone", clone))
    with pytest.raises(vim.fault.InvalidHostState):
        opened.run(opened.vm("web01").MigrateVM_Task(None, host(opened, 1), "defaultPriority", None))


def test_two_hosts_that_enter_maintenance_mode_do_not_exchange_vms(entering: tuple[Lab, Any]) -> None:
    opened, first = entering
    second = enter(opened, 2)
    before = opened.events("DrsVmMigratedEvent")
    assert len(before) <= len(opened.all(vim.VirtualMachine))
    opened.content.eventManager.LogUserEvent(opened.content.rootFolder, "a call later")
    assert opened.events("DrsVmMigratedEvent") == before
    assert {first.info.state, second.info.state} == {"running"}


def test_vms_leave_when_another_host_returns() -> None:
    with lab() as opened:
        opened.run(host(opened, 2).EnterMaintenanceMode_Task(0))
        task = enter(opened, 1)
        opened.run(host(opened, 2).ExitMaintenanceMode_Task(0))
        opened.run(task)
        assert host(opened, 1).runtime.inMaintenanceMode
        assert opened.vm("web01").runtime.host == host(opened, 2)


def test_a_host_that_enters_maintenance_mode_gets_no_secondary(written: Callable[[str], str]) -> None:
    third = LOCAL_VMS.replace("datastores:", "hosts:\n  esx3.lab.example: {cluster: ft-cluster}\ndatastores:")
    with lab(written(third)) as opened:
        enter(opened, 2)
        result = opened.run(opened.vm("web01").CreateSecondaryVM_Task(None))
        assert result.vm.runtime.host == host(opened, 3)
        with pytest.raises(vim.fault.VmFaultToleranceIssue):
            opened.run(opened.vm("db01").CreateSecondaryVM_Task(host(opened, 2)))


def test_vms_leave_when_another_host_gives_up_entering_maintenance_mode(
    written: Callable[[str], str],
) -> None:
    with lab(written(LOCAL_VMS), clock=ManualClock(), task_duration=WORK) as opened:
        giving_up = host(opened, 2).EnterMaintenanceMode_Task(60)
        opened.emulator.advance(1)
        staying = host(opened, 1).EnterMaintenanceMode_Task(0)
        opened.emulator.advance(1)
        assert opened.vm("web01").runtime.host == host(opened, 1)
        opened.emulator.advance(60)
        assert isinstance(giving_up.info.error, vim.fault.Timedout)
        assert opened.vm("web01").runtime.host == host(opened, 2)
        assert (staying.info.state, opened.vm("alone1").runtime.host) == ("running", host(opened, 1))


def test_a_host_that_is_destroyed_meanwhile_is_not_found() -> None:
    with lab("standalone-host") as opened:
        machine = opened.vm("lone01")
        if machine.runtime.powerState != "poweredOn":
            opened.run(machine.PowerOnVM_Task())
        standalone = machine.runtime.host
        task = standalone.EnterMaintenanceMode_Task(0)
        opened.run(standalone.parent.Destroy_Task())
        with pytest.raises(vmodl.fault.ManagedObjectNotFound):
            opened.run(task)


def test_a_refused_power_on_leaves_the_vm_on_its_host() -> None:
    with lab("three-hosts", task_duration=WORK, clock=ManualClock()) as opened:
        machine, target = opened.vm("db01"), host(opened, 3)
        before = machine.runtime.host
        assert before != target
        task = machine.PowerOnVM_Task(target)
        opened.emulator.advance(1.0)
        opened.emulator.call(
            opened.emulator.vcenter.inventory[target._moId].set, "runtime.inMaintenanceMode", True
        )
        opened.emulator.advance(WORK)
        with pytest.raises(vim.fault.InvalidHostState):
            opened.run(task)
        assert machine.runtime.host == before

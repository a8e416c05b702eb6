"""Suspending, resuming and turning off Fault Tolerance: result, state, and events in their order."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.fault_tolerance.conftest import Site, Start, flow


def fault_of(site: Site, task: Any) -> str:
    """Return the type of the fault of a task; assert that no VM has changed."""
    before = site.looks()
    info = site.finish(task)
    assert info.state == "error"
    assert site.looks() == before
    return type(info.error).__name__.rsplit(".", 1)[-1]


def suspended(start: Start, name: str = "web01", **options: Any) -> Site:
    site = start(**options)
    site.create(name)
    vm = site.find(name)
    assert site.finish(vm.DisableSecondaryVM_Task(site.twin(name))).state == "success"
    return site


def test_turning_off_deletes_the_secondary_and_leaves_a_vm_like_others(start: Start) -> None:
    site = start()
    vm = site.find("web01")
    (store,) = vm.datastore
    free, refused = store.info.freeSpace, set(vm.disabledMethod)
    twin = site.create("web01").result.vm
    assert store.info.freeSpace < free
    since = site.latest
    assert site.finish(vm.TurnOffFaultToleranceForVM_Task()).state == "success"
    assert flow(site, since) == [
        "TaskEvent(VirtualMachine.turnOffFaultTolerance)",
        "VmPoweredOffEvent",
        "VmRemovedEvent",
        "VmFaultToleranceTurnedOffEvent",
        "esx1:running→notConfigured",
    ]
    assert twin not in site.all(vim.VirtualMachine)
    assert vm.config.ftInfo is vm.summary.config.ftInfo is vm.config.flags.faultToleranceType is None
    assert set(vm.disabledMethod) == refused
    assert store.info.freeSpace == free
    assert not site.cluster.configurationEx.drsVmConfig
    assert vm.config.memoryAllocation.reservation == vm.config.hardware.memoryMB


def test_what_was_turned_off_can_be_turned_on_again(start: Start) -> None:
    site = start()
    site.create("web01")
    site.finish(site.find("web01").TurnOffFaultToleranceForVM_Task())
    assert site.create("web01").state == "success"
    assert site.find("web01").runtime.faultToleranceState == "running"


def test_turning_off_while_the_secondary_starts_is_refused(start: Start) -> None:
    site = start()
    vm = site.find("web01")
    vm.CreateSecondaryVM_Task()
    site.emulator.advance(2.5)
    assert vm.runtime.faultToleranceState == "starting"
    task = vm.TurnOffFaultToleranceForVM_Task()
    site.emulator.advance(0)
    assert isinstance(task.info.error, vim.fault.InvalidState)


def test_turning_off_breaks_off_a_start_that_has_not_begun(start: Start) -> None:
    site = start("ha-only")
    vm = site.find("web01")
    created = vm.CreateSecondaryVM_Task()
    site.emulator.advance(1)
    (attempted,) = created.info.result.powerOnResult.attempted
    assert vm.runtime.faultToleranceState == "needSecondary"
    site.finish(vm.DisableSecondaryVM_Task(created.info.result.vm))
    assert isinstance(attempted.task.info.error, (vim.fault.InvalidState, type(None)))


@pytest.mark.parametrize("member", ["esx1.lab.example", "esx2.lab.example"])
def test_turning_off_with_a_host_in_maintenance_is_refused(start: Start, member: str) -> None:
    site = suspended(start, "db01")
    for name in ("web01", "app01"):
        site.finish(site.find(name).PowerOffVM_Task())
    assert site.finish(site.find(member).EnterMaintenanceMode_Task(0)).state == "success"
    assert fault_of(site, site.find("db01").TurnOffFaultToleranceForVM_Task()) == "InvalidState"


@pytest.mark.parametrize("suspends", [True, False])
@pytest.mark.parametrize("member", ["esx1.lab.example", "esx2.lab.example"])
def test_with_the_primarys_host_in_maintenance_a_pair_cannot_be_suspended_or_resumed(
    start: Start, member: str, suspends: bool
) -> None:
    site = start()
    twin = site.create("db01").result.vm
    primary = site.find("db01")
    if not suspends:
        site.finish(primary.DisableSecondaryVM_Task(twin))
    for name in ("web01", "app01"):
        site.finish(site.find(name).PowerOffVM_Task())
    assert site.finish(site.find(member).EnterMaintenanceMode_Task(0)).state == "success"
    task = primary.DisableSecondaryVM_Task(twin) if suspends else primary.EnableSecondaryVM_Task(twin, None)
    expected = vim.fault.InvalidState if member == primary.runtime.host.name else type(None)
    assert isinstance(site.finish(task).error, expected)


def test_suspending_keeps_a_secondary_that_no_longer_runs(start: Start) -> None:
    site = start()
    site.create("web01")
    vm, twin, since = site.find("web01"), site.twin("web01"), site.latest
    site.finish(vm.DisableSecondaryVM_Task(twin))
    assert flow(site, since) == [
        "TaskEvent(VirtualMachine.disableSecondary)",
        "VmSecondaryDisabledEvent",
        "esx1:running→disabled",
        "esx2:running→disabled",
    ]
    assert twin.runtime.powerState == "poweredOff"
    assert "EnableSecondaryVM_Task" not in vm.disabledMethod
    assert "DisableSecondaryVM_Task" in vm.disabledMethod
    site.finish(vm.PowerOffVM_Task())
    site.finish(vm.PowerOnVM_Task())
    assert (vm.runtime.faultToleranceState, twin.runtime.powerState) == ("disabled", "poweredOff")


def test_resuming_starts_the_secondary_where_the_caller_says(start: Start) -> None:
    site = suspended(start, scenario="three-hosts")
    vm, twin, since = site.find("web01"), site.twin("web01"), site.latest
    named = next(h for h in site.all(vim.HostSystem) if h not in (vm.runtime.host, twin.runtime.host))
    info = site.finish(vm.EnableSecondaryVM_Task(twin, named))
    assert (info.result.vm, info.result.powerOnAttempted) == (twin, True)
    assert twin.runtime.host == named
    assert vm.runtime.faultToleranceState == "running"
    assert flow(site, since)[:3] == [
        "TaskEvent(VirtualMachine.enableSecondary)",
        "VmSecondaryEnabledEvent",
        "esx1:disabled→needSecondary",
    ]


def test_resuming_a_pair_that_is_off_starts_nothing(start: Start) -> None:
    site = suspended(start, "db01")
    vm, twin = site.find("db01"), site.twin("db01")
    info = site.finish(vm.EnableSecondaryVM_Task(twin, None))
    assert (info.result.powerOnAttempted, info.result.powerOnResult) == (False, None)
    assert vm.runtime.faultToleranceState == "enabled"


def test_resuming_on_the_primarys_own_host_is_refused(start: Start) -> None:
    site = suspended(start)
    vm = site.find("web01")
    task = vm.EnableSecondaryVM_Task(site.twin("web01"), vm.runtime.host)
    assert fault_of(site, task) == "IncompatibleHostForFtSecondary"


def test_resuming_without_ha_is_refused(start: Start) -> None:
    site = suspended(start)
    off = vim.cluster.ConfigSpecEx(dasConfig=vim.cluster.DasConfigInfo(enabled=False))
    site.finish(site.cluster.ReconfigureComputeResource_Task(off, True))
    task = site.find("web01").EnableSecondaryVM_Task(site.twin("web01"), None)
    assert fault_of(site, task) == "VmFaultToleranceOpIssuesList"


def test_what_is_so_already_is_refused(start: Start) -> None:
    site = start()
    site.create("web01")
    vm, twin = site.find("web01"), site.twin("web01")
    assert fault_of(site, vm.EnableSecondaryVM_Task(twin, None)) == "SecondaryVmAlreadyEnabled"
    site.finish(vm.DisableSecondaryVM_Task(twin))
    assert fault_of(site, vm.DisableSecondaryVM_Task(twin)) == "SecondaryVmAlreadyDisabled"


OF_A_MEMBER = ["MakePrimaryVM_Task", "TerminateFaultTolerantVM_Task", "DisableSecondaryVM_Task"]


@pytest.mark.parametrize("method", OF_A_MEMBER)
def test_a_vm_that_is_not_the_secondary_of_this_primary(start: Start, method: str) -> None:
    site = start()
    site.create("web01")
    other = site.find("app01")
    assert fault_of(site, getattr(site.find("web01"), method)(other)) == "SecondaryVmNotRegistered"


@pytest.mark.parametrize(
    "method", [*OF_A_MEMBER, "EnableSecondaryVM_Task", "TurnOffFaultToleranceForVM_Task"]
)
def test_on_a_secondary_each_is_refused(start: Start, method: str) -> None:
    site = start()
    site.create("web01")
    twin = site.twin("web01")
    arguments = [] if method == "TurnOffFaultToleranceForVM_Task" else [twin]
    assert fault_of(site, getattr(twin, method)(*arguments)) == "InvalidOperationOnSecondaryVm"


def test_without_fault_tolerance_there_is_nothing_to_turn_off(start: Start) -> None:
    site = start()
    assert fault_of(site, site.find("web01").TurnOffFaultToleranceForVM_Task()) == "InvalidState"


def test_resuming_on_a_host_of_no_cluster_is_refused(start: Start) -> None:
    site = start("pair-and-standalone-host")
    vm = next(vm for vm in site.all(vim.VirtualMachine) if vm.config.ftInfo and vm.config.ftInfo.role == 1)
    twin = site.twin(vm.name)
    site.finish(vm.DisableSecondaryVM_Task(twin))
    stranger = next(h for h in site.all(vim.HostSystem) if h.parent != vm.runtime.host.parent)
    error = site.finish(vm.EnableSecondaryVM_Task(twin, stranger)).error
    assert type(error) is vim.fault.IncompatibleHostForFtSecondary
    assert vim.fault.CannotMoveFaultToleranceVm in map(type, error.error)
    assert vm.runtime.faultToleranceState == "disabled"

"""The faults of turning Fault Tolerance on, each in a situation of its own; nothing changes."""

from __future__ import annotations

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.fault_tolerance.conftest import Start

#: Scenario, VM, host → type of the fault that the task ends with.
FAULTS = [
    ("default", "tpl01", None, vmodl.fault.NotSupported),
    ("no-ha", "web01", None, vmodl.fault.NotSupported),
    ("ha-disabled-for-vm", "web01", None, vmodl.fault.NotSupported),
    ("standalone-host", "lone01", None, vmodl.fault.NotSupported),
    ("vm-busy", "web01", None, vim.fault.TaskInProgress),
    ("vm-disconnected", "web01", None, vim.fault.InvalidState),
    ("insufficient-memory", "web01", None, vim.fault.InsufficientMemoryResourcesFault),
    ("datastore-full", "web01", None, vim.fault.NoDiskSpace),
    ("file-locked", "web01", None, vim.fault.FileLocked),
    ("no-other-host", "web01", None, vim.fault.NoHostSuitableForFtSecondary),
    ("incompatible-host", "web01", "esx3.lab.example", vim.fault.IncompatibleHostForFtSecondary),
    ("default", "web01", "esx1.lab.example", vim.fault.IncompatibleHostForFtSecondary),
    ("independent-disk", "web01", None, vim.fault.VmConfigIncompatibleForFaultTolerance),
    ("multi-writer-disk", "web01", None, vim.fault.VmConfigIncompatibleForFaultTolerance),
    ("legacy-thin-disk", "web01", None, vim.fault.VmConfigIncompatibleForFaultTolerance),
]

#: Scenario, VM → expected issues: (reason or type of the fault, name of the entity).
ISSUES = [
    ("snapshots", "web01", [("hasSnapshots", "web01")]),
    ("no-logging-nic", "web01", [("missingFTLoggingNic", "esx2.lab.example")]),
    ("no-vmotion-nic", "web01", [("missingVMotionNic", "esx2.lab.example")]),
    ("hardware-virtualization-off", "web01", [("cpuHvDisabled", "esx2.lab.example")]),
    ("host-in-maintenance", "web01", [("hostInactive", "esx2.lab.example")]),
    (
        "not-licensed",
        "web01",
        [
            ("FaultToleranceNotLicensed", "esx1.lab.example"),
            ("FaultToleranceNotLicensed", "esx2.lab.example"),
        ],
    ),
    (
        "license-for-two-vcpus",
        "web01",
        [
            ("FaultToleranceNotLicensed", "esx1.lab.example"),
            ("FaultToleranceNotLicensed", "esx2.lab.example"),
        ],
    ),
    (
        "many-issues",
        "web01",
        [("hasSnapshots", "web01"), ("video3dEnabled", "web01"), ("missingFTLoggingNic", "esx2.lab.example")],
    ),
]


def short(fault: vmodl.MethodFault) -> tuple[str, str]:
    if isinstance(fault, vim.fault.VmFaultToleranceConfigIssue):
        return fault.reason, fault.entityName
    return type(fault).__name__.split(".")[-1], fault.hostName


@pytest.mark.parametrize(("scenario", "vm", "host", "fault"), FAULTS)
def test_fault(start: Start, scenario: str, vm: str, host: str | None, fault: type) -> None:
    assert type(start(scenario).fails(vm, host)) is fault


@pytest.mark.parametrize(("scenario", "vm", "issues"), ISSUES)
def test_issues(start: Start, scenario: str, vm: str, issues: list[tuple[str, str]]) -> None:
    fault = start(scenario).fails(vm)
    assert type(fault) is vim.fault.VmFaultToleranceOpIssuesList
    assert [short(error) for error in fault.errors] == issues


def test_warnings_stand_beside_the_errors(start: Start) -> None:
    fault = start("many-issues").fails("web01")
    assert [short(warning) for warning in fault.warnings] == [("insufficientBandwidth", "esx1.lab.example")]


def test_a_powered_off_vm_is_not_held_against_the_bios_of_its_hosts(start: Start) -> None:
    assert start("hardware-virtualization-off").create("db01").state == "success"


def test_a_host_with_issues_is_passed_over_while_there_is_another(start: Start) -> None:
    site = start("incompatible-host")
    assert site.create("web01").result.vm.runtime.host.name == "esx2.lab.example"


def test_an_incompatible_host_is_told_with_the_reasons(start: Start) -> None:
    site = start("incompatible-host")
    fault = site.fails("web01", "esx3.lab.example")
    assert fault.host == site.find("esx3.lab.example")
    (error,) = fault.error
    assert type(error) is vim.fault.CannotAccessVmDisk
    assert (error.device, error.backing) == ("Hard disk 1", "[shared-1] web01/web01.vmdk")


def test_the_primary_host_cannot_hold_the_secondary(start: Start) -> None:
    site = start()
    (error,) = site.fails("web01", "esx1.lab.example").error
    assert type(error) is vim.fault.FaultToleranceAntiAffinityViolated
    assert (error.host, error.hostName) == (site.find("esx1.lab.example"), "esx1.lab.example")


def test_a_disk_mode_is_told(start: Start) -> None:
    inner = start("independent-disk").fails("web01").fault
    assert type(inner) is vim.fault.VirtualDiskModeNotSupported
    assert (inner.device, inner.mode) == ("Hard disk 1", "independent_persistent")


def test_missing_memory_is_told_in_bytes(start: Start) -> None:
    fault = start("insufficient-memory").fails("web01")
    assert (fault.unreserved, fault.requested) == (16 << 30, 32 << 30)


def test_the_missing_host_is_an_event_too(start: Start) -> None:
    site = start("no-other-host")
    fault = site.fails("web01")
    assert (fault.vm, fault.vmName) == (site.find("web01"), "web01")
    assert len(site.told("VmNoCompatibleHostForSecondaryEvent")) == 1


def test_the_task_that_holds_a_busy_vm_is_told(start: Start) -> None:
    site = start("vm-busy")
    holder = site.fails("web01").task
    assert (holder.info.name.info.wsdlName, holder.info.state) == ("ReconfigVM_Task", "running")


@pytest.mark.parametrize("kind", [vim.HostSystem, vim.VirtualMachine])
def test_what_does_not_exist_is_told_on_the_call(start: Start, kind: type) -> None:
    site = start()
    gone = kind("gone-1", site.service._stub)
    call = (gone, None) if kind is vim.VirtualMachine else (site.find("web01"), gone)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound) as raised:
        call[0].CreateSecondaryVM_Task(call[1])
    assert raised.value.obj == gone
    assert not site.told("TaskEvent")


def test_a_datastore_that_does_not_exist_is_told_on_the_call(start: Start) -> None:
    site = start()
    gone = vim.Datastore("datastore-404", site.service._stub)
    metadata = vim.vm.FaultToleranceMetaSpec(metaDataDatastore=gone)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound) as raised:
        site.find("web01").CreateSecondaryVMEx_Task(
            None, vim.vm.FaultToleranceConfigSpec(metaDataPath=metadata)
        )
    assert raised.value.obj == gone


def test_without_a_session_nothing_is_done(start: Start) -> None:
    site = start()
    vm = site.find("web01")
    site.content.sessionManager.Logout()
    with pytest.raises(vim.fault.NotAuthenticated):
        vm.CreateSecondaryVM_Task()

"""The forty-four numbered scenarios about turning Fault Tolerance on, and their outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim, vmodl

from tests.emulator.fault_tolerance.conftest import Site, Start, flow
from vim25_emulator.scenario.library import names

#: Scenario → fault of the task on web01, with nested faults; nothing changes.
REFUSED: Final = {
    "ft-05": "VmFaultToleranceOpIssuesList[VmMonitorIncompatibleForFaultTolerance]",
    "ft-06": "VmFaultToleranceOpIssuesList[replayNotSupported web01]",
    "ft-07": "GenericVmConfigFault",
    "ft-10": "InsufficientMemoryResourcesFault",
    "ft-11": "NotSupported",
    "ft-12": "NotSupported",
    "ft-13": "InvalidState",
    "ft-15": "TaskInProgress",
    "ft-18": "VmFaultToleranceOpIssuesList[FaultToleranceNotLicensed esx2.lab.example]",
    "ft-19": "VmFaultToleranceOpIssuesList[hasSnapshots web01]",
    "ft-20": "VmFaultToleranceOpIssuesList[tooManyVCPUs esx1.lab.example, tooManyVCPUs esx2.lab.example]",
    "ft-21": "VmFaultToleranceOpIssuesList[missingFTLoggingNic esx2.lab.example]",
    "ft-22": "VmFaultToleranceOpIssuesList[missingVMotionNic esx2.lab.example]",
    "ft-24": "VmFaultToleranceOpIssuesList[cpuHvDisabled esx2.lab.example]",
    "ft-25": "VmConfigIncompatibleForFaultTolerance[VirtualDiskBlocksNotFullyProvisioned]",
    "ft-27": "VmConfigIncompatibleForFaultTolerance[VirtualDiskModeNotSupported independent_persistent]",
    "ft-28": "VmFaultToleranceOpIssuesList[moreThanOneSecondary web01]",
    "ft-31": "NoHostSuitableForFtSecondary web01",
    "ft-35": (
        "VmFaultToleranceOpIssuesList[hasNestedHVConfiguration web01, hasEFIFirmware web01, "
        "unsupportedSPBM web01, hasLinkedCloneDisk web01, unsupportedEncryptedDisk web01]"
    ),
    "ft-36": "NotSupported com.vmware.vim.ft.rrFtVmNotSupported",
}

#: Scenario → fault inside the result: the secondary was not started, the pair is disabled.
NOT_STARTED: Final = {
    "ft-08": "PowerOnFtSecondaryFailed[FtIssuesOnHost esx2.lab.example[SystemError], SystemError]",
    "ft-32": (
        "PowerOnFtSecondaryFailed[FtIssuesOnHost esx1.lab.example[VmFaultToleranceTooManyVMsOnHost 4, "
        "VmFaultToleranceTooManyFtVcpusOnHost 8], FtIssuesOnHost esx2.lab.example["
        "VmFaultToleranceTooManyVMsOnHost 4, VmFaultToleranceTooManyFtVcpusOnHost 8], "
        "VmFaultToleranceTooManyVMsOnHost 4]"
    ),
    "ft-33": "InsufficientFailoverResourcesFault",
    "ft-34": "PowerOnFtSecondaryTimedout 300",
}

#: Scenario → number of tasks, attempts and recommendations in the result.
STARTED: Final = {"ft-02": (1, 1, 0), "ft-03": (0, 1, 0), "ft-04": (0, 0, 1)}


def tree(fault: Any) -> str:
    """Return a fault and its nested faults, abbreviated."""
    kind = type(fault).__name__.rsplit(".", 1)[-1]
    if kind == "VmFaultToleranceConfigIssue":
        return f"{fault.reason} {fault.entityName}"
    own = list(_own_words(kind, fault))
    inner = [tree(each) for each in _nested(fault)]
    return " ".join([kind, *own]) + (f"[{', '.join(inner)}]" if inner else "")


def _own_words(kind: str, fault: Any) -> Iterator[str]:
    if kind == "VmFaultToleranceInvalidFileBacking":
        yield from (fault.backingType, fault.backingFilename)
    elif kind.startswith("VmFaultToleranceTooMany"):
        yield str(getattr(fault, "maxNumFtVms", None) or fault.maxNumFtVcpus)
    elif kind == "PowerOnFtSecondaryTimedout":
        yield str(fault.timeout)
    elif kind != "PowerOnFtSecondaryFailed":
        told = (getattr(fault, name, None) for name in ("mode", "vmName", "hostName"))
        yield from (each for each in told if each)
    yield from (message.key for message in fault.faultMessage)


def _nested(fault: Any) -> Iterator[Any]:
    for prop in fault._GetPropertyList():
        value = getattr(fault, prop.name)
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, vmodl.MethodFault):
                yield each


@pytest.mark.parametrize("situation", REFUSED)
def test_refused(start: Start, situation: str) -> None:
    site = start(situation)
    assert tree(site.fails("web01")) == REFUSED[situation]


@pytest.mark.parametrize("situation", NOT_STARTED)
def test_not_started(start: Start, situation: str) -> None:
    site = start(situation)
    info = site.create("web01")
    assert (info.state, info.result.powerOnAttempted) == ("success", True)
    (refused,) = info.result.powerOnResult.notAttempted
    assert tree(refused.fault) == NOT_STARTED[situation]
    assert refused.vm == info.result.vm
    assert info.result.vm.runtime.powerState == "poweredOff"
    assert site.find("web01").runtime.faultToleranceState == "disabled"
    assert "VmSecondaryDisabledBySystemEvent" in flow(site)


@pytest.mark.parametrize("situation", STARTED)
def test_started(start: Start, situation: str) -> None:
    site = start(situation)
    result = site.create("web01").result
    power_on = result.powerOnResult
    tasks = [each.task for each in power_on.attempted if each.task]
    found = (len(tasks), len(power_on.attempted), len(power_on.recommendations))
    assert result.powerOnAttempted
    assert found == STARTED[situation]
    state = "needSecondary" if power_on.recommendations else "running"
    assert site.find("web01").runtime.faultToleranceState == state
    listed = [each.key for each in site.cluster.recommendation]
    assert listed == [each.key for each in power_on.recommendations]


def off_with_a_host_named(site: Site) -> None:
    result = site.create("db01", "esx2.lab.example").result
    assert (result.powerOnAttempted, result.powerOnResult) == (False, None)
    twin = result.vm
    assert (twin.name, twin.runtime.powerState, twin.runtime.host.name) == (
        "db01",
        "poweredOff",
        "esx2.lab.example",
    )
    assert site.find("db01").runtime.faultToleranceState == "enabled"
    assert next(told for told in flow(site) if "→" in told) == "esx1:notConfigured→enabled"


def lost_while_starting(site: Site) -> None:
    info = site.create("web01")
    (attempted,) = info.result.powerOnResult.attempted
    told = "PowerOnFtSecondaryFailed[FtIssuesOnHost esx2.lab.example[SystemError], SystemError]"
    assert tree(attempted.task.info.error) == told
    assert "VmFailedStartingSecondaryEvent" in flow(site)
    assert site.find("web01").runtime.faultToleranceState == "disabled"


def no_such_host(site: Site) -> None:
    host = vim.HostSystem("host-999", site.service._stub)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound) as raised:
        site.find("web01").CreateSecondaryVM_Task(host)
    assert raised.value.obj == host


def no_privilege(site: Site) -> None:
    service = site.login("operator@vsphere.local", "vmware")
    vm = vim.VirtualMachine(site.find("web01")._moId, service._stub)
    with pytest.raises(vim.fault.NoPermission) as raised:
        vm.CreateSecondaryVM_Task()
    assert raised.value.privilegeId == "VirtualMachine.Interact.CreateSecondary"
    (missing,) = raised.value.missingPrivileges
    assert (missing.entity._moId, list(missing.privilegeIds)) == (vm._moId, [raised.value.privilegeId])
    Disconnect(service)


def no_session(site: Site) -> None:
    vm = site.find("web01")
    site.content.sessionManager.Logout()
    with pytest.raises(vim.fault.NotAuthenticated):
        vm.CreateSecondaryVM_Task()


def slow(site: Site) -> None:
    assert site.create("web01").state == "success"
    assert site.find("web01").runtime.faultToleranceState == "running"


def on_the_secondary(site: Site) -> None:
    before, twin = site.looks(), site.twin("web01")
    fault = site.finish(twin.CreateSecondaryVM_Task()).error
    assert (tree(fault), fault.instanceUuid) == ("InvalidOperationOnSecondaryVm", twin.config.instanceUuid)
    assert site.looks() == before


def unfit_host(site: Site) -> None:
    for host, inner in (
        ("esx3.lab.example", "CannotAccessVmDisk[InaccessibleDatastore]"),
        ("esx1.lab.example", "FaultToleranceAntiAffinityViolated esx1.lab.example"),
    ):
        fault = site.fails("web01", host)
        assert tree(fault) == f"IncompatibleHostForFtSecondary[{inner}]"
        assert fault.host.name == host


def snapshot(site: Site) -> None:
    for vm in (site.find("web01"), site.twin("web01")):
        assert tree(site.finish(vm.CreateSnapshot_Task("s", None, True, False)).error) == "NotSupported"
    info = site.finish(site.find("web01").CreateSnapshot_Task("s", None, False, False))
    assert info.state == "success"


def image(site: Site) -> None:
    assert site.create("web01").state == "success"


def memory(site: Site) -> None:
    task = site.find("web01").ReconfigVM_Task(vim.vm.ConfigSpec(memoryMB=8192))
    assert tree(site.finish(task).error) == "FaultToleranceCannotEditMem web01"


def moves(site: Site) -> None:
    primary, stranger = site.find("web01"), site.find("esx9.lab.example")
    pool = stranger.parent.resourcePool
    relocate = primary.RelocateVM_Task(vim.vm.RelocateSpec(host=stranger, pool=pool))
    fault = site.finish(relocate).error
    assert (tree(fault), fault.moveType) == ("CannotMoveFaultToleranceVm web01", "cluster")
    fault = site.finish(primary.runtime.host.DisconnectHost_Task()).error
    assert tree(fault) == "CannotDisconnectHostWithFaultToleranceVm esx1.lab.example"
    fault = site.finish(site.cluster.parent.MoveIntoFolder_Task([primary.runtime.host])).error
    assert tree(fault) == "CannotMoveHostWithFaultToleranceVm"


def not_protected(site: Site) -> None:
    fault = site.finish(site.find("web01").TerminateFaultTolerantVM_Task()).error
    assert tree(fault) == "FaultToleranceVmNotDasProtected web01"


def turned_off_too_early(site: Site) -> None:
    before = site.looks()
    assert tree(site.finish(site.find("db01").TurnOffFaultToleranceForVM_Task()).error) == "InvalidState"
    assert site.looks() == before


def same_names(site: Site) -> None:
    primary, twin = site.find("web01"), site.twin("web01")
    assert (primary.name, primary.config.uuid) == (twin.name, twin.config.uuid)
    assert primary.config.instanceUuid != twin.config.instanceUuid
    assert primary._moId != twin._moId


def killed(site: Site) -> None:
    primary, twin = site.find("web01"), site.twin("web01")
    before = primary.runtime.host, twin.runtime.host
    primary.TerminateVM()
    site.emulator.advance(60)
    assert (twin.runtime.host, primary.runtime.host) == before
    assert primary.config.ftInfo.role == 1
    assert {vm.runtime.faultToleranceState for vm in (primary, twin)} == {"running"}
    assert "VmPrimaryFailoverEvent" in flow(site)


def permissions(site: Site) -> None:
    twin, manager = site.twin("web01"), site.content.authorizationManager
    given = vim.AuthorizationManager.Permission(
        principal="Administrators@vsphere.local", group=True, roleId=-1, propagate=True
    )
    for call in (manager.SetEntityPermissions, manager.ResetEntityPermissions):
        with pytest.raises(vmodl.fault.InvalidArgument) as raised:
            call(twin, [given])
        assert raised.value.invalidProperty == "entity"


#: Scenario → steps and assertions.
OTHERS: Final[dict[str, Callable[[Site], None]]] = {
    "ft-01": off_with_a_host_named,
    "ft-09": lost_while_starting,
    "ft-14": no_such_host,
    "ft-16": no_privilege,
    "ft-17": no_session,
    "ft-23": slow,
    "ft-26": image,
    "ft-29": on_the_secondary,
    "ft-30": unfit_host,
    "ft-37": snapshot,
    "ft-38": memory,
    "ft-39": moves,
    "ft-40": not_protected,
    "ft-41": turned_off_too_early,
    "ft-42": same_names,
    "ft-43": killed,
    "ft-44": permissions,
}


@pytest.mark.parametrize("situation", OTHERS)
def test_other(start: Start, situation: str) -> None:
    OTHERS[situation](start(situation))


def test_each_situation_has_its_scenario_and_its_ending() -> None:
    situations = [f"ft-{number:02}" for number in range(1, 45)]
    assert [name for name in names() if name.startswith("ft-")] == situations
    assert sorted([*REFUSED, *NOT_STARTED, *STARTED, *OTHERS]) == situations


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("5.5", "VmFaultToleranceOpIssuesList[multipleVCPU web01]"),
        ("6.5", "VmConfigIncompatibleForFaultTolerance[NumVirtualCpusIncompatible]"),
    ],
)
def test_too_many_vcpus_are_told_in_the_words_of_the_release(start: Start, release: str, told: str) -> None:
    assert tree(start("ft-20", api_version=release).fails("web01")) == told


def test_the_secondary_cannot_be_removed_while_it_starts(start: Start) -> None:
    site = start("ft-02")
    vm = site.find("web01")
    vm.CreateSecondaryVM_Task()
    while vm.runtime.faultToleranceState != "starting":
        site.emulator.advance(0.25)
    task = vm.TurnOffFaultToleranceForVM_Task()
    site.emulator.advance(0.1)
    assert tree(task.info.error) == "InvalidState"

"""Turning Fault Tolerance on: the secondary, its start, and the events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.fault_tolerance.conftest import Start, flow


def test_powered_off_primary_gets_a_secondary_that_is_off(start: Start) -> None:
    site = start()
    info = site.create("db01")
    assert info.state == "success"
    assert info.result.powerOnAttempted is False
    assert info.result.powerOnResult is None
    assert info.result.vm.runtime.powerState == "poweredOff"
    assert site.find("db01").runtime.faultToleranceState == "enabled"
    assert flow(site) == [
        "TaskEvent(VirtualMachine.createSecondary)",
        "VmReconfiguredEvent",
        "VmRegisteredEvent",
        "VmSecondaryAddedEvent",
        "esx1:notConfigured→enabled",
        "esx2:notConfigured→enabled",
    ]


def test_ha_alone_starts_the_secondary_in_a_task_that_the_result_names(start: Start) -> None:
    site = start("ha-only")
    info = site.create("web01")
    (attempted,) = info.result.powerOnResult.attempted
    nested = attempted.task.info
    assert info.result.powerOnAttempted is True
    assert attempted.vm == info.result.vm
    assert (nested.state, nested.descriptionId) == ("success", "FaultTolerance.PowerOnSecondaryLRO")
    assert nested.parentTaskKey == info.key
    assert nested.entity == site.find("web01")
    assert flow(site) == [
        "TaskEvent(VirtualMachine.createSecondary)",
        "VmSecondaryAddedEvent",
        "esx1:notConfigured→needSecondary",
        "esx2:notConfigured→enabled",
        "TaskEvent(FaultTolerance.PowerOnSecondaryLRO)",
        "VmStartingSecondaryEvent",
        "esx1:needSecondary→starting",
        "esx2:enabled→starting",
        "VmSecondaryStartedEvent",
        "esx1:starting→running",
        "esx2:starting→running",
    ]


def test_automatic_drs_starts_the_secondary_and_names_no_task(start: Start) -> None:
    site = start()
    info = site.create("web01")
    (attempted,) = info.result.powerOnResult.attempted
    assert attempted.task is None
    assert not info.result.powerOnResult.recommendations
    assert info.result.vm.runtime.powerState == "poweredOn"
    assert "DrsVmPoweredOnEvent" in flow(site)


@pytest.mark.parametrize("scenario", ["default", "drs-partially-automated"])
def test_drs_that_places_vms_by_itself_starts_the_secondary_in_the_same_task(
    start: Start, scenario: str
) -> None:
    site = start(scenario)
    info = site.create("web01")
    assert not info.result.powerOnResult.recommendations
    assert not site.cluster.recommendation
    assert info.result.vm.runtime.powerState == "poweredOn"
    tasks = [task.info.descriptionId for task in site.find("web01").recentTask]
    assert tasks == ["VirtualMachine.createSecondary", "FaultTolerance.PowerOnSecondaryLRO"]


@pytest.mark.parametrize("release", ["6.0", "6.5"])
def test_without_evc_no_secondary_waits_for_approval_up_to_6_5(start: Start, release: str) -> None:
    site = start("drs-manual", api_version=release)
    result = site.create("web01").result
    assert not result.powerOnResult.recommendations
    assert result.vm.runtime.powerState == "poweredOn"
    overrides = {held.key: held.enabled for held in site.cluster.configurationEx.drsVmConfig}
    assert overrides == {site.find("web01"): False, result.vm: False}


def test_with_evc_the_level_of_automation_counts_up_to_6_5(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "evc.yaml"
    path.write_text(
        "title: evc\nextends: drs-manual\nclusters:\n  ft-cluster: {evc: intel-icelake}\n", "utf-8"
    )
    site = start(path, api_version="6.5")
    assert site.create("web01").result.powerOnResult.recommendations
    assert not site.cluster.configurationEx.drsVmConfig


def test_the_manual_drs_starts_when_its_recommendation_is_applied(start: Start) -> None:
    site = start("drs-manual")
    info = site.create("web01")
    (recommendation,) = info.result.powerOnResult.recommendations
    assert info.result.powerOnAttempted is True
    assert not info.result.powerOnResult.attempted
    assert not info.result.powerOnResult.notAttempted
    assert [held.key for held in site.cluster.recommendation] == [recommendation.key]
    assert info.result.vm.runtime.powerState == "poweredOff"
    assert site.find("web01").runtime.faultToleranceState == "needSecondary"

    site.cluster.ApplyRecommendation(recommendation.key)
    site.emulator.advance(60)
    assert site.find("web01").runtime.faultToleranceState == "running"
    assert info.result.vm.runtime.powerState == "poweredOn"
    assert not site.cluster.recommendation
    (done,) = site.cluster.actionHistory
    assert (done.action.target, done.action.targetHost) == (info.result.vm, info.result.vm.runtime.host)
    with pytest.raises(vmodl.fault.InvalidArgument):
        site.cluster.ApplyRecommendation(recommendation.key)


def test_a_canceled_recommendation_comes_again_when_recommendations_are_refreshed(start: Start) -> None:
    site = start("drs-manual")
    (first,) = site.create("web01").result.powerOnResult.recommendations
    site.cluster.CancelRecommendation(first.key)
    assert not site.cluster.recommendation
    site.cluster.RefreshRecommendation()
    (second,) = site.cluster.recommendation
    assert second.key != first.key
    assert second.action[0].target == first.action[0].target


@pytest.mark.parametrize(
    "drs",
    [
        {"defaultVmBehavior": "fullyAutomated"},
        {"defaultVmBehavior": "partiallyAutomated"},
        {"enabled": False},
    ],
)
def test_a_start_that_awaits_approval_begins_when_none_is_needed_any_more(
    start: Start, drs: dict[str, Any]
) -> None:
    site = start("drs-manual")
    site.create("web01")
    spec = vim.cluster.ConfigSpecEx(drsConfig=vim.cluster.DrsConfigInfo(**drs))
    site.finish(site.cluster.ReconfigureComputeResource_Task(spec, True))
    assert site.find("web01").runtime.faultToleranceState == "running"
    assert not site.cluster.recommendation


def test_a_start_that_is_under_way_is_not_recommended_again(start: Start) -> None:
    site = start("drs-manual")
    (waiting,) = site.create("web01").result.powerOnResult.recommendations
    site.cluster.ApplyRecommendation(waiting.key)
    assert site.find("web01").runtime.faultToleranceState == "needSecondary"
    site.cluster.RefreshRecommendation()
    assert not site.cluster.recommendation


def test_a_recommendation_goes_when_the_primary_is_powered_off(start: Start) -> None:
    site = start("drs-manual")
    site.create("web01")
    site.finish(site.find("web01").PowerOffVM_Task())
    assert not site.cluster.recommendation
    assert site.find("web01").runtime.faultToleranceState == "enabled"


@pytest.mark.parametrize("host", [None, "esx2.lab.example"])
def test_the_secondary_is_another_machine_of_the_same_name_on_another_host(
    start: Start, host: str | None
) -> None:
    site = start()
    primary = site.find("web01")
    twin = site.create("web01", host).result.vm
    assert (twin.name, twin.config.uuid) == (primary.name, primary.config.uuid)
    assert twin._moId != primary._moId
    assert twin.config.instanceUuid != primary.config.instanceUuid
    assert twin.config.files.vmPathName != primary.config.files.vmPathName
    assert twin.runtime.host.name == "esx2.lab.example"
    assert twin.guest.guestState == "notRunning"


def test_the_secondary_is_in_every_list_that_a_machine_is_in(start: Start) -> None:
    site = start()
    twin = site.create("web01").result.vm
    assert twin in twin.parent.childEntity
    assert twin in twin.resourcePool.vm
    assert [host.name for host in site.cluster.host if twin in host.vm] == ["esx2.lab.example"]
    for place in (*twin.datastore, *twin.network):
        assert twin in place.vm


def test_both_ends_know_of_each_other(start: Start) -> None:
    site = start()
    primary = site.find("web01")
    twin = site.create("web01").result.vm
    ours, theirs = primary.config.ftInfo, twin.config.ftInfo
    assert (type(ours), ours.role, list(ours.secondaries)) == (
        vim.vm.FaultTolerancePrimaryConfigInfo,
        1,
        [twin],
    )
    assert (type(theirs), theirs.role, theirs.primaryVM) == (
        vim.vm.FaultToleranceSecondaryConfigInfo,
        2,
        primary,
    )
    uuids = [primary.config.instanceUuid, twin.config.instanceUuid]
    paths = [primary.config.files.vmPathName, twin.config.files.vmPathName]
    assert list(ours.instanceUuids) == list(theirs.instanceUuids) == uuids
    assert list(ours.configPaths) == list(theirs.configPaths) == paths
    assert primary.summary.config.ftInfo.role == 1


def test_all_memory_is_reserved_and_no_longer_limited(start: Start) -> None:
    site = start()
    twin = site.create("web01").result.vm
    for vm in (site.find("web01"), twin):
        memory = vm.config.memoryAllocation
        assert (memory.reservation, memory.limit) == (vm.config.hardware.memoryMB, -1)
        assert vm.summary.config.memoryReservation == vm.config.hardware.memoryMB
        assert vm.config.flags.faultToleranceType == "checkpointing"


def test_own_copies_of_the_disks_take_space(start: Start) -> None:
    site = start()
    (store,) = site.find("db01").datastore
    free = store.summary.freeSpace
    twin = site.create("db01").result.vm
    disks = [
        device for device in twin.config.hardware.device if isinstance(device, vim.vm.device.VirtualDisk)
    ]
    assert store.summary.freeSpace == free - sum(disk.capacityInBytes for disk in disks)
    assert all(disk.backing.fileName.startswith("[shared-1] db01_1/") for disk in disks)


def test_a_legacy_pair_shares_its_disks(start: Start) -> None:
    site = start("legacy")
    twin = site.create("web01").result.vm
    files = [
        [device.backing.fileName for device in vm.config.hardware.device if hasattr(device, "capacityInKB")]
        for vm in (site.find("web01"), twin)
    ]
    assert files[0] == files[1]


@pytest.mark.parametrize("release", ["6.0", "6.5"])
def test_drs_leaves_a_pair_alone_where_there_is_no_evc_up_to_6_5(start: Start, release: str) -> None:
    site = start(api_version=release)
    twin = site.create("web01").result.vm
    overrides = {held.key: held.enabled for held in site.cluster.configurationEx.drsVmConfig}
    assert overrides == {site.find("web01"): False, twin: False}
    site.finish(site.find("web01").TurnOffFaultToleranceForVM_Task())
    assert not site.cluster.configurationEx.drsVmConfig


@pytest.mark.parametrize(("release", "overridden"), [("6.0", True), ("6.5", False)])
def test_vm_component_protection_is_disabled_for_a_pair_at_6_0(
    start: Start, release: str, overridden: bool
) -> None:
    site = start(api_version=release)
    das = vim.cluster.DasConfigInfo(vmComponentProtecting="enabled")
    spec = vim.cluster.ConfigSpecEx(dasConfig=das)
    site.finish(site.cluster.ReconfigureComputeResource_Task(spec, True))
    twin = site.create("web01").result.vm
    overrides = {held.key: held.dasSettings for held in site.cluster.configurationEx.dasVmConfig}
    assert set(overrides) == ({site.find("web01"), twin} if overridden else set())
    for settings in overrides.values():
        protection = settings.vmComponentProtectionSettings
        assert (protection.vmStorageProtectionForAPD, protection.vmStorageProtectionForPDL) == (
            "disabled",
            "disabled",
        )
    site.finish(site.find("web01").TurnOffFaultToleranceForVM_Task())
    assert not site.cluster.configurationEx.dasVmConfig


def test_turning_off_leaves_the_overrides_of_the_user(start: Start) -> None:
    site = start(api_version="6.0")
    primary = site.find("web01")
    override = vim.cluster.DasVmConfigInfo(
        key=primary, dasSettings=vim.cluster.DasVmSettings(restartPriority="high")
    )
    spec = vim.cluster.ConfigSpecEx(
        dasConfig=vim.cluster.DasConfigInfo(vmComponentProtecting="enabled"),
        dasVmConfigSpec=[vim.cluster.DasVmConfigSpec(operation="add", info=override)],
    )
    site.finish(site.cluster.ReconfigureComputeResource_Task(spec, True))
    site.create("web01")
    site.finish(primary.TurnOffFaultToleranceForVM_Task())
    (left,) = site.cluster.configurationEx.dasVmConfig
    assert (left.key, left.dasSettings.restartPriority) == (primary, "high")
    assert left.dasSettings.vmComponentProtectionSettings is None


@pytest.mark.parametrize(
    ("release", "drs", "ha"), [("6.0", True, True), ("6.5", True, False), ("6.7", False, False)]
)
def test_a_cluster_that_gets_drs_and_component_protection_later_overrides_its_pairs(
    start: Start, tmp_path: Path, release: str, drs: bool, ha: bool
) -> None:
    scenario = tmp_path / "mine.yaml"
    scenario.write_text("title: t\nextends: default\nclusters: {ft-cluster: {drs: {enabled: false}}}\n")
    site = start(str(scenario), api_version=release)
    pair = {site.create("web01").result.vm, site.find("web01")}
    assert not site.cluster.configurationEx.drsVmConfig
    spec = vim.cluster.ConfigSpecEx(
        dasConfig=vim.cluster.DasConfigInfo(vmComponentProtecting="enabled"),
        drsConfig=vim.cluster.DrsConfigInfo(enabled=True),
    )
    site.finish(site.cluster.ReconfigureComputeResource_Task(spec, True))
    config = site.cluster.configurationEx
    assert {override.key for override in config.drsVmConfig} == (pair if drs else set())
    assert not any(override.enabled for override in config.drsVmConfig)
    assert {override.key for override in config.dasVmConfig} == (pair if ha else set())


@pytest.mark.parametrize(("release", "leaves"), [("6.5", False), ("6.7", True)])
def test_without_evc_drs_evacuates_a_pair_from_6_7_on(start: Start, release: str, leaves: bool) -> None:
    site = start("three-hosts", api_version=release)
    twin = site.create("web01").result.vm
    host = twin.runtime.host
    site.finish(host.EnterMaintenanceMode_Task(0))
    assert (twin.runtime.host != host) is leaves


def test_drs_treats_a_pair_like_other_vms_from_6_7_on(start: Start) -> None:
    site = start(api_version="6.7")
    site.create("web01")
    assert not site.cluster.configurationEx.drsVmConfig
    assert site.service.capability.ftDrsWithoutEvcSupported


@pytest.mark.parametrize(
    "release", ["6.0", "6.5", "6.7", "7.0.0.0", "7.0.3.2", "8.0.2.0", "8.0.3.0", "9.0.0.0", "9.1.1.0"]
)
def test_both_operations_do_the_same(start: Start, release: str) -> None:
    outcomes = []
    for method in ("CreateSecondaryVM_Task", "CreateSecondaryVMEx_Task"):
        site = start("ha-only", api_version=release)
        info = site.finish(getattr(site.find("web01"), method)())
        outcomes.append((str(info.result), flow(site)[1:], info.name.info.wsdlName, info.descriptionId))
    first, second = outcomes
    assert first[:2] == second[:2]
    assert first[2:] == ("CreateSecondaryVM_Task", "VirtualMachine.createSecondary")
    assert second[2:] == ("CreateSecondaryVMEx_Task", "VirtualMachine.createSecondaryEx")


@pytest.mark.parametrize("release", ["4.0", "4.1", "5.0", "5.1", "5.5"])
def test_legacy_fault_tolerance_works_in_every_release_that_had_it(start: Start, release: str) -> None:
    site = start("legacy", api_version=release)
    assert site.create("web01").state == "success"
    assert site.find("web01").runtime.faultToleranceState == "running"


def test_the_state_passes_through_all_that_come_before_running(start: Start) -> None:
    site = start("ha-only")
    vm = site.find("web01")
    vm.CreateSecondaryVM_Task()
    seen = [vm.runtime.faultToleranceState]
    for _ in range(12):
        site.emulator.advance(0.25)
        seen.append(vm.runtime.faultToleranceState)
    assert list(dict.fromkeys(seen)) == ["notConfigured", "needSecondary", "starting", "running"]


@pytest.mark.parametrize(
    ("scenario", "event", "fault"),
    [
        ("secondary-does-not-start", "VmFailedStartingSecondaryEvent", vim.fault.PowerOnFtSecondaryFailed),
        ("secondary-times-out", "VmTimedoutStartingSecondaryEvent", vim.fault.PowerOnFtSecondaryTimedout),
        (
            "secondary-not-admitted",
            "VmFailedStartingSecondaryEvent",
            vim.fault.InsufficientFailoverResourcesFault,
        ),
        ("too-many-ft-vms", "VmFailedStartingSecondaryEvent", vim.fault.PowerOnFtSecondaryFailed),
    ],
)
def test_a_secondary_that_cannot_be_started_fails_no_creation(
    start: Start, scenario: str, event: str, fault: type
) -> None:
    site = start(scenario)
    info = site.create("web01")
    assert info.state == "success"
    assert info.result.powerOnAttempted is True
    (refused,) = info.result.powerOnResult.notAttempted
    assert refused.vm == info.result.vm
    assert isinstance(refused.fault, fault)
    assert site.find("web01").runtime.faultToleranceState == "disabled"
    assert info.result.vm.runtime.powerState == "poweredOff"
    assert flow(site)[4:] == [
        "VmStartingSecondaryEvent",
        event,
        "VmSecondaryDisabledBySystemEvent",
        "esx1:needSecondary→disabled",
        "esx2:enabled→disabled",
    ]


def test_the_fault_says_which_host_failed_and_why(start: Start) -> None:
    site = start("secondary-does-not-start")
    fault = site.create("web01").result.powerOnResult.notAttempted[0].fault
    assert (fault.vm, fault.vmName, fault.hostSelectionBy) == (site.find("web01"), "web01", "vc")
    assert isinstance(fault.rootCause, vmodl.fault.SystemError)
    (on_host,) = fault.hostErrors
    assert isinstance(on_host, vim.fault.FtIssuesOnHost)
    assert (on_host.host, on_host.hostName) == (site.find("esx2.lab.example"), "esx2.lab.example")


def test_a_timeout_is_in_seconds_in_the_fault_and_in_milliseconds_in_the_event(start: Start) -> None:
    site = start("secondary-times-out")
    fault = site.create("web01").result.powerOnResult.notAttempted[0].fault
    (event,) = site.told("VmTimedoutStartingSecondaryEvent")
    assert (fault.timeout, event.timeout) == (300, 300_000)
    assert fault.vm == site.find("web01")


def test_limits_of_fault_tolerant_vms_are_told_per_host(start: Start) -> None:
    site = start("too-many-ft-vms")
    fault = site.create("web01").result.powerOnResult.notAttempted[0].fault
    assert fault.hostSelectionBy == "drs"
    assert [on_host.hostName for on_host in fault.hostErrors] == ["esx1.lab.example", "esx2.lab.example"]
    for on_host in fault.hostErrors:
        assert [type(error) for error in on_host.errors] == [vim.fault.VmFaultToleranceTooManyVMsOnHost]
        assert on_host.errors[0].maxNumFtVms == 1


def test_a_start_that_fails_midway_fails_its_own_task(start: Start) -> None:
    site = start("secondary-lost-while-starting")
    info = site.create("web01")
    (attempted,) = info.result.powerOnResult.attempted
    nested = attempted.task.info
    assert nested.state == "error"
    assert isinstance(nested.error, vim.fault.PowerOnFtSecondaryFailed)
    assert site.find("web01").runtime.faultToleranceState == "disabled"


def test_slow_logging_is_a_warning_and_stops_nothing(start: Start) -> None:
    assert start("slow-logging-nic").create("web01").state == "success"


def test_a_powered_off_pair_starts_with_its_primary_and_stops_with_it(start: Start) -> None:
    site = start("already-fault-tolerant")
    primary = site.find("db01")
    (twin,) = primary.config.ftInfo.secondaries
    assert site.finish(primary.PowerOnVM_Task()).state == "success"
    assert (primary.runtime.faultToleranceState, twin.runtime.powerState) == ("running", "poweredOn")
    assert site.finish(primary.PowerOffVM_Task()).state == "success"
    assert (primary.runtime.faultToleranceState, twin.runtime.powerState) == ("enabled", "poweredOff")


def test_a_primary_that_stops_while_its_secondary_starts_takes_it_along(start: Start) -> None:
    site = start("ha-only")
    primary = site.find("web01")
    task = primary.CreateSecondaryVM_Task()
    site.emulator.advance(1.5)
    stopping = primary.PowerOffVM_Task()
    site.emulator.advance(0.75)
    assert primary.runtime.faultToleranceState == "starting"
    assert site.finish(stopping).state == "success"
    result = task.info.result
    assert isinstance(result.powerOnResult.attempted[0].task.info.error, vim.fault.InvalidState)
    assert primary.runtime.faultToleranceState == "enabled"
    assert result.vm.runtime.powerState == "poweredOff"


def test_a_secondary_is_switched_by_its_primary_alone(start: Start) -> None:
    site = start("already-fault-tolerant")
    (twin,) = site.find("web01").config.ftInfo.secondaries
    error: Any = site.finish(twin.PowerOffVM_Task()).error
    assert isinstance(error, vim.fault.InvalidOperationOnSecondaryVm)
    assert error.instanceUuid == twin.config.instanceUuid


def test_turning_on_twice_is_refused_and_changes_nothing(start: Start) -> None:
    site = start("already-fault-tolerant")
    fault = site.fails("web01")
    assert isinstance(fault, vim.fault.VmFaultToleranceOpIssuesList)
    assert [(issue.reason, issue.entity) for issue in fault.errors] == [
        ("moreThanOneSecondary", site.find("web01"))
    ]


def test_a_secondary_gets_no_secondary(start: Start) -> None:
    site = start("already-fault-tolerant")
    (twin,) = site.find("web01").config.ftInfo.secondaries
    info = site.finish(twin.CreateSecondaryVM_Task())
    assert isinstance(info.error, vim.fault.InvalidOperationOnSecondaryVm)


def test_somebody_who_may_only_read_is_told_so_on_the_call(start: Start) -> None:
    site = start("no-permission")
    client = site.login("operator@vsphere.local", "vmware")
    vm = vim.VirtualMachine(site.find("web01")._moId, client._stub)
    with pytest.raises(vim.fault.NoPermission) as raised:
        vm.CreateSecondaryVM_Task()
    assert raised.value.privilegeId == "VirtualMachine.Interact.CreateSecondary"
    assert raised.value.object == vm
    assert not site.told("TaskEvent")

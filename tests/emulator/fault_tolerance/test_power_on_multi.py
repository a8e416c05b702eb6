"""PowerOnMultiVM_Task with ordinary VMs and with pairs: its result, and the VMs afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.fault_tolerance.conftest import Site, Start


def power_on(site: Site, *vms: Any) -> Any:
    datacenter = site.named(vim.Datacenter, "Lab")
    info = site.finish(datacenter.PowerOnMultiVM_Task(list(vms), []))
    assert (info.state, info.descriptionId) == ("success", "Datacenter.powerOnVm")
    return info.result


@pytest.mark.parametrize(
    ("scenario", "with_task"),
    [("ha-only", True), ("default", False), ("drs-partially-automated", False)],
)
def test_each_vm_is_powered_on_in_a_task_of_its_own(start: Start, scenario: str, with_task: bool) -> None:
    site = start(scenario)
    vms = [site.find("db01"), site.find("mail01")]
    result = power_on(site, *vms)
    assert [each.vm for each in result.attempted] == vms
    assert [each.task is not None for each in result.attempted] == [with_task, with_task]
    assert {vm.runtime.powerState for vm in vms} == {"poweredOn"}


def test_manual_drs_recommends_and_does_it_when_told(start: Start) -> None:
    site = start("drs-manual")
    vm = site.find("db01")
    (recommendation,) = power_on(site, vm).recommendations
    site.cluster.RefreshRecommendation()
    assert [held.key for held in site.cluster.recommendation] == [recommendation.key]
    assert vm.runtime.powerState == "poweredOff"
    site.cluster.ApplyRecommendation(recommendation.key)
    site.emulator.advance(60)
    assert vm.runtime.powerState == "poweredOn"


@pytest.mark.parametrize(
    ("scenario", "level", "waits"), [("drs-manual", "fullyAutomated", False), ("default", "manual", True)]
)
def test_the_request_may_override_the_level_of_automation(
    start: Start, scenario: str, level: str, waits: bool
) -> None:
    site = start(scenario)
    option = vim.option.OptionValue(key="OverrideAutomationLevel", value=level)
    task = site.named(vim.Datacenter, "Lab").PowerOnMultiVM_Task([site.find("db01")], [option])
    result = site.finish(task).result
    assert (bool(result.recommendations), bool(result.attempted)) == (waits, not waits)


def test_one_that_cannot_be_powered_on_does_not_keep_the_others_back(start: Start) -> None:
    site = start()
    running, off, template = (site.find(name) for name in ("web01", "db01", "tpl01"))
    result = power_on(site, running, off, template)
    assert [each.vm for each in result.attempted] == [off]
    faults = {each.vm: type(each.fault).__name__.rsplit(".", 1)[-1] for each in result.notAttempted}
    assert faults == {running: "InvalidPowerState", template: "NotSupported"}


def test_a_secondary_starts_with_its_primary(start: Start) -> None:
    site = start()
    site.create("db01")
    vm, twin = site.find("db01"), site.twin("db01")
    result = power_on(site, twin, vm)
    assert {each.vm for each in result.attempted} == {vm, twin}
    assert vm.runtime.faultToleranceState == "running"


def test_a_secondary_is_not_tried_if_its_primary_is_not(start: Start) -> None:
    site = start()
    site.create("db01")
    vm, twin = site.find("db01"), site.twin("db01")
    off = vim.cluster.ConfigSpecEx(dasConfig=vim.cluster.DasConfigInfo(enabled=False))
    site.finish(site.cluster.ReconfigureComputeResource_Task(off, True))
    result = power_on(site, vm, twin)
    assert not result.attempted
    faults = {each.vm: each.fault for each in result.notAttempted}
    assert type(faults[vm]) is vim.fault.VmFaultToleranceOpIssuesList
    assert type(faults[twin]) is vim.fault.FaultTolerancePrimaryPowerOnNotAttempted
    assert (faults[twin].primaryVm, faults[twin].secondaryVm) == (vm, twin)

"""Every reason is caused by an inventory, without fault rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyVmomi import vim

from tests.emulator.fault_tolerance.conftest import Start
from tests.emulator.fault_tolerance.reasons import (
    ELSEWHERE,
    ESX2,
    FAULTS,
    MET,
    NOT_MET,
    ON_CREATION,
    OTHERS,
    UNREACHABLE,
    Situation,
    parts,
    type_of,
)
from vim25_emulator.fault_tolerance.admission import CHECKS
from vim25_emulator.vmodl.registry import enum_type

REASONS = "VmFaultToleranceConfigIssueReasonForIssue"

#: Reasons that only some releases know, so that the registry of the newest does not have them.
FORMER = {"noVmRulesConfigured"}


def told(start: Start, folder: Path, situation: Situation) -> Iterator[Any]:
    """Yield every data object in the answer to turning Fault Tolerance on."""
    yield from parts(situation.answer(situation.begin(start, folder)))


@pytest.mark.parametrize("reason", ON_CREATION)
def test_reason(start: Start, tmp_path: Path, reason: str) -> None:
    found = told(start, tmp_path, ON_CREATION[reason])
    issues = [each for each in found if isinstance(each, vim.fault.VmFaultToleranceConfigIssue)]
    assert reason in [issue.reason for issue in issues]
    assert all(issue.entity.name == issue.entityName for issue in issues)


@pytest.mark.parametrize(("fault", "field", "value"), OTHERS)
def test_value(start: Start, tmp_path: Path, fault: str, field: str, value: Any) -> None:
    found = told(start, tmp_path, OTHERS[fault, field, value])
    assert value in [getattr(each, field) for each in found if type_of(each) == fault]


@pytest.mark.parametrize("fault", FAULTS)
def test_fault(start: Start, tmp_path: Path, fault: str) -> None:
    assert fault in [type_of(each) for each in told(start, tmp_path, FAULTS[fault])]


def test_every_reason_is_reached_or_told_why_not() -> None:
    known = {*enum_type(REASONS).values} | FORMER
    assert {*ON_CREATION, *ELSEWHERE, *UNREACHABLE} == known
    assert len(ON_CREATION) + len(ELSEWHERE) + len(UNREACHABLE) == len(known)


def test_no_reason_of_the_table_is_left_untested() -> None:
    given = {
        check.fault.fields["reason"] for check in CHECKS if check.fault.type == "VmFaultToleranceConfigIssue"
    }
    assert given <= {*ON_CREATION}


def hosts(start: Start, folder: Path, base: str, *patches: dict[str, Any]) -> Iterator[Any]:
    """Yield the capability of a host for each patch of its properties."""
    for number, patch in enumerate(patches):
        path = folder / f"{number}.yaml"
        path.write_text(yaml.safe_dump({"title": "x", "extends": base, "hosts": {ESX2: patch}}), "utf-8")
        yield start(str(path)).find(ESX2).capability


def test_a_host_tells_of_itself_what_keeps_it_from_fault_tolerance(start: Start, tmp_path: Path) -> None:
    shown = set()
    for capability in hosts(
        start,
        tmp_path,
        "default",
        {"edition": "essentials"},
        {"vmotion_nic": False, "fault_tolerance_nic": False, "ha_agent": "failed"},
        {"version": "5.5.0", "hardware_virtualization": False},
        {"processor": "nocona"},
    ):
        assert capability.smpFtSupported is False
        shown |= {*capability.smpFtCompatibilityIssues}
    assert shown == {*MET["HostCapabilityFtUnsupportedReason"]}


def test_a_host_tells_of_itself_what_keeps_it_from_replaying(start: Start, tmp_path: Path) -> None:
    shown = set()
    for capability in hosts(
        start,
        tmp_path,
        "legacy",
        {"version": "3.5.0"},
        {"processor": "nocona"},
        {"hardware_virtualization": False},
    ):
        assert capability.recordReplaySupported is False
        assert list(capability.replayCompatibilityIssues) == [capability.replayUnsupportedReason]
        shown.add(capability.replayUnsupportedReason)
    assert shown == {*MET["HostReplayUnsupportedReason"]}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("InsufficientMemoryResourcesFault", "incompatibleHost"),
        ("InvalidLogin", "loginFailed"),
        ("AlreadyExists", "registerVmFailed"),
        ("SystemError", "migrateFailed"),
    ],
)
def test_why_a_start_failed_is_told_with_the_event(
    start: Start, tmp_path: Path, fault: str, reason: str
) -> None:
    path = tmp_path / "mine.yaml"
    properties = {"InsufficientMemoryResourcesFault": {"unreserved": 0, "requested": 1}}
    failing = {
        "method": "CreateSecondaryVM_Task",
        "at": "secondary-power-on",
        "fault": {fault: properties.get(fault)},
    }
    path.write_text(yaml.safe_dump({"title": "x", "extends": "default", "rules": [failing]}), "utf-8")
    site = start(str(path))
    site.create("web01")
    (event,) = site.told("VmFailedStartingSecondaryEvent")
    assert event.reason == reason


def test_a_host_that_the_caller_names_is_told_as_chosen_by_the_user(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    failing = {"method": "EnableSecondaryVM_Task", "at": "secondary-power-on", "fault": "SystemError"}
    path.write_text(yaml.safe_dump({"title": "x", "extends": "default", "rules": [failing]}), "utf-8")
    site = start(str(path))
    twin = site.create("web01").result.vm
    primary = site.find("web01")
    site.finish(primary.DisableSecondaryVM_Task(twin))
    result = site.finish(primary.EnableSecondaryVM_Task(twin, site.find(ESX2))).result
    assert result.powerOnResult.notAttempted[0].fault.hostSelectionBy == "user"


@pytest.mark.parametrize("enumeration", MET)
def test_every_value_is_met_or_told_why_not(enumeration: str) -> None:
    met, not_met = {*MET[enumeration]}, {*NOT_MET.get(enumeration, {})}
    assert not met & not_met
    assert met | not_met == {*enum_type(enumeration).values}


def test_values_that_faults_carry_have_an_inventory() -> None:
    arranged = {(f"{fault}.{field}", value) for fault, field, value in OTHERS}
    named = [(where, value) for values in MET.values() for value, where in values.items() if "." in where]
    assert named
    assert {*named} <= arranged

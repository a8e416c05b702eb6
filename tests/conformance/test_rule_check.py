from __future__ import annotations

import pytest

from vim25_conformance.case import registry
from vim25_conformance.driver import Driver
from vim25_conformance.expectation import derived
from vim25_conformance.matcher import Absent, Either, Has, Is, Matcher, Present, data, fault
from vim25_conformance.observable import observable
from vim25_conformance.rule_check import ImpossibleRuleError, check

FT_STATE = "VmFaultToleranceStateChangedEvent"
OF_PRIMARY = "of <VirtualMachine primary>"
CREATE, READ, CONTENT = (observable(registry()[name].steps) for name in ("FT.CREATE.012", "PC.001", "PC.010"))


@pytest.mark.parametrize(
    "place",
    [
        "create.reply.kind",
        "create.failure",
        "create.channel",
        "create.wire.faultcode",
        "create.task",
        "create.task.state",
        "create.task.info.descriptionId",
        "create.result",
        "create.result.powerOnResult.attempted",
        "objects.secondary",
        "objects.primary.runtime.host",
        "objects.primary.config.ftInfo.secondaries",
        "seen.<VirtualMachine secondary>.runtime.powerState",
        f"events.{FT_STATE} {OF_PRIMARY}",
        f"events.{FT_STATE}(starting to running) {OF_PRIMARY}",
        f"events.TaskEvent(VirtualMachine.createSecondary) {OF_PRIMARY}",
        "facts.complaints",
    ],
)
def test_a_place_that_a_create_fills(place: str) -> None:
    check("X", [derived(place, Present())], CREATE)


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("creat.failure", "no step 'creat'; did you mean 'create'"),
        ("create", "no part of step create ''"),
        ("create.fault", "no part of step create 'fault'"),
        ("create.failure.reason", "say what is in it by a matcher"),
        ("create.reply.fault", "possible: kind, value"),
        ("create.wire.code", "did you mean 'faultcode'"),
        ("create.task.status", "did you mean 'states'"),
        ("create.task.info.state", "no property of task.info 'state'"),
        ("create.result.powerOnAttemped", "did you mean 'powerOnAttempted'"),
        ("create.result.powerOnAttempted.x", "no property of a value without properties 'x'"),
        ("objects.secondary.parent", "no observed property of secondary 'parent'"),
        ("objects.secondry.name", "did you mean 'secondary'"),
        ("objects.primary.config", "no observed property of primary 'config'"),
        ("objects.primary.runtime.host.name", "no property of a value without properties 'name'"),
        ("objects.primary.config.ftInfo.roles", "did you mean 'role'"),
        ("seen.primary.runtime.powerState", "must read seen.<VirtualMachine ROLE>.PATH"),
        ("seen.<VirtualMachine third>.runtime.powerState", "no role 'third'"),
        ("seen.<VirtualMachine primary>.runtime.host", "no watched property 'runtime.host'"),
        (f"events.{FT_STATE}", "must read events.TYPE of <VirtualMachine ROLE>"),
        (f"events.VmFaultTolerantStateChangedEvent {OF_PRIMARY}", f"did you mean '{FT_STATE}'"),
        (f"events.{FT_STATE}(starting to runing) {OF_PRIMARY}", "did you mean 'running'"),
        (f"events.{FT_STATE} of <VirtualMachine third>", "no role 'third'"),
        ("facts.recent", "no fact 'recent'"),
        ("nothing", "possible: create, objects, seen, events, facts"),
    ],
)
def test_a_place_that_nothing_fills(place: str, why: str) -> None:
    with pytest.raises(ImpossibleRuleError) as raised:
        check("FT.X.001", [derived(place, Absent())], CREATE)
    assert str(raised.value).startswith(f"FT.X.001: {place!r}: ")
    assert why in str(raised.value)


@pytest.mark.parametrize(
    "place",
    [
        "objects.primary.name",
        f"events.{FT_STATE} {OF_PRIMARY}",
        "seen.<VirtualMachine primary>.runtime.powerState",
        "read.task.state",
        "read.result.vm",
    ],
)
def test_what_a_case_does_not_look_at_is_no_place(place: str) -> None:
    with pytest.raises(ImpossibleRuleError):
        check("X", [derived(place, Absent())], READ)


def test_an_inspected_object_has_the_inspected_properties() -> None:
    check("X", [derived("objects.primary.summary.quickStats.ftLogBandwidth", Is(-1))], CONTENT)
    with pytest.raises(ImpossibleRuleError, match=r"no observed property of primary 'runtime\.host'"):
        check("X", [derived("objects.primary.runtime.host", Present())], CONTENT)


@pytest.mark.parametrize(
    ("matcher", "why"),
    [
        (fault("NoPermision"), "did you mean 'NoPermission'"),
        (fault("NoPermission", privilege=Present()), "did you mean 'privilegeId'"),
        (data("ClusterAttemptedVm"), "did you mean 'ClusterAttemptedVmInfo'"),
        (Either(fault("InvalidState"), Has(fault("Odd"))), "no MethodFault 'Odd'"),
        (fault("MethodFault", faultCause=fault("Odd")), "no MethodFault 'Odd'"),
    ],
)
def test_a_matcher_names_types_and_properties_of_vim25(matcher: Matcher, why: str) -> None:
    with pytest.raises(ImpossibleRuleError, match=why):
        check("X", [derived("create.failure", matcher)], CREATE)


def _helper(drive: Driver, name: str) -> None:
    drive.call(name, drive.primary, "PowerOnVM_Task")


def _steps(drive: Driver) -> None:
    _helper(drive, "first")
    drive.complete("second", drive.primary, "PowerOffVM_Task")
    drive.note("fact", True)


def test_names_are_read_through_helpers() -> None:
    can = observable(_steps)
    assert (can.steps, can.followed, can.facts) == ({"first", "second"}, {"second"}, {"fact"})
    assert not can.captures
    assert not can.watches

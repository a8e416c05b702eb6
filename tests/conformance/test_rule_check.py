from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from vim25_conformance.case import DEFAULT_VERSION, Case, registry
from vim25_conformance.driver import Driver
from vim25_conformance.expectation import broken, derived
from vim25_conformance.matcher import Absent, Either, Has, Is, Matcher, Present, data, fault
from vim25_conformance.observable import UnreadableStepsError, observable
from vim25_conformance.rule_check import ImpossibleRuleError, check
from vim25_conformance.runlog import Ran
from vim25_conformance.running import perform
from vim25_conformance.situation import SITUATIONS
from vim25_conformance.target import EmulatorTarget

FT_STATE = "VmFaultToleranceStateChangedEvent"
OF_PRIMARY = "of <VirtualMachine primary>"
CREATE, READ, CONTENT = (observable(registry()[name].steps) for name in ("FT.CREATE.012", "PC.001", "PC.010"))


@pytest.mark.parametrize(
    "place",
    [
        "create.reply.kind",
        "create.failure",
        "create.channel",
        "create.soap.faultcode",
        "create.task",
        "create.task.state",
        "create.task.info.descriptionId",
        "create.task.error",
        "create.task.result.vm",
        f"events.VmPoweredOnEvent {OF_PRIMARY}",
        f"events.VmFailedToPowerOnEvent(InvalidState) {OF_PRIMARY}",
        f"events.EventEx(com.vmware.vc.vm.VmStateFailedToRevertToSnapshot) {OF_PRIMARY}",
        f"events.TaskEvent(FaultTolerance.PowerOnSecondaryLRO) {OF_PRIMARY}",
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
        ("creat.failure", "there is no step 'creat'; did you mean 'create'?"),
        ("create", "step create has no part ''"),
        ("create.fault", "step create has no part 'fault'"),
        ("create.failures", "step create has no part 'failures'; did you mean 'failure'?"),
        ("create.failure.reason", "say what is in it by a matcher"),
        ("create.reply.fault", "possible: kind, value"),
        ("create.wire.code", "did you mean 'faultcode'"),
        ("create.task.status", "did you mean 'states'"),
        ("create.task.info.state", "task.info has no property 'state'"),
        ("create.task.info.descriptionIdd", "no property 'descriptionIdd'; did you mean 'descriptionId'"),
        ("create.result.powerOnAttemped", "did you mean 'powerOnAttempted'"),
        ("create.result.powerOnAttempted.x", "a simple value has no property 'x'"),
        ("objects.secondary.parent", "secondary has no observed property 'parent'"),
        ("objects.secondry.name", "did you mean 'secondary'"),
        ("objects.primary.config", "primary has no observed property 'config'"),
        ("objects.primary.runtime.host.name", "a simple value has no property 'name'"),
        ("objects.primary.config.ftInfo.roles", "did you mean 'role'"),
        ("seen.primary.runtime.powerState", "must read seen.<VirtualMachine ROLE>.PATH"),
        ("seen.<VirtualMachine third>.runtime.powerState", "no role 'third'"),
        ("seen.<VirtualMachine primary>.runtime.host", "no watched property 'runtime.host'"),
        (f"events.{FT_STATE}", "must read events.TYPE of <VirtualMachine ROLE>"),
        (f"events.VmFaultTolerantStateChangedEvent {OF_PRIMARY}", f"did you mean '{FT_STATE}'"),
        (f"events.{FT_STATE}(starting to runing) {OF_PRIMARY}", "did you mean 'running'"),
        (f"events.{FT_STATE} of <VirtualMachine third>", "no role 'third'"),
        (f"events.VmEvent {OF_PRIMARY}", "no event is of the type VmEvent itself"),
        (f"events.TaskEvent(VirtualMachine.createSecondry) {OF_PRIMARY}", "VirtualMachine.createSecondary"),
        (f"events.VmPoweredOnEvent(quickly) {OF_PRIMARY}", "nothing distinguishes events of the type"),
        (f"events.VmFailedToPowerOnEvent(Odd) {OF_PRIMARY}", "no MethodFault 'Odd'"),
        ("create.task.error.faultMessage", "task.error has no parts; say what is in it by a matcher"),
        ("create.task.state.x", "task.state has no parts"),
        ("create.task.result.powerOnAttemped", "did you mean 'powerOnAttempted'"),
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


@pytest.mark.parametrize("place", ["objects.secondary.name", f"events.{FT_STATE} {OF_PRIMARY}"])
def test_a_pair_that_nothing_captures_is_the_reason(place: str) -> None:
    with pytest.raises(ImpossibleRuleError, match=r"nothing captures the pair; call `drive\.capture\(\)`"):
        check("X", [derived(place, Absent())], READ)


def test_an_inspected_object_has_the_inspected_properties() -> None:
    check("X", [derived("objects.primary.summary.quickStats.ftLogBandwidth", Is(-1))], CONTENT)
    with pytest.raises(ImpossibleRuleError, match=r"primary has no observed property 'runtime\.host'"):
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


def test_only_near_ones_of_many_names_are_suggested() -> None:
    with pytest.raises(ImpossibleRuleError) as raised:
        check("X", [derived("create.failure", fault("InvalidStat"))], CREATE)
    assert "there is no MethodFault 'InvalidStat'; did you mean 'InvalidState'" in str(raised.value)
    assert "possible" not in str(raised.value)


def _inspecting(drive: Driver) -> None:
    task = drive.call("refresh", drive.own_host, "PowerDownHostToStandBy_Task", 0, False)
    drive.inspect("host", drive.own_host, ["runtime.powerState", "runtime.standbyMode"])
    drive.inspect("cluster", drive.cluster, ("configurationEx.dasConfig",))
    drive.inspect("datastore", drive.primary.datastore[0], {"summary.accessible"})
    drive.inspect("task", task, paths=["info.state"])
    drive.inspect("thing", task, ["info"])


@pytest.mark.parametrize(
    "place",
    [
        "objects.host.runtime.powerState",
        "objects.host.runtime.standbyMode",
        "objects.cluster.configurationEx.dasConfig.enabled",
        "objects.datastore.summary.accessible",
        "objects.task.info.state",
    ],
)
def test_a_place_in_an_object_of_its_own_type(place: str) -> None:
    check("X", [derived(place, Present())], observable(_inspecting))


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("objects.host.runtime.standbyMod", "did you mean 'runtime.standbyMode'"),
        ("objects.host.runtime.powerState.x", "a simple value has no property 'x'"),
        ("objects.cluster.configurationEx.dasConfig.enable", "did you mean 'enabled'"),
        ("objects.datastore.summary.accessibl", "did you mean 'summary.accessible'"),
        ("objects.task.info", "task has no observed property 'info'; possible: info.state"),
        ("objects.thing.info", "no type is known for the role 'thing'"),
    ],
)
def test_a_place_that_the_type_does_not_have(place: str, why: str) -> None:
    with pytest.raises(ImpossibleRuleError, match=re.escape(why)):
        check("X", [derived(place, Absent())], observable(_inspecting))


def _host(drive: Driver) -> None:
    drive.inspect("host", drive.own_host, ["runtime.powerState", "runtime.standbyMode"])


def test_a_server_fills_the_place_of_a_host() -> None:
    rules = (
        derived("objects.host.runtime.powerState", Is("poweredOn")),
        derived("objects.host.runtime.standbyMode", Is("none")),
    )
    check("X", rules, observable(_host))
    declared = Case("X", "a host", (), SITUATIONS["powered-on"], (), rules, _host)
    subject = EmulatorTarget()
    try:
        entry, _ = perform(declared, DEFAULT_VERSION, subject)
    finally:
        subject.close()
    assert isinstance(entry.result, Ran)
    assert broken(rules, entry.result.outcome) == ()


def _wrong_path(drive: Driver) -> None:
    drive.inspect("host", drive.own_host, ["runtime.faultToleranceState"])


def test_a_host_is_not_checked_as_a_virtual_machine() -> None:
    place = "objects.host.runtime.faultToleranceState"
    with pytest.raises(ImpossibleRuleError, match="HostRuntimeInfo has no property 'faultToleranceState'"):
        check("X", [derived(place, Absent())], observable(_wrong_path))


def _own_paths(drive: Driver) -> None:
    paths = ["name"]
    drive.inspect("host", drive.own_host, paths)


def _own_name(drive: Driver) -> None:
    for name in ("first", "second"):
        drive.note(name, True)


def _wrong_helper(drive: Driver) -> None:
    _helper(drive, nam="first")  # type: ignore[call-arg]  # the mistake


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        (
            _own_paths,
            "drive.inspect('host', …): cannot read the paths from the source; write the paths as",
        ),
        (
            _own_name,
            "drive.note(…): cannot read the name from the source; write the name as",
        ),
        (_wrong_helper, "_helper(…): got an unexpected keyword argument 'nam'"),
    ],
)
def test_steps_that_cannot_be_read_say_what_to_write(steps: Callable[[Driver], None], why: str) -> None:
    with pytest.raises(UnreadableStepsError, match=re.escape(why)):
        observable(steps)


def _helper(drive: Driver, name: str = "default") -> None:
    drive.call(name, drive.primary, "PowerOnVM_Task")
    drive.note(f"{name} done", True)


def _steps(drive: Driver) -> None:
    _helper(drive, "first")
    _helper(drive, name="named")
    _helper(drive)
    drive.complete("second", drive.primary, "PowerOffVM_Task")
    drive.note("fact", True)


def test_names_are_read_through_helpers() -> None:
    can = observable(_steps)
    assert can.steps == {"first", "named", "default", "second"}
    assert can.followed == {"second"}
    assert can.facts == {"fact", "first done", "named done", "default done"}
    assert not can.captures
    assert not can.watches


def _dead(drive: Driver) -> None:
    if False:
        drive.call("never", drive.primary, "PowerOnVM_Task", None)
    if True:
        drive.call("always", drive.primary, "PowerOnVM_Task", None)
    else:
        drive.note("otherwise", 1)
    while 0:
        drive.watch()


def test_steps_that_are_never_reached_record_nothing() -> None:
    can = observable(_dead)
    assert (can.steps, can.facts, can.watches) == ({"always"}, set(), False)


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("create.wire.faultcode", "only SOAP has it; say so: soap.faultcode"),
        ("create.wire.detail", "only SOAP has it; say so: soap.detail"),
        ("create.wire.media_type", "only VI/JSON has it; say so: json.media_type"),
        ("create.soap.status", "soap has no part 'status'"),
    ],
)
def test_what_one_binding_has_on_the_wire_is_named_as_its_own(place: str, why: str) -> None:
    with pytest.raises(ImpossibleRuleError, match=re.escape(why)):
        check("X", [derived(place, Present())], CREATE)


def test_a_rule_about_the_wire_of_one_binding_is_not_for_the_other() -> None:
    case = registry()["SESSION.001"]
    over_json = {rule.place for rule in case.rules_over("json")}
    assert {rule.place for rule in case.rules} - over_json == {"login.soap.faultcode", "login.soap.detail"}

"""Each verdict can happen: wrong implementations on a real socket, and the verdict that each of them gets."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.conformance.mutant import Change, faithful, mutant
from vim25_conformance.binding import JSON
from vim25_conformance.case import DEFAULT_VERSION, registry
from vim25_conformance.client import Endpoint
from vim25_conformance.driver import Driver
from vim25_conformance.expectation import Rule, contested, derived
from vim25_conformance.matcher import Absent, Is, Present
from vim25_conformance.observable import observable
from vim25_conformance.rule_check import ImpossibleRuleError, check
from vim25_conformance.runlog import Entry
from vim25_conformance.running import perform
from vim25_conformance.situation import Lab, Situation
from vim25_conformance.target import EmulatorTarget, EndpointTarget
from vim25_conformance.verdict import (
    Conforms,
    Deviates,
    Error,
    Skipped,
    Undecided,
    Unimplemented,
    Verdict,
    judge,
)

#: Wrong credentials: one call whose answer is easily changed.
LOGIN = registry()["SESSION.001"]


def _swap(old: bytes, new: bytes) -> Change:
    def change(request: bytes, status: int, body: bytes) -> tuple[int, bytes]:
        wrong = b"not the password" in request
        return status, body.replace(old, new) if wrong else body

    return change


def _on_a_wrong_login(status: int, body: bytes) -> Change:
    return lambda request, was, said: (status, body) if b"not the password" in request else (was, said)


def _hang_up(request: bytes, status: int, body: bytes) -> tuple[int, bytes] | None:
    return None if b"not the password" in request else (status, body)


def _target(endpoint: Endpoint) -> EndpointTarget:
    return EndpointTarget(endpoint, Lab(), may_change=False, environment={})


def _entry(server: Endpoint, change: Change, case: str = LOGIN.id) -> Entry:
    with mutant(server, change) as endpoint:
        return perform(registry()[case], DEFAULT_VERSION, _target(endpoint))[0]


def _verdict(server: Endpoint, change: Change, case: str = LOGIN.id) -> Verdict:
    return judge(registry()[case], _entry(server, change, case))


def test_nothing_changed_conforms(server: Endpoint) -> None:
    assert isinstance(_verdict(server, faithful), Conforms)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (_swap(b"InvalidLogin", b"InvalidState"), "login.failure"),
        (_swap(b"ServerFaultCode", b"ClientFaultCode"), "login.soap.faultcode"),
        (_swap(b"InvalidLoginFault", b"Unnamed"), "login.soap.detail"),
        (_swap(b'xsi:type="InvalidLogin"', b'xsi:type="NeverHeardOf"'), "wire"),
    ],
    ids=["fault", "faultcode", "detail", "type"],
)
def test_one_thing_changed_deviates_there(server: Endpoint, change: Change, place: str) -> None:
    verdict = _verdict(server, change)
    assert isinstance(verdict, Deviates)
    assert place in {finding.place for finding in verdict.findings}


@pytest.mark.parametrize(
    "change",
    [
        _on_a_wrong_login(200, b""),
        _on_a_wrong_login(500, b"this is not XML"),
        _on_a_wrong_login(403, b""),
        _hang_up,
    ],
    ids=["empty", "garbage", "status", "hang-up"],
)
def test_no_answer_accuses_nobody(server: Endpoint, change: Change) -> None:
    verdict = _verdict(server, change)
    assert isinstance(verdict, Error)
    assert "Login" in verdict.error


def test_words_may_be_others(server: Endpoint) -> None:
    assert isinstance(_verdict(server, _swap(b"Cannot complete login", b"No")), Conforms)


def test_an_answer_with_a_property_too_many_deviates(server: Endpoint) -> None:
    def change(request: bytes, status: int, body: bytes) -> tuple[int, bytes]:
        return status, body.replace(b"<about>", b"<about><surprise>1</surprise>")

    verdict = _verdict(server, change, "SESSION.002")
    assert isinstance(verdict, Deviates | Error)


def test_an_answer_without_a_required_property_deviates(server: Endpoint) -> None:
    def change(request: bytes, status: int, body: bytes) -> tuple[int, bytes]:
        head, _, rest = body.partition(b"<apiType>")
        return status, head + rest.partition(b"</apiType>")[2] if rest else body

    verdict = _verdict(server, change, "SESSION.002")
    assert isinstance(verdict, Deviates)
    assert any("apiType is missing" in finding.found for finding in verdict.findings)


def test_a_method_that_is_not_there_is_unimplemented(server: Endpoint) -> None:
    missing = b'<receiver type="SessionManager">SessionManager</receiver><method>Login</method>'
    body = (
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
        b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body><e:Fault>'
        b"<faultcode>ServerFaultCode</faultcode><faultstring>no</faultstring><detail>"
        b'<MethodNotFoundFault xmlns="urn:vim25" xsi:type="MethodNotFound">'
        + missing
        + b"</MethodNotFoundFault></detail></e:Fault></e:Body></e:Envelope>"
    )
    verdict = _verdict(server, _on_a_wrong_login(500, body))
    assert isinstance(verdict, Unimplemented)
    assert verdict.method == "Login"


def test_a_case_of_derived_statements_is_undecided(server: Endpoint) -> None:
    guess = replace(LOGIN, rules=tuple(derived(rule.place, rule.matcher) for rule in LOGIN.rules))
    verdict = judge(guess, _entry(server, _swap(b"InvalidLogin", b"InvalidState")))
    assert isinstance(verdict, Undecided)
    assert verdict.notes


def test_a_case_of_contested_statements_is_undecided(server: Endpoint) -> None:
    disputed = replace(LOGIN, rules=tuple(contested(rule.place, rule.matcher) for rule in LOGIN.rules))
    verdict = judge(disputed, _entry(server, _swap(b"InvalidLogin", b"InvalidState")))
    assert isinstance(verdict, Undecided)
    assert {note.certainty for note in verdict.notes} == {"contested"}


def test_a_recording_of_another_behavior_deviates(server: Endpoint) -> None:
    seen, recorded = _entry(server, faithful), _entry(server, _swap(b"InvalidLogin", b"InvalidState"))
    assert isinstance(judge(LOGIN, seen, recorded), Deviates)
    assert isinstance(judge(LOGIN, recorded, recorded), Conforms)


def test_what_is_not_allowed_is_skipped(server: Endpoint) -> None:
    case = registry()["FT.CREATE.001"]
    verdict = judge(case, perform(case, DEFAULT_VERSION, _target(server))[0])
    assert isinstance(verdict, Skipped)
    assert "--allow-changes" in verdict.reason


def test_a_mistake_in_the_steps_is_an_error_of_the_suite(server: Endpoint) -> None:
    def steps(drive: Driver) -> None:
        raise ZeroDivisionError

    case = replace(LOGIN, steps=steps)
    verdict = judge(case, perform(case, DEFAULT_VERSION, _target(server))[0])
    assert isinstance(verdict, Error)
    assert "ZeroDivisionError" in verdict.error


class MutantTarget(EmulatorTarget):
    """The emulator behind a proxy that changes something: every situation, one thing wrong."""

    def __init__(self, change: Change) -> None:
        super().__init__()
        self._change = change

    def open(self, situation: Situation, version: str) -> Endpoint:
        real = super().open(situation, version)
        return self._started.stack.enter_context(mutant(real, self._change))


def _replace(old: bytes, new: bytes) -> Change:
    return lambda request, status, body: (status, body.replace(old, new))


@pytest.mark.parametrize(
    ("case", "change", "place"),
    [
        (
            "FT.CREATE.001",
            _replace(b"<powerOnAttempted>false", b"<powerOnAttempted>true"),
            "create.result.powerOnAttempted",
        ),
        ("FT.CREATE.006", _replace(b"<role>1<", b"<role>2<"), "objects.primary.config.ftInfo.role"),
        (
            "FT.CREATE.009",
            _replace(b'"VmSecondaryAddedEvent"', b'"VmSecondaryEnabledEvent"'),
            "events.VmSecondaryAddedEvent of <VirtualMachine primary>",
        ),
        (
            "FT.CREATE.010",
            _replace(b'"VmSecondaryStartedEvent"', b'"VmSecondaryEnabledEvent"'),
            "events.VmSecondaryStartedEvent of <VirtualMachine primary>",
        ),
        (
            "FT.DRS.002",
            _replace(b"recommendations>", b"recommendation>"),
            "create.result.powerOnResult.recommendations",
        ),
        ("FT.FAULT.001", _replace(b'"TaskInProgress"', b'"InvalidPowerState"'), "create.failure"),
        ("FT.FAULT.002", _replace(b'"NotSupported"', b'"NotImplemented"'), "create.failure"),
        ("FT.PRIV.001", _replace(b"NoPermission", b"InvalidRequest"), None),
        (
            "FT.RESULT.001",
            _replace(b'"FaultToleranceSecondaryOpResult"', b'"ClusterPowerOnVmResult"'),
            "create.result",
        ),
        (
            "TASK.001",
            _replace(b"VirtualMachine.createSecondary<", b"VirtualMachine.create<"),
            "create.task.info.descriptionId",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_thing_wrong_with_fault_tolerance(case: str, change: Change, place: str | None) -> None:
    target = MutantTarget(change)
    try:
        verdict = judge(registry()[case], perform(registry()[case], DEFAULT_VERSION, target)[0])
    finally:
        target.close()
    if place is None:
        assert isinstance(verdict, Unimplemented)
    else:
        assert isinstance(verdict, Deviates), verdict
        assert place in {finding.place for finding in verdict.findings}


def _instead_of_nothing(status: int, body: bytes) -> Change:
    return lambda _, was, said: (status, body) if was == 204 else (was, said)


def _in_a_property(old: bytes, new: bytes) -> Change:
    return lambda request, status, body: (status, body if request else body.replace(old, new))


def _over_json(server: Endpoint, change: Change, case: str) -> Verdict:
    with mutant(server, change) as endpoint:
        entry, _ = perform(registry()[case], DEFAULT_VERSION, _target(endpoint), JSON)
    return judge(registry()[case], entry)


@pytest.mark.parametrize("case", ["SESSION.001", "WIRE.JSON.002", "WIRE.JSON.008"])
def test_nothing_changed_conforms_over_json(server: Endpoint, case: str) -> None:
    assert isinstance(_over_json(server, faithful, case), Conforms)


@pytest.mark.parametrize(
    ("case", "change", "place"),
    [
        ("SESSION.001", _replace(b'"InvalidLogin"', b'"InvalidState"'), "login.failure"),
        ("SESSION.001", _on_a_wrong_login(401, b""), "login.wire.status"),
        ("SESSION.002", _replace(b'"about":{"_typeName":"AboutInfo",', b'"about":{'), "wire"),
        ("SESSION.002", _replace(b'"apiType":"VirtualCenter"', b'"apiType":null'), "wire"),
        ("SESSION.005", _in_a_property(b'"locale":', b'"surprise":1,"locale":'), "wire"),
        (
            "WIRE.JSON.002",
            lambda _, status, body: (200 if status == 204 else status, body),
            "destroy.wire.status",
        ),
        ("WIRE.JSON.003", _replace(b'"obj":', b'"fault":{},"obj":'), "facts.flat"),
        (
            "WIRE.JSON.004",
            lambda _, status, body: (200, b"null") if status == 204 else (status, body),
            "facts.bytes",
        ),
        ("WIRE.JSON.008", _replace(b'"ArrayOfString"', b'"ArrayOfTypeName"'), "facts.childType"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_thing_changed_deviates_there_over_json(
    server: Endpoint, case: str, change: Change, place: str
) -> None:
    verdict = _over_json(server, change, case)
    assert isinstance(verdict, Deviates), verdict
    assert place in {finding.place for finding in verdict.findings}


def test_what_is_no_json_accuses_nobody(server: Endpoint) -> None:
    verdict = _over_json(server, _on_a_wrong_login(500, b"no JSON"), "SESSION.001")
    assert isinstance(verdict, Error), verdict


#: Rules about places that nothing fills: they would judge no target.
BLIND = (
    derived("objects.secondary.parent", Present()),
    derived("create.task.info.state", Is("success")),
    derived("events.VmSecondaryAdded of <VirtualMachine primary>", Present()),
    derived("remove.failure", Absent()),
)


@pytest.mark.parametrize("rule", BLIND, ids=str)
def test_a_rule_about_a_place_that_nothing_fills_is_refused(rule: Rule) -> None:
    case = registry()["FT.CREATE.001"]
    with pytest.raises(ImpossibleRuleError, match=re.escape(f"{case.id}: {rule.place!r}: ")):
        check(case.id, [*case.rules, rule], observable(case.steps))


def test_without_that_check_it_would_pass_unnoticed() -> None:
    case = registry()["FT.CREATE.001"]
    target = EmulatorTarget()
    try:
        entry = perform(case, DEFAULT_VERSION, target)[0]
    finally:
        target.close()
    verdict = judge(replace(case, rules=(*case.rules, *BLIND)), entry)
    assert isinstance(verdict, Conforms)
    assert [note.found for note in verdict.notes] == ["nothing"] * 3

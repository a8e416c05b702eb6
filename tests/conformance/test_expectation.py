from __future__ import annotations

import pytest

from vim25_conformance.expectation import broken, derived, documented, lookup
from vim25_conformance.matcher import (
    ABSENT,
    Absent,
    Either,
    Has,
    Is,
    Matcher,
    Present,
    Size,
    data,
    fault,
    shown,
)
from vim25_conformance.outcome import Data, Fault, Faulted, Outcome, Ref, Returned, Several, Step, TaskSeen

ISSUE = Fault(
    ("VmFaultToleranceConfigIssue", "VmFaultToleranceIssue", "VimFault", "MethodFault"),
    {"reason": "hasSnapshots"},
)
LIST = Fault(
    ("VmFaultToleranceOpIssuesList", "VmFaultToleranceIssue", "VimFault", "MethodFault"),
    {"errors": Several((ISSUE,))},
)
RESULT = Data("FaultToleranceSecondaryOpResult", {"powerOnAttempted": False})
OUTCOME = Outcome(
    (
        Step(
            "create",
            "CreateSecondaryVM_Task",
            Returned(Ref("Task", "of create")),
            task=TaskSeen("success", result=RESULT),
        ),
        Step("again", "CreateSecondaryVM_Task", Faulted(LIST)),
    ),
    {
        "primary": {
            "runtime.powerState": "poweredOn",
            "config.ftInfo": Data("FaultToleranceConfigInfo", {"role": 1}),
        }
    },
    events={"E(a to b) of <VirtualMachine primary>": 2, "E(b to c) of <VirtualMachine primary>": 1},
    facts={"recent": True},
)


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("create.task.state", "success"),
        ("create.result", RESULT),
        ("create.result.powerOnAttempted", False),
        ("create.result.powerOnResult", ABSENT),
        ("create.reply.value", Ref("Task", "of create")),
        ("create.reply.kind", "returned"),
        ("create.failure", ABSENT),
        ("again.failure", LIST),
        ("again.channel", "call"),
        ("again.task", ABSENT),
        ("never.failure", ABSENT),
        ("objects.primary.runtime.powerState", "poweredOn"),
        ("objects.primary.config.ftInfo.role", 1),
        ("objects.primary.config.hardware", ABSENT),
        ("objects.secondary", ABSENT),
        ("events.E(a to b) of <VirtualMachine primary>", 2),
        ("events.E of <VirtualMachine primary>", 3),
        ("events.F of <VirtualMachine primary>", ABSENT),
        ("facts.recent", True),
    ],
)
def test_places(place: str, found: object) -> None:
    assert lookup(OUTCOME, place) == found


@pytest.mark.parametrize(
    ("matcher", "yes", "no"),
    [
        (Is("a", "b"), "b", "c"),
        (Is(True), True, 1),
        (Is(1), 1, True),
        (Absent(), ABSENT, "a"),
        (Absent(), None, 0),
        (Absent(), Several(()), Several((1,))),
        (Present(), False, ABSENT),
        (Has(Is(1)), Several((2, 1)), Several((2,))),
        (Size(2), Several((1, 1)), Several((1,))),
        (Size(0), ABSENT, Several((1,))),
        (fault("VmFaultToleranceIssue"), LIST, ABSENT),
        (fault("VmFaultToleranceOpIssuesList", exactly=True), LIST, ISSUE),
        (fault("VmFaultToleranceConfigIssue", reason=Is("hasSnapshots")), ISSUE, LIST),
        (fault("MethodFault", errors=Has(fault("VimFault"))), LIST, ISSUE),
        (data("X", a=Is(1), b=Absent()), Data("X", {"a": 1}), Data("X", {"a": 1, "b": 2})),
        (Either(Is(1), Is(2)), 2, 3),
    ],
)
def test_matchers(matcher: Matcher, yes: object, no: object) -> None:
    assert matcher.holds(yes)
    assert not matcher.holds(no)
    assert str(matcher)


def test_broken_rules_are_those_that_are_not_true() -> None:
    true, false = documented("create.task.state", Is("success")), derived("create.channel", Is("task"))
    assert broken([true, false], OUTCOME) == (false,)


def test_a_rule_reads_as_a_sentence() -> None:
    rule = documented("create.failure", fault("NoPermission", privilegeId=Is("System.View")))
    assert str(rule) == "create.failure is the fault NoPermission, whose privilegeId is System.View"


def test_long_values_are_cut() -> None:
    assert shown(Several(tuple(range(1000))), width=20) == "[0, 1, 2, 3, 4, 5, …"


def test_shown_values_are_short_and_whole() -> None:
    assert (
        shown(LIST)
        == "VmFaultToleranceOpIssuesList{errors: [VmFaultToleranceConfigIssue{reason: hasSnapshots}]}"
    )
    assert shown("") == "empty"
    assert shown(None) == "nothing"

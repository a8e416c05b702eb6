from __future__ import annotations

import msgspec
from hypothesis import given

from tests.conformance.trees import outcomes, patient
from vim25_conformance.outcome import Fault, Faulted, Outcome, Ref, Refused, Returned, Step, TaskSeen

FAULT = Fault(("InvalidState", "VimFault", "MethodFault"), {})


@patient
@given(outcomes)
def test_a_tree_survives_the_log(outcome: Outcome) -> None:
    assert msgspec.json.decode(msgspec.json.encode(outcome), type=Outcome) == outcome


def test_a_fault_is_found_whichever_way_it_came() -> None:
    on_the_call = Step("create", "CreateSecondaryVM_Task", Faulted(FAULT))
    in_the_task = Step("create", "CreateSecondaryVM_Task", Returned(), task=TaskSeen("error", error=FAULT))
    assert (on_the_call.failure, on_the_call.channel) == (FAULT, "call")
    assert (in_the_task.failure, in_the_task.channel) == (FAULT, "task")


def test_nothing_failed_without_a_fault() -> None:
    step = Step("create", "CreateSecondaryVM_Task", Returned(), task=TaskSeen("success"))
    assert (step.failure, step.channel) == (None, "none")


def test_a_refusal_without_detail_is_on_the_call() -> None:
    assert Step("post", "POST", Refused("ClientFaultCode")).channel == "call"


def test_a_reference_reads_as_its_part() -> None:
    assert str(Ref("VirtualMachine", "primary")) == "<VirtualMachine primary>"
    assert str(Ref("SessionManager", "")) == "<SessionManager>"

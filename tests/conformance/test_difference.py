from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.trees import outcomes, patient, values
from vim25_conformance.difference import Difference, differences
from vim25_conformance.outcome import (
    Data,
    Fault,
    Faulted,
    Outcome,
    Ref,
    Returned,
    Several,
    Step,
    TaskSeen,
    Value,
    Wire,
)


def _with(value: Value) -> Outcome:
    return Outcome((Step("read", "Fetch", Returned(value)),))


@patient
@given(outcomes)
def test_an_outcome_equals_itself(outcome: Outcome) -> None:
    assert differences(outcome, outcome) == ()


@patient
@given(outcomes, outcomes)
def test_sides_can_be_exchanged(left: Outcome, right: Outcome) -> None:
    there = {(each.path, repr(each.left), repr(each.right)) for each in differences(left, right)}
    back = {(each.path, repr(each.right), repr(each.left)) for each in differences(right, left)}
    assert {path for path, _, _ in there} == {path for path, _, _ in back}


@patient
@given(st.lists(values, max_size=4), st.randoms(use_true_random=False))
def test_order_in_an_array_means_nothing(items: list[Value], random: object) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert differences(_with(Several(tuple(items))), _with(Several(tuple(shuffled)))) == ()


@patient
@given(st.lists(values, max_size=4), values.filter(lambda value: value is not None), st.integers(0, 4))
def test_an_extra_item_is_one_difference(items: list[Value], extra: Value, place: int) -> None:
    more = [*items[:place], extra, *items[place:]]
    found = differences(_with(Several(tuple(items))), _with(Several(tuple(more))))
    assert found == (Difference("steps.read.reply.value[]", None, extra),)


def test_a_difference_is_named_by_its_path() -> None:
    left = _with(
        Data(
            "FaultToleranceSecondaryOpResult",
            {"vm": Ref("VirtualMachine", "secondary"), "powerOnAttempted": True},
        )
    )
    right = _with(
        Data(
            "FaultToleranceSecondaryOpResult",
            {"vm": Ref("VirtualMachine", "secondary"), "powerOnAttempted": False},
        )
    )
    assert differences(left, right) == (Difference("steps.read.reply.value.powerOnAttempted", True, False),)


def test_true_is_not_one() -> None:
    assert differences(_with(Several((True,))), _with(Several((1,)))) != ()


def test_passing_states_of_a_task_are_not_compared() -> None:
    def followed(*states: str) -> Outcome:
        return Outcome((Step("create", "X", Returned(), task=TaskSeen("success", states)),))

    assert differences(followed("queued", "running", "success"), followed("success")) == ()


def test_values_that_passed_by_are_not_compared() -> None:
    left = Outcome(seen={"<VirtualMachine primary>": {"runtime.powerState": Several(("poweredOn",))}})
    assert differences(left, Outcome()) == ()


def test_a_missing_step_is_one_difference() -> None:
    step = Step("create", "X", Returned())
    assert differences(Outcome((step,)), Outcome()) == (Difference("steps.create", step, None),)


def test_between_bindings_the_wire_is_left_out_and_nothing_else() -> None:
    fault = Faulted(Fault(("NotFound", "VimFault", "MethodFault"), {}))
    soap = Outcome((Step("a", "M", fault, Wire(500, "ServerFaultCode", "NotFoundFault")),))
    json = Outcome((Step("a", "M", fault, Wire(500, media_type="application/json")),))
    other = Outcome((Step("a", "M", Returned(1), Wire(200)),))
    assert [each.path for each in differences(soap, json)] == [
        "steps.a.wire.faultcode",
        "steps.a.wire.detail",
        "steps.a.wire.media_type",
    ]
    assert differences(soap, json, wire=False) == ()
    assert [each.path for each in differences(soap, other, wire=False)] == ["steps.a.reply"]

from __future__ import annotations

import itertools

import pytest

from vim25_emulator.fault_tolerance.pair_disabled_method import OF_PRIMARY
from vim25_emulator.fault_tolerance.pair_state import APPEARANCE, Event, State
from vim25_emulator.fault_tolerance.pair_transition import (
    TABLE,
    Effect,
    Impossible,
    PostedEvent,
    Transition,
    decide,
)
from vim25_emulator.vmodl.registry import data_type, enum_type


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_every_state_and_event_is_decided(state: State, event: Event) -> None:
    assert TABLE[event][state] is not None


def test_states_are_those_of_the_api() -> None:
    assert {state.value for state in State} == set(enum_type("VirtualMachineFaultToleranceState").values)


def test_every_state_has_an_appearance_and_a_list_of_refused_methods() -> None:
    assert set(APPEARANCE) == set(OF_PRIMARY) == set(State)


def test_a_secondary_never_needs_a_secondary() -> None:
    assert State.NEED_SECONDARY not in {appearance.secondary for appearance in APPEARANCE.values()}


@pytest.mark.parametrize("notice", PostedEvent)
def test_notices_are_events_about_virtual_machines(notice: PostedEvent) -> None:
    if "." not in notice.value:
        assert data_type(notice.value).is_a("VmEvent")


def test_every_state_can_be_reached_and_left() -> None:
    moves = [
        (state, decision.to)
        for row in TABLE.values()
        for state, decision in row.items()
        if isinstance(decision, Transition)
    ]
    assert {to for state, to in moves if state is not to} == set(State)
    assert {state for state, to in moves if state is not to} == set(State)


def test_a_start_that_fails_disables_fault_tolerance_and_says_so_last() -> None:
    for event in (Event.START_FAILED, Event.START_TIMED_OUT, Event.NO_HOST):
        decision = decide(State.NEED_SECONDARY, event)
        assert isinstance(decision, Transition)
        assert decision.to is State.DISABLED
        assert decision.steps[-1] is PostedEvent.DISABLED_BY_SYSTEM


def test_nothing_starts_where_no_host_was_found() -> None:
    decision = decide(State.NEED_SECONDARY, Event.NO_HOST)
    assert isinstance(decision, Transition)
    assert PostedEvent.STARTING not in decision.steps


def test_a_secondary_that_already_starts_cannot_be_started() -> None:
    for state in (State.STARTING, State.RUNNING, State.DISABLED, State.ENABLED, State.NOT_CONFIGURED):
        assert isinstance(decide(state, Event.START), Impossible)


def transitions() -> list[tuple[Event, State, Transition]]:
    return [
        (event, state, decision)
        for event, row in TABLE.items()
        for state, decision in row.items()
        if isinstance(decision, Transition)
    ]


def test_a_secondary_is_started_where_the_primary_needs_one_and_nowhere_else() -> None:
    assert {decision.to for *_, decision in transitions() if decision.then} == {State.NEED_SECONDARY}


def test_only_a_protected_pair_fails_over() -> None:
    moving = {(event, state) for event, state, each in transitions() if Effect.EXCHANGE in each.steps}
    failing = (Event.PRIMARY_FAILED, Event.FAILOVER_TESTED)
    assert moving == {(event, State.RUNNING) for event in failing}


def test_a_failover_is_told_when_the_primary_is_where_it_is_now() -> None:
    for _, _, decision in transitions():
        if PostedEvent.FAILED_OVER in decision.steps:
            assert decision.steps.index(Effect.EXCHANGE) < decision.steps.index(PostedEvent.FAILED_OVER)


def test_whoever_leaves_fault_tolerance_has_the_secondary_deleted_after_it_was_told() -> None:
    for _, _, decision in transitions():
        if decision.to is State.NOT_CONFIGURED:
            assert decision.steps.index(PostedEvent.REMOVED) < decision.steps.index(Effect.REMOVE)


def test_nothing_ends_or_suspends_a_start_that_has_begun() -> None:
    for event in (Event.TURNED_OFF, Event.SUSPENDED, Event.DELETED, Event.MOVED):
        assert isinstance(decide(State.STARTING, event), Impossible)


def test_without_fault_tolerance_nothing_can_happen_but_its_beginning() -> None:
    begins = {event for event, state, _ in transitions() if state is State.NOT_CONFIGURED}
    assert begins == {Event.CREATED_ON, Event.CREATED_OFF}

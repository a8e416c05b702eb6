"""The generated pages are up to date and complete."""

from __future__ import annotations

from vim25_emulator.fault_tolerance.admission import CHECKS
from vim25_emulator.fault_tolerance.documentation_page import checks_page, states_page
from vim25_emulator.fault_tolerance.forbidden import FORBIDDEN
from vim25_emulator.fault_tolerance.pair_state import Event, State
from vim25_emulator.fault_tolerance.pair_transition import PostedEvent


def test_the_states_page_names_every_state_event_and_notice() -> None:
    page = states_page()
    assert all(word.value in page for kind in (State, Event, PostedEvent) for word in kind)


def test_the_checks_page_has_a_row_for_every_check_and_prohibition() -> None:
    rows = [line for line in checks_page().splitlines() if line.startswith("| ")]
    heads = 2 * 6  # a head and a rule for each of the five stages, and for what is forbidden
    assert len(rows) == len(CHECKS) + len(FORBIDDEN) + heads


def test_every_row_says_what_would_be_wrong() -> None:
    assert all((row.wrong.__doc__ or "").strip() for row in (*CHECKS, *FORBIDDEN))

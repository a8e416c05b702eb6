"""Every case on the emulator: no note, and every place that a rule is about exists.

A rule that is not binding never makes a verdict worse, so one about a place that never exists would go
unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vim25_conformance.binding import BINDINGS
from vim25_conformance.case import DEFAULT_VERSION, Case, registry
from vim25_conformance.client import EndpointClient
from vim25_conformance.difference import differences
from vim25_conformance.expectation import Rule, best_certainty, lookup
from vim25_conformance.matcher import ABSENT
from vim25_conformance.outcome import Outcome
from vim25_conformance.runlog import Ran
from vim25_conformance.running import perform
from vim25_conformance.target import EmulatorTarget, lacks
from vim25_conformance.verdict import Conforms, Undecided, judge


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorTarget]:
    target = EmulatorTarget()
    yield target
    target.close()


def _is_blind(rule: Rule, outcome: Outcome) -> bool:
    """Whether the outcome lacks the rule's place, or the step that the place is a part of."""
    head = rule.place.partition(".")[0]
    if head not in ("objects", "seen", "events", "facts") and outcome.step(head) is None:
        return True
    return lookup(outcome, rule.place) is ABSENT and not rule.matcher.holds(ABSENT)


def _version(case: Case) -> str:
    return DEFAULT_VERSION if case.runs_at(DEFAULT_VERSION) else str(case.until)


def _outcome(case: Case, emulator: EmulatorTarget, binding: str) -> Outcome:
    """The outcome over a binding, of which every rule sees what it is about."""
    entry, _ = perform(case, _version(case), emulator, binding)
    verdict, rules = judge(case, entry), case.rules_over(binding)
    assert isinstance(verdict, Conforms if best_certainty(rules).binding else Undecided), verdict
    assert verdict.notes == ()
    assert isinstance(entry.result, Ran)
    assert [str(rule) for rule in rules if _is_blind(rule, entry.result.outcome)] == []
    return entry.result.outcome


@pytest.mark.parametrize("case", registry().values(), ids=lambda case: case.id)
def test_a_case_sees_what_its_rules_are_about_and_the_same_over_both_bindings(
    case: Case, emulator: EmulatorTarget
) -> None:
    own = [case.binding] if case.binding else [*BINDINGS]
    outcomes = [_outcome(case, emulator, each) for each in own if not lacks(emulator, each, _version(case))]
    assert differences(outcomes[0], outcomes[-1], wire=False) == ()


def test_a_case_reads_all_pages_of_an_inventory_of_more_than_a_hundred_objects() -> None:
    """A vCenter answers RetrievePropertiesEx without `maxObjects` in pages of 100."""
    case, target = registry()["PC.005"], EmulatorTarget()
    try:
        endpoint = target.open(case.needs, DEFAULT_VERSION)
        with EndpointClient(endpoint, DEFAULT_VERSION) as client:
            for number in range(101):
                client.content.rootFolder.CreateFolder(f"folder {number}")
        entry, _ = perform(case, DEFAULT_VERSION, target)
        assert isinstance(judge(case, entry), Conforms)
    finally:
        target.close()

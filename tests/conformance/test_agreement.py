"""The deprecated operation and its successor agree on the emulator, down to what is only derived."""

from __future__ import annotations

import pytest

from tests.conformance.test_mutants import MutantTarget
from vim25_conformance.case import registry, select
from vim25_conformance.running import perform
from vim25_conformance.target import EmulatorTarget
from vim25_conformance.verdict import Conforms, judge


@pytest.mark.parametrize("version", ["6.0", "6.7", "7.0.3.2", "8.0.3.0", "9.0.0.0"])
def test_both_operations_agree(version: str) -> None:
    target = EmulatorTarget()
    try:
        verdicts = [judge(each, perform(each, version, target)[0]) for each in select(["FT.AGREE.*"])]
    finally:
        target.close()
    assert verdicts == [Conforms("documents")] * len(verdicts)


def test_a_difference_is_seen() -> None:
    made = 0

    def change(request: bytes, status: int, body: bytes) -> tuple[int, bytes]:
        nonlocal made
        made += b"<CreateSecondaryVM" in request
        other = made == 2 and b"powerOnAttempted" in body
        return status, body.replace(b"Attempted>false", b"Attempted>true") if other else body

    target = MutantTarget(change)
    try:
        case = registry()["FT.AGREE.001"]
        verdict = judge(case, perform(case, "8.0.2.0", target)[0])
    finally:
        target.close()
    assert isinstance(verdict, Conforms)
    assert [note.place for note in verdict.notes] == ["facts.differences"]
    assert "powerOnAttempted" in verdict.notes[0].found

"""Undoing goes on when answers are lost and when other tasks are in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from tests.conformance.inventory import changed, inventory
from tests.conformance.lab import Lab
from vim25_conformance.case import DEFAULT_VERSION, registry
from vim25_conformance.driver import Driver
from vim25_conformance.runlog import Entry, Ran
from vim25_conformance.running import perform
from vim25_conformance.situation import Lab as LabFile
from vim25_conformance.situation import Location
from vim25_conformance.target import EndpointTarget

CASE = registry()["FT.ARRANGED.001"]


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(task_duration=0.3) as server:
        yield server


def _perform(lab: Lab, folder: Path, steps: object) -> tuple[Entry, EndpointTarget]:
    named = LabFile(otherwise=Location(primary="db01"))
    target = EndpointTarget(lab.endpoint, named, may_change=True, environment={}, journal=folder)
    try:
        return perform(replace(CASE, steps=steps), DEFAULT_VERSION, target)[0], target  # type: ignore[arg-type]  # a test's steps
    finally:
        target.close()


def _lose_the_answer() -> NoReturn:
    raise ConnectionError


@pytest.mark.parametrize(("number", "what"), [(1, "CreateVM_Task"), (2, "Destroy_Task")])
def test_a_lost_answer_is_looked_up_by_its_mark(number: int, what: str, lab: Lab, tmp_path: Path) -> None:
    before = inventory(lab.endpoint)
    lab.at = (number, _lose_the_answer)
    entry, target = _perform(lab, tmp_path, lambda drive: None)
    assert lab.calls >= number, what
    assert entry.left_behind == ""
    assert target.journal.pending == ()
    assert changed(before, inventory(lab.endpoint)) == {}


def test_a_task_in_flight_is_awaited(lab: Lab, tmp_path: Path) -> None:
    before = inventory(lab.endpoint)

    def steps(drive: Driver) -> None:
        drive.call("act", drive.primary, "PowerOnVM_Task", None)

    entry, _ = _perform(lab, tmp_path, steps)
    assert isinstance(entry.result, Ran)
    assert entry.left_behind == ""
    assert changed(before, inventory(lab.endpoint)) == {}


def test_one_failure_stops_no_other(lab: Lab, tmp_path: Path) -> None:
    def steps(drive: Driver) -> None:
        drive.preparation.intend("snapshot", "the second")
        drive.preparation.journal.intend("machine", "the last", name="db01x", managed=None)
        drive.preparation.roles.adopt(replace(drive.machine, name="another"))
        drive.preparation.intend("snapshot", "of another name")

    entry, target = _perform(lab, tmp_path, steps)
    assert entry.left_behind.startswith("of another name: ")
    assert [change.still for change in target.journal.pending] == ["of another name"]

"""What a case arranges is there for its steps, and is gone afterwards: against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from vim25_conformance.arrangement import ARRANGEMENTS
from vim25_conformance.case import DEFAULT_VERSION, Case, registry
from vim25_conformance.client import Endpoint, EndpointClient
from vim25_conformance.driver import Driver
from vim25_conformance.journal import PREFIX
from vim25_conformance.runlog import Broke, Entry, NotRun, Ran
from vim25_conformance.running import perform
from vim25_conformance.situation import Lab, Location
from vim25_conformance.survey import InventorySurvey, survey
from vim25_conformance.target import EndpointTarget
from vim25_conformance.verdict import Conforms, judge

CASE = registry()["FT.ARRANGED.001"]
LAB = Lab(otherwise=Location(primary="db01"))


def _somebodys(server: Endpoint, lab: Lab = LAB) -> EndpointTarget:
    """The emulator as if it were a vCenter that nobody throws away."""
    return EndpointTarget(server, lab, may_change=True, environment={})


def _perform(case: Case, server: Endpoint) -> Entry:
    return perform(case, DEFAULT_VERSION, _somebodys(server))[0]


def _inventory(server: Endpoint) -> InventorySurvey:
    with EndpointClient(server, DEFAULT_VERSION) as client:
        return survey(client.content)


@pytest.fixture
def as_before(server: Endpoint) -> Iterator[Endpoint]:
    """A server that is to be afterwards as it was."""
    before = _inventory(server)
    yield server
    assert _inventory(server) == before


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_an_arrangement_is_undone(name: str, as_before: Endpoint) -> None:
    seen: list[str] = []

    def steps(drive: Driver) -> None:
        seen.append(drive.machine.name)

    entry = _perform(replace(CASE, steps=steps, arranges=ARRANGEMENTS[name]), as_before)
    assert isinstance(entry.result, Ran), entry.result
    assert entry.result.outcome.step("arrange") is None
    assert seen[0].startswith(PREFIX)
    assert not entry.left_behind


@pytest.mark.parametrize(
    "name", ["FT.ARRANGED.002", "FT.OFF.007", "FT.RESUME.002", "FT.FAILOVER.001", "FT.HA.001"]
)
def test_a_case_that_arranges_leaves_a_vcenter_as_it_was(name: str, as_before: Endpoint) -> None:
    case = registry()[name]
    entry = _perform(case, as_before)
    assert not entry.left_behind
    if case.shared:
        assert isinstance(entry.result, NotRun)
        assert "disposable" in entry.result.reason
    else:
        assert isinstance(judge(case, entry), Conforms)


def test_a_case_that_dies_is_undone(as_before: Endpoint) -> None:
    def steps(drive: Driver) -> None:
        raise ZeroDivisionError

    entry = _perform(replace(CASE, steps=steps), as_before)
    assert "ZeroDivisionError" in str(entry.result)


def test_a_case_that_logs_out_is_undone(as_before: Endpoint) -> None:
    def steps(drive: Driver) -> None:
        drive.call("logout", drive.content.sessionManager, "Logout")

    assert not _perform(replace(CASE, steps=steps), as_before).left_behind


def test_what_cannot_be_undone_is_told(server: Endpoint) -> None:
    def steps(drive: Driver) -> None:
        drive.primary.Rename_Task("renamed")

    left = _perform(replace(CASE, steps=steps), server).left_behind
    assert PREFIX in left
    assert "is 'renamed' now" in left


def test_what_cannot_be_undone_is_told_even_if_the_case_breaks(server: Endpoint) -> None:
    def steps(drive: Driver) -> None:
        drive.primary.Rename_Task("renamed")
        raise ZeroDivisionError

    entry = _perform(replace(CASE, steps=steps), server)
    assert isinstance(entry.result, Broke)
    assert PREFIX in entry.left_behind


def test_what_the_case_itself_removed_is_not_left(as_before: Endpoint) -> None:
    def steps(drive: Driver) -> None:
        drive.complete("act", drive.primary, "Destroy_Task")

    assert not _perform(replace(CASE, steps=steps), as_before).left_behind


def test_what_cannot_be_arranged_is_not_run(server: Endpoint) -> None:
    entry = perform(
        registry()["FT.OFF.001"],
        DEFAULT_VERSION,
        _somebodys(server, Lab(otherwise=Location(primary="db01", as_is=True))),
    )[0]
    assert isinstance(entry.result, Ran)
    template = perform(
        registry()["FT.OFF.001"],
        DEFAULT_VERSION,
        _somebodys(server, Lab(otherwise=Location(primary="tpl01", as_is=True))),
    )[0]
    assert isinstance(template.result, NotRun)
    assert "could not arrange a powered-off pair" in template.result.reason

"""A lost, dripping, hanging or garbled connection is an error with its cause, never a deviation."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from tests.conformance.chaos import RUINS, Chaos, Ruin, chaotic, drip, drop, garbage, hang, not_xml
from vim25_conformance import report as reports
from vim25_conformance.binding import BINDINGS, SOAP
from vim25_conformance.case import DEFAULT_VERSION, plan, registry, select
from vim25_conformance.client import Endpoint
from vim25_conformance.junit import as_junit
from vim25_conformance.outcome import Outcome, Returned, Step
from vim25_conformance.runlog import Broke, Entry, NotRun, Ran, decode, encode, one_entry_log
from vim25_conformance.running import GONE, perform, run
from vim25_conformance.situation import Lab, Location
from vim25_conformance.target import EndpointTarget
from vim25_conformance.target_spec import TargetSpec
from vim25_conformance.verdict import Conforms, Error, Verdict, judge

#: A case that reads.
CASE = "PC.002"
LAB = Lab(otherwise=Location(primary="web01", as_is=True))
LIMITS = {"call_limit": 1.0, "case_limit": 60.0}


def _perform(case: str, endpoint: Endpoint, binding: str = SOAP) -> Entry:
    target = EndpointTarget(endpoint, LAB, may_change=True, environment={})
    return perform(registry()[case], DEFAULT_VERSION, target, binding)[0]


def _verdict(chaos: Chaos, server: Endpoint, folder: Path, binding: str = SOAP) -> Verdict:
    with chaotic(server, chaos, folder, **LIMITS) as endpoint:
        return judge(registry()[CASE], _perform(CASE, endpoint, binding))


@pytest.mark.parametrize("binding", BINDINGS)
def test_a_healthy_connection_conforms(server: Endpoint, tmp_path: Path, binding: str) -> None:
    chaos = Chaos(drop, begin=10**6)
    assert isinstance(_verdict(chaos, server, tmp_path, binding), Conforms)
    assert chaos.seen > 4


@pytest.mark.parametrize("binding", BINDINGS)
@pytest.mark.parametrize("begin", [1, 2, 4])
@pytest.mark.parametrize("ruin", RUINS, ids=lambda ruin: ruin.__name__)
def test_a_ruined_exchange_is_an_error(
    ruin: Ruin, begin: int, binding: str, server: Endpoint, tmp_path: Path
) -> None:
    verdict = _verdict(Chaos(ruin, begin), server, tmp_path, binding)
    assert isinstance(verdict, Error), verdict
    assert verdict.error


@pytest.mark.parametrize(
    ("ruin", "cause"),
    [
        (drop, "closed without an answer"),
        (drip, "no complete answer in time"),
        (hang, "no complete answer in time"),
        (garbage, "not HTTP"),
        (not_xml, "garbled answer"),
    ],
    ids=lambda each: each.__name__ if callable(each) else "",
)
def test_the_error_names_the_cause(ruin: Ruin, cause: str, server: Endpoint, tmp_path: Path) -> None:
    verdict = _verdict(Chaos(ruin, begin=3), server, tmp_path)
    assert isinstance(verdict, Error), verdict
    assert cause in verdict.error


def test_a_case_has_a_deadline(server: Endpoint, tmp_path: Path) -> None:
    with chaotic(server, Chaos(drop, 10**6), tmp_path, call_limit=30.0, case_limit=0.0) as endpoint:
        verdict = judge(registry()[CASE], _perform(CASE, endpoint))
    assert isinstance(verdict, Error)
    assert "longer than it may" in verdict.error


def test_a_target_that_is_gone_ends_the_run(server: Endpoint, tmp_path: Path) -> None:
    planned = list(plan(select(["SESSION.*", "PC.*"]), [DEFAULT_VERSION]))
    with chaotic(server, Chaos(drop, begin=8, count=10**6), tmp_path, **LIMITS) as endpoint:
        log = run(TargetSpec("lab", endpoint, LAB), planned)
    results = reports.judged(log)
    assert GONE <= len(log.entries) < len(planned)
    assert "gone" in log.end.stopped
    assert all(isinstance(each.verdict, Error) for each in results[-GONE:])
    assert reports.exit_status(log, results) == reports.SUITE_ERROR
    assert decode(encode(log)) == log


def test_garbage_with_control_characters_costs_no_file(server: Endpoint, tmp_path: Path) -> None:
    with chaotic(server, Chaos(garbage, begin=1), tmp_path, **LIMITS) as endpoint:
        entry = _perform(CASE, endpoint)
    assert isinstance(entry.result, Broke)
    assert "\x1b" in entry.result.error or "\x00" in entry.result.error
    assert etree.fromstring(_junit(entry)).find(".//error") is not None


@pytest.mark.parametrize(
    "result",
    [
        Broke("a \x00 \ud800", "b \x0b \ufffe"),
        NotRun("c \x1b[31m"),
        Ran(Outcome((Step("read", "Fetch", Returned("d \x01 \x85")),))),
    ],
    ids=["error", "skipped", "deviates"],
)
def test_any_text_of_a_target_fits_into_xml(result: Ran | NotRun | Broke) -> None:
    text = _junit(Entry(CASE, DEFAULT_VERSION, "title", result))
    assert etree.fromstring(text).get("tests") == "1"


def _junit(entry: Entry) -> bytes:
    log = one_entry_log(entry, "lab")
    return as_junit(log, reports.judged(log))


def test_a_recording_with_a_lost_connection_is_no_oracle(server: Endpoint, tmp_path: Path) -> None:
    with chaotic(server, Chaos(drop, begin=3), tmp_path, **LIMITS) as endpoint:
        recorded = _perform(CASE, endpoint)
    verdict = judge(registry()[CASE], _perform(CASE, server), recorded)
    assert verdict == Conforms("documents")

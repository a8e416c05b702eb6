"""JUnit, JSON, HTML and console: four views of one log."""

from __future__ import annotations

import html
import io
import json
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from junitparser import JUnitXml
from rich.console import Console

from vim25_conformance.case import select
from vim25_conformance.console import summary
from vim25_conformance.html_report import diff_page, run_page
from vim25_conformance.junit import as_junit
from vim25_conformance.outcome import Fault, Faulted, Outcome, Step
from vim25_conformance.report import (
    DEVIATIONS,
    INTERRUPTED,
    LEFT_BEHIND,
    NO_DEMANDS,
    OK,
    SUITE_ERROR,
    Demands,
    Judged,
    as_json,
    exit_status,
    judged,
    worst_first,
)
from vim25_conformance.run_diff import diff
from vim25_conformance.runlog import FORMAT, Broke, End, Entry, NotRun, Ran, Run, RunLog
from vim25_conformance.verdict import notes_of

VERSIONS = ("6.0", "8.0.2.0")
RUN = Run(
    FORMAT,
    "0.1.0",
    "9.1",
    "<b>evil</b>",
    "evil",
    VERSIONS,
    {v: {"fullName": "X & Y"} for v in VERSIONS},
    "2026-01-01",
)
UNKNOWN = Fault(("MethodNotFound", "InvalidRequest", "RuntimeFault", "MethodFault"), {})


def _log(*results: Ran | NotRun | Broke, interrupted: bool = False) -> RunLog:
    cases = select(["FT.CREATE.*"])
    entries = tuple(
        Entry(cases[index].id, version, cases[index].title, result)
        for version in VERSIONS
        for index, result in enumerate(results)
    )
    return RunLog(RUN, entries, End(len(entries), "2026-01-01", 1.0, interrupted))


DEVIATING = Ran(Outcome())
MISSING = Ran(Outcome((Step("create", "CreateSecondaryVM_Task", Faulted(UNKNOWN)),)))
#: A case of derived statements, none of which holds.
NOTED = RunLog(RUN, (Entry("FT.FAULT.015", "8.0.2.0", "title", Ran(Outcome())),), End(1, "2026-01-01", 1.0))
EVERYTHING = _log(NotRun("no machine"), MISSING, DEVIATING, Broke("TypeError: <x>", "trace"))


@pytest.mark.parametrize(
    ("log", "status"),
    [
        (_log(NotRun("why"), MISSING), OK),
        (_log(DEVIATING), DEVIATIONS),
        (EVERYTHING, SUITE_ERROR),
        (_log(NotRun("why"), interrupted=True), INTERRUPTED),
    ],
)
def test_exit_status(log: RunLog, status: int) -> None:
    assert exit_status(log, judged(log)) == status


@pytest.mark.parametrize(
    ("log", "demands", "why"),
    [
        (_log(MISSING), Demands(strict=True), "the target lacks what 2 case(s) need"),
        (_log(NotRun("why")), Demands(strict=True), "no case was run"),
        (NOTED, Demands(strict=True), "1 case(s) have notes"),
        (_log(MISSING, NotRun("why")), Demands(min_run=3), "--min-run 3: 2 case(s) were run"),
    ],
    ids=["unimplemented", "nothing", "notes", "few"],
)
def test_a_demand_that_is_not_met_is_a_failure_in_every_report(
    log: RunLog, demands: Demands, why: str
) -> None:
    results = judged(log)
    assert exit_status(log, results) == OK
    assert exit_status(log, results, demands) == DEVIATIONS
    (missing,) = json.loads(as_json(log, results, demands))["shortfalls"]
    assert why in missing
    assert missing in as_junit(log, results, demands).decode()
    assert missing in _summary(log, demands)


def test_what_is_left_behind_has_its_own_status_and_is_an_error_for_dashboards() -> None:
    entry = msgspec.structs.replace(NOTED.entries[0], left_behind="web01 is still fault tolerant")
    log = RunLog(RUN, (entry,), End(1, "2026-01-01", 1.0))
    assert exit_status(log, judged(log)) == LEFT_BEHIND
    document = JUnitXml.fromstring(as_junit(log, judged(log)))
    assert document.errors == 1
    assert b"not undone: web01" in as_junit(log, judged(log))


def test_notes_are_in_every_report() -> None:
    log = NOTED
    note = next(iter(notes_of(judged(log)[0].verdict))).place
    assert f"NOTE  {log.entries[0].id}: {note}" in _summary(log)
    assert f"note: {note}" in as_junit(log, judged(log)).decode()
    assert f"{len(notes_of(judged(log)[0].verdict))} note" in run_page(log, judged(log)).decode()


@pytest.mark.parametrize("endpoint", ["emulator", "https://vc.example:443/sdk"])
def test_a_failure_says_what_it_takes_to_see_it_again(endpoint: str) -> None:
    refused = Fault(("TaskInProgress", "VimFault", "MethodFault"), {})
    step = Step("create", "CreateSecondaryVM_Task", Faulted(refused))
    run = msgspec.structs.replace(RUN, endpoint=endpoint, target="emulator")
    log = RunLog(run, _log(Ran(Outcome((step,)), {"create": "It is busy."})).entries, EVERYTHING.end)
    results = judged(log)
    case = select(["FT.CREATE.001"])[0]
    command = f"vim25-conformance replay {results[0].entry.id} --target"
    (failure, *_) = json.loads(as_json(log, results))["cases"]
    for report in (json.dumps(failure), as_junit(log, results).decode(), _summary(log)):
        assert "create: TaskInProgress: It is busy." in report
        assert case.clauses[0].says in html.unescape(report)
        assert "the target is wrong by what is" in report
        assert command in report
    assert ("--allow-changes" in failure["replay"]) is ("://" in endpoint)


def test_a_failure_takes_at_most_twelve_lines() -> None:
    log = _log(Ran(Outcome(), {}))
    first = _summary(log).split("DEVIATES")[1]
    assert len(first.splitlines()) <= 12


def _summary(log: RunLog, demands: Demands = NO_DEMANDS) -> str:
    out = io.StringIO()
    summary(Console(file=out, soft_wrap=True, highlight=False), log, judged(log), {}, demands)
    return out.getvalue()


def test_the_worst_comes_first() -> None:
    names = [each.name for each in worst_first(judged(EVERYTHING))]
    assert names == [
        "ERROR",
        "ERROR",
        "DEVIATES",
        "DEVIATES",
        "UNIMPLEMENTED",
        "UNIMPLEMENTED",
        "SKIPPED",
        "SKIPPED",
    ]


def test_json_has_counts_and_findings() -> None:
    document = json.loads(as_json(EVERYTHING, judged(EVERYTHING)))
    assert document["counts"] == {"ERROR": 2, "DEVIATES": 2, "UNIMPLEMENTED": 2, "SKIPPED": 2}
    assert document["exit_status"] == SUITE_ERROR
    deviating = next(case for case in document["cases"] if case["verdict"] == "DEVIATES")
    assert deviating["findings"][0]["place"] == "create.task.state"


def test_junit_counts_as_dashboards_do() -> None:
    document = JUnitXml.fromstring(as_junit(EVERYTHING, judged(EVERYTHING)))
    assert (document.tests, document.failures, document.errors, document.skipped) == (8, 2, 2, 4)
    assert [suite.name for suite in document] == ["<b>evil</b> at 6.0", "<b>evil</b> at 8.0.2.0"]


class _Page(HTMLParser):
    """Which elements there are, which addresses they point to, and whether they are closed."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_fetches_nothing() -> None:
    page = _Page(run_page(EVERYTHING, judged(EVERYTHING)))
    assert page.open == []
    assert all(address.startswith("#") for address in page.addresses)
    assert {address[1:] for address in page.addresses} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids)) == 8


def test_what_a_target_says_is_not_markup() -> None:
    page = run_page(EVERYTHING, judged(EVERYTHING)).decode()
    assert "<b>evil</b>" not in page
    assert "TypeError: &lt;x&gt;" in page


def test_the_page_of_a_comparison(emulator_log: RunLog) -> None:
    page = _Page(diff_page(diff(emulator_log, EVERYTHING), emulator_log, EVERYTHING))
    assert page.open == []


def _printed(each: list[Judged]) -> str:
    out = io.StringIO()
    files = {"log": Path("runs/x/run.ndjson")}
    summary(Console(file=out, soft_wrap=True, highlight=False), EVERYTHING, each, files)
    return out.getvalue()


def test_the_summary_names_the_worst_first_and_the_files() -> None:
    text = _printed(judged(EVERYTHING))
    order = [text.index(word) for word in ("ERROR", "DEVIATES", "UNIMPLEMENTED", "SKIPPED", "run.ndjson")]
    assert order == sorted(order)
    assert "\x1b[" not in text


def test_what_could_not_be_undone_is_told_at_once_though_the_case_conforms(emulator_log: RunLog) -> None:
    conforming, *others = emulator_log.entries
    left = msgspec.structs.replace(conforming, left_behind="vm1 is still fault tolerant")
    log = msgspec.structs.replace(emulator_log, entries=(left, *others))
    out = io.StringIO()
    summary(Console(file=out, soft_wrap=True), log, judged(log), {})
    assert f"NOT UNDONE  {conforming.id}: vm1 is still fault tolerant" in out.getvalue()
    page = run_page(log, judged(log)).decode()
    assert "not undone: vm1 is still fault tolerant" in page.split("</section>")[0]


def test_brackets_of_a_target_are_not_styles() -> None:
    log = msgspec.structs.replace(EVERYTHING, run=msgspec.structs.replace(RUN, target="[red]x[/nope]"))
    out = io.StringIO()
    summary(Console(file=out, soft_wrap=True), log, judged(log), {})
    assert "[red]x[/nope]" in out.getvalue()

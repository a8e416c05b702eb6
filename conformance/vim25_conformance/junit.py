"""The JUnit report, for dashboards that know only passed, failed, error and skipped.

A deviation is a failure, a failure of the suite is an error; unimplemented, undecided and skipped cases are
skipped, with the reason. Under --strict unimplemented cases are failures. Notes are the case's output.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from junitparser import Error as JUnitError
from junitparser import Failure, JUnitXml, TestCase, TestSuite
from junitparser import Skipped as JUnitSkipped

from vim25_conformance.account import Account
from vim25_conformance.binding import BINDINGS
from vim25_conformance.printable import printable
from vim25_conformance.report import NO_DEMANDS, Demands, Judged, shortfalls
from vim25_conformance.runlog import Run, RunLog
from vim25_conformance.verdict import (
    Conforms,
    Deviates,
    Error,
    Finding,
    Skipped,
    Undecided,
    Unimplemented,
    Verdict,
    notes_of,
)


def as_junit(log: RunLog, results: Sequence[Judged], demands: Demands = NO_DEMANDS) -> bytes:
    """Return the XML document, with one suite per API version and binding.

    What the demands find missing, and an early end, are failures of a suite of their own.
    """
    document = JUnitXml(name=f"vim25 conformance of {log.run.target}")
    for version, binding in log.run.columns:
        suite = TestSuite(f"{log.run.target} at {version}{log.run.over(binding)}")
        suite.timestamp = log.run.started
        suite.add_property("endpoint", log.run.endpoint)
        suite.add_property("binding", BINDINGS[binding])
        for name, value in log.run.about.get(version, {}).items():
            suite.add_property(name, printable(value))
        column = [each for each in results if (each.entry.version, each.entry.binding) == (version, binding)]
        suite.add_testcases([_testcase(judged, log.run, demands) for judged in column])
        document.add_testsuite(suite)
    if missing := [*filter(None, [log.end.stopped]), *shortfalls(results, demands)]:
        suite = TestSuite("the run as a whole")
        suite.add_testcases([_missing(why) for why in missing])
        document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]  # junitparser is partly typed
    buffer = io.BytesIO()
    document.write(buffer, pretty=True)
    return buffer.getvalue()


def _missing(why: str) -> TestCase:
    testcase = TestCase(why, "vim25.run", 0.0)
    testcase.result = [Failure(why, "RUN")]
    return testcase


def _testcase(judged: Judged, run: Run, demands: Demands) -> TestCase:
    family, _, _ = judged.entry.id.rpartition(".")
    testcase = TestCase(f"{judged.entry.id} {judged.entry.title}", f"vim25.{family}", judged.entry.seconds)
    result = _result(judged.verdict, strict=demands.strict)
    left = printable(judged.entry.left_behind)
    results = [result, JUnitError(f"not undone: {left}", "LEFT BEHIND") if left else None]
    testcase.result = [each for each in results if each is not None]
    if isinstance(result, Failure | JUnitError):
        result.text = "\n".join([result.text or "", *_account(judged.account(run))]).strip()
    if notes := notes_of(judged.verdict):
        testcase.system_out = "\n".join(f"note: {_line(each)}" for each in notes)
    return testcase


def _account(account: Account) -> list[str]:
    faults = [f"fault at {each}" for each in account.faults]
    return [*faults, *account.says, account.evidence, f"replay: {account.replay}"]


def _result(verdict: Verdict, *, strict: bool) -> JUnitError | Failure | JUnitSkipped | None:
    match verdict:
        case Conforms():
            return None
        case Deviates(oracle, findings):
            failure = Failure(f"differs from the {oracle} in {len(findings)} place(s)", "DEVIATES")
            failure.text = "\n".join(_line(finding) for finding in findings)
            return failure
        case Error(error, trace):
            mistake = JUnitError(error, "ERROR")
            mistake.text = trace
            return mistake
        case Unimplemented(method, answer):
            kind = Failure if strict else JUnitSkipped
            return kind(f"{method}: {answer}", "UNIMPLEMENTED")
        case Undecided(reason):
            return JUnitSkipped(reason, "UNDECIDED")
        case Skipped(reason):
            return JUnitSkipped(reason, "SKIPPED")


def _line(finding: Finding) -> str:
    return f"{finding.place} {finding.expected} ({finding.certainty}); found: {finding.found}"

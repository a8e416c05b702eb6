"""The JUnit report, for dashboards that know only passed, failed, error and skipped.

A deviation is a failure, a failure of the suite is an error; unimplemented, undecided and skipped cases are
skipped, with the reason.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from junitparser import Error as JUnitError
from junitparser import Failure, JUnitXml, TestCase, TestSuite
from junitparser import Skipped as JUnitSkipped

from vim25_conformance.binding import BINDINGS
from vim25_conformance.printable import printable
from vim25_conformance.report import Judged
from vim25_conformance.runlog import RunLog
from vim25_conformance.verdict import (
    Conforms,
    Deviates,
    Error,
    Finding,
    Skipped,
    Undecided,
    Unimplemented,
    Verdict,
)


def as_junit(log: RunLog, results: Sequence[Judged]) -> bytes:
    """Return the XML document, with one suite per API version and binding."""
    document = JUnitXml(name=f"vim25 conformance of {log.run.target}")
    for version, binding in log.run.columns:
        suite = TestSuite(f"{log.run.target} at {version}{log.run.over(binding)}")
        suite.timestamp = log.run.started
        suite.add_property("endpoint", log.run.endpoint)
        suite.add_property("binding", BINDINGS[binding])
        for name, value in log.run.about.get(version, {}).items():
            suite.add_property(name, printable(value))
        column = [each for each in results if (each.entry.version, each.entry.binding) == (version, binding)]
        suite.add_testcases([_testcase(judged) for judged in column])
        document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]  # junitparser is partly typed
    buffer = io.BytesIO()
    document.write(buffer, pretty=True)
    return buffer.getvalue()


def _testcase(judged: Judged) -> TestCase:
    family, _, _ = judged.entry.id.rpartition(".")
    testcase = TestCase(f"{judged.entry.id} {judged.entry.title}", f"vim25.{family}", judged.entry.seconds)
    if (result := _result(judged.verdict)) is not None:
        testcase.result = [result]
    return testcase


def _result(verdict: Verdict) -> JUnitError | Failure | JUnitSkipped | None:
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
            return JUnitSkipped(f"{method}: {answer}", "UNIMPLEMENTED")
        case Undecided(reason):
            return JUnitSkipped(reason, "UNDECIDED")
        case Skipped(reason):
            return JUnitSkipped(reason, "SKIPPED")


def _line(finding: Finding) -> str:
    return f"{finding.place} {finding.expected} ({finding.certainty}); found: {finding.found}"

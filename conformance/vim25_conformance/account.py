"""An account of a failure, the same for every report: what failed, by which evidence, how to see it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

import msgspec

from vim25_conformance.binding import SOAP
from vim25_conformance.case import Case
from vim25_conformance.outcome import Step
from vim25_conformance.printable import printable
from vim25_conformance.runlog import Entry, Ran, Run
from vim25_conformance.verdict import RECORDING, Deviates, Error, Unimplemented, Verdict

NOBODY: Final = "the target is not judged: the suite or the connection failed"
ITSELF: Final = "the target says itself that it does not have the method"


class Account(msgspec.Struct, frozen=True):
    """What a reader of a failure needs.

    `faults`: type and text of each, by step. `says`: the sentences that the case tests. `evidence`: who is
    wrong, and by which source. `replay`: the command that runs the case again.
    """

    faults: tuple[str, ...]
    says: tuple[str, ...]
    evidence: str
    replay: str


def account_of(entry: Entry, case: Case | None, verdict: Verdict, run: Run) -> Account:
    """Return the account of an entry of the run's log."""
    says = tuple(each.says for each in case.clauses) if case else ()
    return Account(tuple(_faults(entry)), says, _evidence(case, verdict), _replay(entry, case, run))


def _faults(entry: Entry) -> Iterator[str]:
    if not isinstance(entry.result, Ran):
        return
    for step in entry.result.outcome.steps:
        if step.failure:
            text = entry.result.said.get(step.name, "")
            yield printable(f"{step.name}: {step.failure.type}{_where(step)}{f': {text}' if text else ''}")


def _where(step: Step) -> str:
    return " in the task" if step.channel == "task" else ""


def _evidence(case: Case | None, verdict: Verdict) -> str:
    match verdict:
        case Deviates(oracle, findings) if oracle == RECORDING:
            return f"the target is wrong in {len(findings)} place(s), by the recording of a vCenter"
        case Deviates(_, findings):
            certainties = " and ".join(dict.fromkeys(each.certainty for each in findings))
            sources = "; ".join(dict.fromkeys(each.source for each in case.clauses)) if case else ""
            return f"the target is wrong by what is {certainties}: {sources}"
        case Error():
            return NOBODY
        case Unimplemented():
            return ITSELF
    return ""


def _replay(entry: Entry, case: Case | None, run: Run) -> str:
    scheme, separator, rest = run.endpoint.partition("://")
    target = f"{scheme}://USER@{rest}" if separator else run.target
    words = ["vim25-conformance", "replay", entry.id, "--target", target, "--api-version", entry.version]
    words += ["--binding", entry.binding] if entry.binding != SOAP else []
    if separator and case and case.touches:
        words += ["--lab", "LAB", "--allow-changes"]
    return shlex.join(words)

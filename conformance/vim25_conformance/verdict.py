"""The verdict on a case: a pure function of the case, what was seen, and the oracle.

Two oracles: the documents (the rules beside a case, and the type registry), and a recording of a real
system. Where there is a recording it decides, because a server that does what a vCenter does is right even
where a document is not. Only documented and observed statements can make a target wrong; a derived or
contested statement that does not hold becomes a note.
"""

from __future__ import annotations

from typing import Final

import msgspec

from vim25_conformance.case import Case
from vim25_conformance.comparison import differences
from vim25_conformance.expectation import Certainty, Rule, broken, lookup
from vim25_conformance.matcher import ABSENT, shown
from vim25_conformance.outcome import Outcome, Several
from vim25_conformance.runlog import Broke, Entry, NotRun, Ran
from vim25_conformance.step import ARRANGE

DOCUMENTS: Final = "documents"
RECORDING: Final = "recording"


class Finding(msgspec.Struct, frozen=True):
    """One place where something else was found than an oracle says."""

    place: str
    expected: str
    found: str
    certainty: str


class Conforms(msgspec.Struct, frozen=True, tag_field="verdict", tag="CONFORMS"):
    """Every binding statement holds. `notes`: derived and contested statements that do not."""

    oracle: str
    notes: tuple[Finding, ...] = ()


class Deviates(msgspec.Struct, frozen=True, tag_field="verdict", tag="DEVIATES"):
    """The target differs from an oracle, in these places."""

    oracle: str
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()


class Unimplemented(msgspec.Struct, frozen=True, tag_field="verdict", tag="UNIMPLEMENTED"):
    """The target says that it does not have the method."""

    method: str
    answer: str


class Undecided(msgspec.Struct, frozen=True, tag_field="verdict", tag="UNDECIDED"):
    """Nothing binding is known; the outcome is on record. `notes`: other statements that do not hold."""

    reason: str
    notes: tuple[Finding, ...] = ()


class Skipped(msgspec.Struct, frozen=True, tag_field="verdict", tag="SKIPPED"):
    """The case was not carried out."""

    reason: str


class Error(msgspec.Struct, frozen=True, tag_field="verdict", tag="ERROR"):
    """The suite failed; nothing is said about the target."""

    error: str
    trace: str = ""


Verdict = Conforms | Deviates | Unimplemented | Undecided | Skipped | Error

PLAIN: Final = frozenset({"MethodNotFound", "NotImplemented"})
VEILED: Final = PLAIN | {"InvalidRequest", "NotSupported"}
"""Faults by which a server says that it has no such method: the plain ones say nothing else; the veiled
ones, on the call of a request that pyVmomi made and that is hence well-formed, say so where no rule expects
them."""

WORST_FIRST: Final[tuple[type[Verdict], ...]] = (Error, Deviates, Unimplemented, Undecided, Skipped, Conforms)


def name(verdict: Verdict | type[Verdict]) -> str:
    """The verdict's name, in capitals."""
    return str(verdict.__struct_config__.tag)


def judge(case: Case | None, entry: Entry, recording: Entry | None = None) -> Verdict:
    """The verdict on an entry of a log; `case` None when this suite does not have it."""
    match entry.result:
        case NotRun(reason):
            return Skipped(reason)
        case Broke(error, trace):
            return Error(error, trace)
        case Ran(outcome):
            if recording is not None and isinstance(recording.result, Ran):
                return _by_recording(outcome, recording.result.outcome)
            return _by_documents(case, outcome)


def _by_recording(outcome: Outcome, recorded: Outcome) -> Verdict:
    found = tuple(
        Finding(each.path, shown(each.right), shown(each.left), Certainty.OBSERVED.value)
        for each in differences(outcome, recorded)
    )
    if not found:
        return Conforms(RECORDING)
    return unimplemented(outcome, VEILED) or Deviates(RECORDING, found)


def _by_documents(case: Case | None, outcome: Outcome) -> Verdict:
    if case is None:
        return Undecided("this suite has no such case")
    if missing := unimplemented(outcome, PLAIN):
        return missing
    failed = broken(case.rules, outcome)
    findings = _stop(outcome) + _breaches(outcome) + _findings(failed, outcome, binding=True)
    notes = _findings(failed, outcome, binding=False)
    if not case.certainty.binding and not findings:
        return Undecided("no documented or observed statement", notes)
    if not findings:
        return Conforms(DOCUMENTS, notes)
    return unimplemented(outcome, VEILED) or Deviates(DOCUMENTS, findings, notes)


def _findings(rules: tuple[Rule, ...], outcome: Outcome, *, binding: bool) -> tuple[Finding, ...]:
    return tuple(
        Finding(rule.place, str(rule.matcher), _found(outcome, rule.place), rule.certainty.value)
        for rule in rules
        if rule.certainty.binding is binding
    )


def _found(outcome: Outcome, place: str) -> str:
    found = lookup(outcome, place)
    return "nothing" if found is ABSENT else shown(found)


def _stop(outcome: Outcome) -> tuple[Finding, ...]:
    """The case could not be carried through because a call around it failed."""
    step = outcome.step(ARRANGE)
    if step is None:
        return ()
    return (Finding(step.method, "answers", shown(step.failure or step.reply), Certainty.DOCUMENTED.value),)


def _breaches(outcome: Outcome) -> tuple[Finding, ...]:
    """Answers that the API's types do not allow."""
    complaints = outcome.facts.get("complaints")
    breaches = complaints.items if isinstance(complaints, Several) else ()
    expected = "is what the API's types allow"
    return tuple(Finding("wire", expected, str(each), Certainty.OBSERVED.value) for each in breaches)


def unimplemented(outcome: Outcome, faults: frozenset[str]) -> Unimplemented | None:
    """The first call that was answered with one of the faults that mean that the method is not there."""
    for step in outcome.steps:
        fault = step.failure
        if fault and fault.type in faults and step.channel == "call" and step.method != "POST":
            return Unimplemented(step.method, shown(fault))
    return None

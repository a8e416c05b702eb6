"""The verdict on a case: a pure function of the case, its outcome, and the oracle.

Two oracles: the documents (the rules of a case, and the type registry), and a recording of a real system. A
recording takes precedence, because a server that behaves like a vCenter is right even where a document is
wrong. Only documented and observed statements can make a target wrong; a derived or contested statement that
does not hold becomes a note.
"""

from __future__ import annotations

from typing import Final

import msgspec

from vim25_conformance.case import Case
from vim25_conformance.difference import differences
from vim25_conformance.expectation import Certainty, Rule, best_certainty, broken, lookup
from vim25_conformance.matcher import ABSENT, shown
from vim25_conformance.outcome import UNSETTLED, Fault, Outcome, Several, Step
from vim25_conformance.printable import printable
from vim25_conformance.runlog import Broke, Entry, NotRun, Ran
from vim25_conformance.step import ARRANGE

DOCUMENTS: Final = "documents"
RECORDING: Final = "recording"


class Finding(msgspec.Struct, frozen=True):
    """One place where the outcome differs from an oracle."""

    place: str
    expected: str
    found: str
    certainty: str


class Conforms(msgspec.Struct, frozen=True, tag_field="verdict", tag="CONFORMS"):
    """Every binding statement holds. `notes`: derived and contested statements that do not."""

    oracle: str
    notes: tuple[Finding, ...] = ()


class Deviates(msgspec.Struct, frozen=True, tag_field="verdict", tag="DEVIATES"):
    """The target differs from an oracle in these places."""

    oracle: str
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()


class Unimplemented(msgspec.Struct, frozen=True, tag_field="verdict", tag="UNIMPLEMENTED"):
    """The target says that it does not have the method."""

    method: str
    answer: str


class Undecided(msgspec.Struct, frozen=True, tag_field="verdict", tag="UNDECIDED"):
    """No binding statement exists; the outcome is recorded. `notes`: other statements that do not hold."""

    reason: str
    notes: tuple[Finding, ...] = ()


class Skipped(msgspec.Struct, frozen=True, tag_field="verdict", tag="SKIPPED"):
    """The case was not run."""

    reason: str


class Error(msgspec.Struct, frozen=True, tag_field="verdict", tag="ERROR"):
    """The suite failed; the target is not judged."""

    error: str
    trace: str = ""


Verdict = Conforms | Deviates | Unimplemented | Undecided | Skipped | Error

#: Faults that always mean that the server does not have the method.
UNAMBIGUOUS: Final = frozenset({"MethodNotFound", "NotImplemented"})
#: Faults that also mean this where no rule expects them: pyVmomi made the request, so it is valid.
AMBIGUOUS: Final = UNAMBIGUOUS | {"InvalidRequest", "NotSupported"}

NO_PERMISSION: Final = "NoPermission"

WORST_FIRST: Final[tuple[type[Verdict], ...]] = (Error, Deviates, Unimplemented, Undecided, Skipped, Conforms)


def name(verdict: Verdict | type[Verdict]) -> str:
    """Return the verdict's name, in capitals."""
    return str(verdict.__struct_config__.tag)


def notes_of(verdict: Verdict) -> tuple[Finding, ...]:
    """Return the derived and contested statements that do not hold."""
    return verdict.notes if isinstance(verdict, Conforms | Deviates | Undecided) else ()


def judge(case: Case | None, entry: Entry, recording: Entry | None = None) -> Verdict:
    """Return the verdict on an entry of a log; `case` is None if this suite does not have it."""
    match entry.result:
        case NotRun(reason):
            return Skipped(printable(reason))
        case Broke(error, trace):
            return Error(printable(error), printable(trace))
        case Ran(outcome):
            if outcome.broken:
                return Error(printable(outcome.broken))
            if why := lacking_privilege(case, outcome, recording):
                return Skipped(why)
            return _by_oracle(case, entry.binding, outcome, recording)


def lacking_privilege(case: Case | None, outcome: Outcome, recording: Entry | None = None) -> str:
    """Return which privilege the suite's own user lacks, empty if none.

    That is a NoPermission that no rule of the case is about, and that was not recorded either. A case of
    another user is about privileges.
    """
    if case is None or case.needs.user:
        return ""
    recorded = recording.result.outcome if recording and isinstance(recording.result, Ran) else Outcome()
    for step in outcome.steps:
        fault = step.failure
        if fault is None or NO_PERMISSION not in fault.lineage or _expected(case, step, fault):
            continue
        if (other := recorded.step(step.name)) is None or other.failure is None:
            privilege, entity = shown(fault.fields.get("privilegeId")), shown(fault.fields.get("object"))
            return f"the user of the suite lacks the privilege {privilege} on {entity} ({step.method})"
    return ""


def _expected(case: Case, step: Step, fault: Fault) -> bool:
    """Whether a rule accepts the fault of the step."""
    return any(rule.place == f"{step.name}.failure" and rule.matcher.holds(fault) for rule in case.rules)


def _by_oracle(case: Case | None, binding: str, outcome: Outcome, recording: Entry | None) -> Verdict:
    recorded = recording.result.outcome if recording and isinstance(recording.result, Ran) else None
    if recorded is not None and not recorded.broken:
        return _by_recording(outcome, recorded)
    return _by_documents(case, outcome, binding)


def _by_recording(outcome: Outcome, recorded: Outcome) -> Verdict:
    findings = tuple(
        Finding(printable(each.path), shown(each.right), shown(each.left), Certainty.OBSERVED.value)
        for each in differences(outcome, recorded)
    )
    if not findings:
        return Conforms(RECORDING)
    return unimplemented(outcome, AMBIGUOUS) or Deviates(RECORDING, findings)


def _by_documents(case: Case | None, outcome: Outcome, binding: str) -> Verdict:
    if case is None:
        return Undecided("this suite has no such case")
    if missing := unimplemented(outcome, UNAMBIGUOUS):
        return missing
    rules = case.rules_over(binding)
    failed = broken(rules, outcome)
    findings = _stop(outcome) + _breaches(outcome) + _findings(failed, outcome, binding=True)
    notes = _findings(failed, outcome, binding=False) + _unsettled(outcome)
    if not best_certainty(rules).binding and not findings:
        return Undecided("no documented or observed statement", notes)
    if not findings:
        return Conforms(DOCUMENTS, notes)
    return unimplemented(outcome, AMBIGUOUS) or Deviates(DOCUMENTS, findings, notes)


def _findings(rules: tuple[Rule, ...], outcome: Outcome, *, binding: bool) -> tuple[Finding, ...]:
    return tuple(
        Finding(rule.place, str(rule.matcher), _found(outcome, rule.place), rule.certainty.value)
        for rule in rules
        if rule.certainty.binding is binding
    )


def _found(outcome: Outcome, place: str) -> str:
    value = lookup(outcome, place)
    return "nothing" if value is ABSENT else shown(value)


def _stop(outcome: Outcome) -> tuple[Finding, ...]:
    """Return a finding if a call around the steps failed, so that the case could not be completed."""
    step = outcome.step(ARRANGE)
    if step is None:
        return ()
    return (Finding(step.method, "succeeds", shown(step.failure or step.reply), Certainty.DOCUMENTED.value),)


def _unsettled(outcome: Outcome) -> tuple[Finding, ...]:
    """Return a note if a state was not reached in time; no document says how long that may take."""
    found = outcome.facts.get(UNSETTLED)
    if found is None:
        return ()
    return (Finding("the state of the pair", "is reached in time", shown(found), Certainty.DERIVED.value),)


def _breaches(outcome: Outcome) -> tuple[Finding, ...]:
    """Return findings for responses that the API's types do not allow."""
    complaints = outcome.facts.get("complaints")
    breaches = complaints.items if isinstance(complaints, Several) else ()
    expected = "conforms to the types of the API"
    return tuple(
        Finding("wire", expected, printable(str(each)), Certainty.OBSERVED.value) for each in breaches
    )


def unimplemented(outcome: Outcome, faults: frozenset[str]) -> Unimplemented | None:
    """Return the first call that failed with one of the faults that mean that the method does not exist."""
    for step in outcome.steps:
        fault = step.failure
        if fault and fault.type in faults and step.channel == "call" and not step.is_raw:
            return Unimplemented(step.method, shown(fault))
    return None

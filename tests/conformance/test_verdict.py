from __future__ import annotations

from dataclasses import replace

from vim25_conformance.case import Case, registry
from vim25_conformance.expectation import contested, derived, documented, observed
from vim25_conformance.matcher import Is, fault
from vim25_conformance.outcome import UNSETTLED, Fault, Faulted, Outcome, Returned, Several, Step
from vim25_conformance.runlog import Broke, Entry, NotRun, Ran
from vim25_conformance.verdict import (
    RECORDING,
    Conforms,
    Deviates,
    Error,
    Skipped,
    Undecided,
    Unimplemented,
    judge,
)


def _fault(*lineage: str) -> Faulted:
    return Faulted(Fault((*lineage, "MethodFault"), {}))


def _case(*rules: object) -> Case:
    return replace(registry()["FT.CREATE.001"], rules=rules)  # type: ignore[arg-type]


def _entry(*steps: Step, **facts: Several) -> Entry:
    return Entry("FT.CREATE.001", "8.0.2.0", "title", Ran(Outcome(steps, facts=dict(facts))))


GOOD = Step("read", "Fetch", Returned("right"))
BAD = Step("read", "Fetch", Returned("wrong"))
RIGHT = documented("read.reply.value", Is("right"))
GUESS = derived("read.reply.value", Is("left"))


def test_what_the_documents_say_is_true() -> None:
    assert isinstance(judge(_case(RIGHT), _entry(GOOD)), Conforms)


def test_a_derived_statement_is_only_a_note() -> None:
    verdict = judge(_case(RIGHT, GUESS), _entry(GOOD))
    assert isinstance(verdict, Conforms)
    assert [note.expected for note in verdict.notes] == ["is left"]


def test_a_state_that_was_not_reached_in_time_is_a_note() -> None:
    outcome = Outcome((GOOD,), facts={UNSETTLED: "starting after 30 s, not running"})
    verdict = judge(_case(RIGHT), Entry("FT.CREATE.001", "8.0.2.0", "title", Ran(outcome)))
    assert isinstance(verdict, Conforms)
    assert [note.found for note in verdict.notes] == ["starting after 30 s, not running"]


def test_a_contested_statement_is_only_a_note() -> None:
    disputed = contested("read.reply.value", Is("left"))
    verdict = judge(_case(RIGHT, disputed), _entry(GOOD))
    assert isinstance(verdict, Conforms)
    assert [(note.expected, note.certainty) for note in verdict.notes] == [("is left", "contested")]
    assert isinstance(judge(_case(disputed), _entry(GOOD)), Undecided)


def test_a_documented_and_an_observed_statement_bind() -> None:
    for rule in (RIGHT, observed("read.reply.value", Is("right"))):
        verdict = judge(_case(rule), _entry(BAD))
        assert isinstance(verdict, Deviates)
        assert verdict.findings[0].found == "wrong"


def test_derived_statements_alone_decide_nothing() -> None:
    assert isinstance(judge(_case(GUESS), _entry(GOOD)), Undecided)
    assert isinstance(judge(_case(GUESS), _entry(Step("read", "Fetch", Returned("left")))), Undecided)


def test_a_method_that_is_not_there_is_unimplemented_even_if_no_rule_is_broken() -> None:
    verdict = judge(
        _case(), _entry(Step("create", "CreateSecondaryVM_Task", _fault("MethodNotFound", "RuntimeFault")))
    )
    assert verdict == Unimplemented("CreateSecondaryVM_Task", "MethodNotFound")


def test_a_veiled_refusal_is_unimplemented_only_where_it_is_not_expected() -> None:
    step = Step("create", "CreateSecondaryVM_Task", _fault("InvalidRequest", "RuntimeFault"))
    expected = observed("create.failure", fault("InvalidRequest"))
    assert isinstance(judge(_case(expected), _entry(step)), Conforms)
    assert isinstance(judge(_case(RIGHT), _entry(step)), Unimplemented)


def test_a_refusal_of_raw_bytes_says_nothing_of_methods() -> None:
    step = Step("post", "POST", _fault("InvalidRequest", "RuntimeFault"))
    assert isinstance(judge(_case(RIGHT), _entry(step)), Deviates)


def test_an_answer_that_the_types_do_not_allow_deviates() -> None:
    verdict = judge(
        _case(RIGHT), _entry(GOOD, complaints=Several(("Fetch: returnval: type X is not in vim25",)))
    )
    assert isinstance(verdict, Deviates)
    assert verdict.findings[0].place == "wire"


def test_a_case_that_could_not_be_carried_through_deviates() -> None:
    stop = Step("arrange", "CreatePropertyCollector", _fault("InvalidState", "VimFault"))
    assert isinstance(judge(_case(), _entry(stop)), Deviates)


def test_skipped_and_error_are_about_the_run() -> None:
    entry = _entry()
    assert judge(_case(), replace_result(entry, NotRun("why"))) == Skipped("why")
    assert judge(_case(), replace_result(entry, Broke("TypeError: x", "trace"))) == Error(
        "TypeError: x", "trace"
    )


def replace_result(entry: Entry, result: NotRun | Broke) -> Entry:
    return Entry(entry.id, entry.version, entry.title, result)


def test_a_case_that_this_suite_does_not_have_is_undecided() -> None:
    assert isinstance(judge(None, _entry(GOOD)), Undecided)


def test_a_recording_outweighs_the_documents() -> None:
    assert judge(_case(RIGHT), _entry(BAD), _entry(BAD)) == Conforms(RECORDING)
    verdict = judge(_case(RIGHT), _entry(GOOD), _entry(BAD))
    assert isinstance(verdict, Deviates)
    assert (verdict.oracle, verdict.findings[0].expected, verdict.findings[0].found) == (
        RECORDING,
        "wrong",
        "right",
    )


def test_a_recording_of_a_case_that_was_skipped_is_none() -> None:
    assert isinstance(judge(_case(RIGHT), _entry(GOOD), replace_result(_entry(), NotRun("why"))), Conforms)

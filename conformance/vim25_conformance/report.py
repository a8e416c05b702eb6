"""A run log with its verdicts, for all reports and for the exit status. Pure functions of logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from vim25_conformance import verdict as verdicts
from vim25_conformance.account import Account, account_of
from vim25_conformance.case import Case, registry
from vim25_conformance.runlog import Entry, Key, Ran, Run, RunLog, key_of
from vim25_conformance.verdict import (
    WORST_FIRST,
    Conforms,
    Deviates,
    Error,
    Unimplemented,
    Verdict,
    judge,
    notes_of,
)

OK: Final = 0
DEVIATIONS: Final = 1
SUITE_ERROR: Final = 3
LEFT_BEHIND: Final = 4
INTERRUPTED: Final = 130


@dataclass(frozen=True)
class Demands:
    """What a run has to show besides no deviation, which a job of CI demands of it.

    `strict`: nothing is unimplemented, no case has notes, and something was run. `min_run`: so many cases
    were run.
    """

    strict: bool = False
    min_run: int = 0


@dataclass(frozen=True)
class Judged:
    """An entry of a log, its case if this suite has it, and the verdict."""

    entry: Entry
    case: Case | None
    verdict: Verdict

    @property
    def name(self) -> str:
        """Return the verdict's name."""
        return verdicts.name(self.verdict)

    @property
    def failed(self) -> bool:
        """Whether it neither conforms nor was left out."""
        return isinstance(self.verdict, Deviates | Error | Unimplemented)

    def account(self, run: Run) -> Account:
        """Return what a reader of a failure needs."""
        return account_of(self.entry, self.case, self.verdict, run)


def judged(log: RunLog, recording: RunLog | None = None) -> list[Judged]:
    """Return every entry with its verdict; the oracle is `recording`, the log of a real system, if given."""
    recorded = _comparable(log, recording) if recording else {}
    cases = registry()
    return [
        Judged(entry, case := cases.get(entry.id), judge(case, entry, recorded.get(key_of(entry))))
        for entry in log.entries
    ]


def _comparable(log: RunLog, recording: RunLog) -> dict[Key, Entry]:
    """Return what was recorded of a server of the same API version as the log's, by key."""
    same = {
        version
        for version, about in log.run.about.items()
        if about.get("apiVersion") == recording.run.about.get(version, {}).get("apiVersion")
    }
    return {key: entry for key, entry in recording.by_key().items() if entry.version in same}


def decided_by(results: Iterable[Judged], oracle: str) -> int:
    """Return how many verdicts an oracle decided."""
    verdicts_of_it = (judged.verdict for judged in results)
    return sum(isinstance(each, Conforms | Deviates) and each.oracle == oracle for each in verdicts_of_it)


def worst_first(results: Iterable[Judged]) -> list[Judged]:
    """Return them by verdict, worst first, and within a verdict in the order of the log."""
    rank = {verdicts.name(kind): index for index, kind in enumerate(WORST_FIRST)}
    return sorted(results, key=lambda judged: rank[judged.name])


def counts(results: Iterable[Judged]) -> dict[str, int]:
    """Return the number of each verdict that occurs, worst first."""
    counted = Counter(judged.name for judged in results)
    return {
        verdicts.name(kind): counted[verdicts.name(kind)]
        for kind in WORST_FIRST
        if counted[verdicts.name(kind)]
    }


NO_DEMANDS: Final = Demands()


def shortfalls(results: Sequence[Judged], demands: Demands) -> tuple[str, ...]:
    """Return what the demands find missing, in words; empty if nothing."""
    ran = sum(isinstance(judged.entry.result, Ran) for judged in results)
    unimplemented = sum(isinstance(judged.verdict, Unimplemented) for judged in results)
    noted = sum(bool(notes_of(judged.verdict)) for judged in results)
    missing = (
        (demands.strict and unimplemented, f"--strict: the target lacks what {unimplemented} case(s) need"),
        (demands.strict and noted, f"--strict: {noted} case(s) have notes"),
        (demands.strict and not ran, "--strict: no case was run"),
        (ran < demands.min_run, f"--min-run {demands.min_run}: {ran} case(s) were run"),
    )
    return tuple(why for is_missing, why in missing if is_missing)


def exit_status(log: RunLog, results: Sequence[Judged], demands: Demands = NO_DEMANDS) -> int:
    """Return the first of these that applies, 0 if none does.

    130: interrupted. 4: something is left behind. 3: the suite or the connection failed. 1: something
    deviates, or a demand is not met.
    """
    kinds = {type(judged.verdict) for judged in results}
    statuses = (
        (log.end.interrupted, INTERRUPTED),
        (any(judged.entry.left_behind for judged in results), LEFT_BEHIND),
        (Error in kinds or log.end.stopped, SUITE_ERROR),
        (Deviates in kinds or shortfalls(results, demands), DEVIATIONS),
    )
    return next((status for applies, status in statuses if applies), OK)


def as_json(log: RunLog, results: Sequence[Judged], demands: Demands = NO_DEMANDS) -> bytes:
    """Return the verdicts for programs: the run, the counts, and one object per entry of the log."""
    document = {
        "run": msgspec.to_builtins(log.run),
        "end": msgspec.to_builtins(log.end),
        "counts": counts(results),
        "exit_status": exit_status(log, results, demands),
        "shortfalls": shortfalls(results, demands),
        "cases": [_json(judged, log.run) for judged in results],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _json(judged: Judged, run: Run) -> dict[str, Any]:
    entry = judged.entry
    clauses = [clause.id for clause in judged.case.clauses] if judged.case else []
    verdict = msgspec.to_builtins(judged.verdict)
    key = {"id": entry.id, "version": entry.version, "binding": entry.binding}
    place = {**key, "title": entry.title, "clauses": clauses}
    account = msgspec.to_builtins(judged.account(run)) if judged.failed else {}
    return {**place, **verdict, **account, "seconds": entry.seconds, "left_behind": entry.left_behind}

"""A run log with its verdicts, for all reports and for the exit status. Pure functions of logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from vim25_conformance import verdict as verdicts
from vim25_conformance.case import Case, registry
from vim25_conformance.runlog import Entry, RunLog, key_of
from vim25_conformance.verdict import WORST_FIRST, Deviates, Error, Verdict, judge

OK: Final = 0
DEVIATIONS: Final = 1
SUITE_ERROR: Final = 3
INTERRUPTED: Final = 130


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


def judged(log: RunLog, recording: RunLog | None = None) -> list[Judged]:
    """Return every entry with its verdict; the oracle is `recording`, the log of a real system, if given."""
    recorded = recording.by_key() if recording else {}
    cases = registry()
    return [
        Judged(entry, case := cases.get(entry.id), judge(case, entry, recorded.get(key_of(entry))))
        for entry in log.entries
    ]


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


def exit_status(log: RunLog, results: Sequence[Judged]) -> int:
    """Return 0: nothing deviates. 1: something deviates. 3: the suite failed. 130: interrupted."""
    if log.end.interrupted:
        return INTERRUPTED
    if any(isinstance(judged.verdict, Error) for judged in results):
        return SUITE_ERROR
    return DEVIATIONS if any(isinstance(judged.verdict, Deviates) for judged in results) else OK


def as_json(log: RunLog, results: Sequence[Judged]) -> bytes:
    """Return the verdicts for programs: the run, the counts, and one object per entry of the log."""
    document = {
        "run": msgspec.to_builtins(log.run),
        "end": msgspec.to_builtins(log.end),
        "counts": counts(results),
        "exit_status": exit_status(log, results),
        "cases": [_json(judged) for judged in results],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _json(judged: Judged) -> dict[str, Any]:
    entry = judged.entry
    clauses = [clause.id for clause in judged.case.clauses] if judged.case else []
    verdict = msgspec.to_builtins(judged.verdict)
    key = {"id": entry.id, "version": entry.version, "binding": entry.binding}
    place = {**key, "title": entry.title, "clauses": clauses}
    return {**place, **verdict, "seconds": entry.seconds, "left_behind": entry.left_behind}

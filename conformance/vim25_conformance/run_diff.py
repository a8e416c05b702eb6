"""Two runs joined: for each case, whether the two targets did the same. A pure function of two logs."""

from __future__ import annotations

from collections import Counter
from typing import Final

import msgspec

from vim25_conformance.binding import BINDINGS, SOAP
from vim25_conformance.case import registry
from vim25_conformance.difference import differences
from vim25_conformance.matcher import shown
from vim25_conformance.runlog import Entry, Ran, Run, RunLog
from vim25_conformance.verdict import Unimplemented, judge, name

EQUAL: Final = "equal"
DIFFERENT: Final = "different"
NEITHER: Final = "run on neither"
_UNIMPLEMENTED_BY_BOTH: Final = "UNIMPLEMENTED by both"


class Shown(msgspec.Struct, frozen=True):
    """A difference as text."""

    path: str
    left: str
    right: str


class Row(msgspec.Struct, frozen=True):
    """One case: how the two sides compare, the verdict on each, and their differences."""

    key: str
    title: str
    state: str
    left: str
    right: str
    differences: tuple[Shown, ...] = ()


class RunDiff(msgspec.Struct, frozen=True):
    """Two runs side by side."""

    left: str
    right: str
    rows: tuple[Row, ...]

    def counts(self) -> dict[str, int]:
        """Return the number of rows in each state, most frequent first."""
        return dict(Counter(row.state for row in self.rows).most_common())

    @property
    def equal(self) -> bool:
        """Whether the two sides of every row are equal."""
        return all(row.state in (EQUAL, NEITHER, _UNIMPLEMENTED_BY_BOTH) for row in self.rows)


def diff(left: RunLog, right: RunLog) -> RunDiff:
    """Join two logs by case, API version and binding.

    What each log has only one of is no part of the key, whether it is the same in both or not.
    """
    versions = any(len(log.run.versions) > 1 for log in (left, right))
    bindings = any(len(log.run.bindings) > 1 for log in (left, right))
    ours, theirs = _keyed(left, versions, bindings), _keyed(right, versions, bindings)
    keys = sorted({**ours, **theirs})
    rows = tuple(
        _row(key, ours.get(key), theirs.get(key), names) for names in [_names(left, right)] for key in keys
    )
    return RunDiff(*_names(left, right), rows)


def _names(left: RunLog, right: RunLog) -> tuple[str, str]:
    """Return the targets' names, extended if they are the same."""
    runs = left.run, right.run
    plain = left.run.bindings == right.run.bindings == (SOAP,)
    ours, theirs = (run.target if plain else f"{run.target} over {_bindings(run)}" for run in runs)
    if ours != theirs:
        return ours, theirs
    return f"{ours} {' '.join(left.run.versions)} (1)", f"{theirs} {' '.join(right.run.versions)} (2)"


def _bindings(run: Run) -> str:
    return " and ".join(BINDINGS[each] for each in run.bindings)


def _keyed(log: RunLog, versions: bool, bindings: bool) -> dict[str, Entry]:
    def key(entry: Entry) -> str:
        at = f" at {entry.version}" if versions else ""
        over = f" over {BINDINGS[entry.binding]}" if bindings else ""
        return entry.id + at + over

    return {key(entry): entry for entry in log.entries}


def _row(key: str, left: Entry | None, right: Entry | None, names: tuple[str, str]) -> Row:
    title = next(entry.title for entry in (left, right) if entry is not None)
    verdicts = _verdict(left), _verdict(right)
    return Row(key, title, _state(left, right, verdicts, names), *verdicts, _differences(left, right))


def _verdict(entry: Entry | None) -> str:
    return name(judge(registry().get(entry.id), entry)) if entry else "absent"


def _state(left: Entry | None, right: Entry | None, verdicts: tuple[str, str], names: tuple[str, str]) -> str:
    missing = [side for side, verdict in zip(names, verdicts, strict=True) if verdict == name(Unimplemented)]
    if missing:
        return f"UNIMPLEMENTED by {missing[0]}" if len(missing) == 1 else _UNIMPLEMENTED_BY_BOTH
    idle = [
        side
        for side, entry in zip(names, (left, right), strict=True)
        if entry is None or not isinstance(entry.result, Ran)
    ]
    if idle:
        return f"not run on {idle[0]}" if len(idle) == 1 else NEITHER
    return DIFFERENT if _differences(left, right) else EQUAL


def _differences(left: Entry | None, right: Entry | None) -> tuple[Shown, ...]:
    if left is None or right is None or not isinstance(left.result, Ran) or not isinstance(right.result, Ran):
        return ()
    found = differences(left.result.outcome, right.result.outcome, wire=left.binding == right.binding)
    return tuple(Shown(each.path, shown(each.left), shown(each.right)) for each in found)

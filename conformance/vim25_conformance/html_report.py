"""The HTML reports: self-contained files that load nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from vim25_conformance.binding import BINDINGS
from vim25_conformance.matcher import shown
from vim25_conformance.outcome import Data, Fault, Outcome, Several, Value
from vim25_conformance.report import Judged, counts, worst_first
from vim25_conformance.run_diff import RunDiff
from vim25_conformance.runlog import Ran, RunLog
from vim25_conformance.verdict import WORST_FIRST, Deviates, Error, Unimplemented, name, notes_of

_FAMILIES: Final = {
    "FT.AGREE": "CreateSecondaryVM_Task and its successor",
    "FT.ARRANGED": "Creating a secondary of a new VM",
    "FT.CONFIG": "Configuration",
    "FT.CREATE": "Creating a secondary",
    "FT.CREATEEX": "The successor, CreateSecondaryVMEx_Task",
    "FT.DEPR": "Versions and deprecation",
    "FT.DRS": "Powering the secondary on: DRS and HA",
    "FT.FAILOVER": "Test failover",
    "FT.FAULT": "Faults",
    "FT.FORBID": "Forbidden operations",
    "FT.HA": "Disabled HA",
    "FT.OFF": "Turning Fault Tolerance off",
    "FT.POWER": "Power operations on a pair",
    "FT.PRIV": "Privileges",
    "FT.QUERY": "Compatibility queries",
    "FT.RESTART": "Test restart of the secondary",
    "FT.RESULT": "Task result",
    "FT.RESUME": "Resuming Fault Tolerance",
    "FT.SUSPEND": "Suspending Fault Tolerance",
    "PC": "Property collector",
    "SESSION": "Sessions",
    "TASK": "Tasks",
    "WIRE": "SOAP wire",
    "WIRE.JSON": "VI/JSON wire",
}
#: A symbol beside every color, for readers who do not see the color.
_GLYPHS: Final = {
    "ERROR": "!",
    "DEVIATES": "✕",
    "UNIMPLEMENTED": "○",
    "UNDECIDED": "?",
    "SKIPPED": "–",
    "CONFORMS": "✓",
}


@dataclass(frozen=True)
class Family:
    """Cases whose ids have the same prefix."""

    id: str
    title: str
    cases: list[Judged]
    tally: dict[str, int]


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("vim25_conformance"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        glyphs=_GLYPHS, verdicts=[name(kind) for kind in WORST_FIRST], bindings=BINDINGS, notes_of=notes_of
    )
    environment.filters.update(shown=shown, tree=_tree, tag=_tag, coded=_coded)
    return environment


def _tag(value: msgspec.Struct) -> str:
    return str(value.__struct_config__.tag)


def _coded(text: str) -> Markup:
    """Mark up words between backticks as code."""
    return Markup(re.sub(r"`(.+?)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def _tree(value: Any) -> list[tuple[str, str]]:
    """Return a value as lines of (indented name, text)."""
    return list(_lines(value, 0))


def _lines(value: Any, depth: int) -> Iterator[tuple[str, str]]:
    for key, child in _children(value):
        inner = list(_children(child))
        yield "  " * depth + key, _head(child) if inner else shown(child)
        yield from _lines(child, depth + 1)


def _head(value: Value | Any) -> str:
    match value:
        case Fault(lineage):
            return " < ".join(lineage)
        case Data(type):
            return type
    return ""


def _children(value: Any) -> list[tuple[str, Any]]:
    match value:
        case Fault() | Data():
            return list(value.fields.items())
        case Several(items):
            return [("-", item) for item in items]
        case dict():
            return list(value.items())
    return []


def outcome_of(judged: Judged) -> Outcome | None:
    """Return the outcome of the case, None if it was not run."""
    return judged.entry.result.outcome if isinstance(judged.entry.result, Ran) else None


def _families(results: Sequence[Judged]) -> list[Family]:
    grouped: dict[str, list[Judged]] = {}
    for judged in results:
        grouped.setdefault(judged.entry.id.rpartition(".")[0], []).append(judged)
    return [
        Family(key, _FAMILIES.get(key, key), worst_first(cases), counts(cases))
        for key, cases in grouped.items()
    ]


def _matrix(results: Sequence[Judged]) -> dict[str, dict[tuple[str, str], Judged]]:
    rows: dict[str, dict[tuple[str, str], Judged]] = {}
    for judged in results:
        rows.setdefault(judged.entry.id, {})[judged.entry.version, judged.entry.binding] = judged
    return rows


def run_page(log: RunLog, results: Sequence[Judged]) -> bytes:
    """Return the report of one run, with a matrix if it has several API versions or bindings."""
    page = (
        _environment()
        .get_template("run.html")
        .render(
            log=log,
            total=len(results),
            tally=counts(results),
            families=_families(results),
            attention=[
                judged for judged in worst_first(results) if isinstance(judged.verdict, Deviates | Error)
            ],
            undone=[entry for entry in log.entries if entry.left_behind],
            missing=Counter(
                judged.verdict.method for judged in results if isinstance(judged.verdict, Unimplemented)
            ),
            matrix=_matrix(results) if len(log.run.columns) > 1 else {},
            outcome_of=outcome_of,
        )
    )
    return page.encode()


def diff_page(diff: RunDiff, left: RunLog, right: RunLog) -> bytes:
    """Return the report of a comparison."""
    page = (
        _environment()
        .get_template("diff.html")
        .render(
            diff=diff,
            tally=diff.counts(),
            total=len(diff.rows),
            logs=[(diff.left, left), (diff.right, right)],
        )
    )
    return page.encode()

"""Output for terminals: rich decides on color, honoring NO_COLOR."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import click
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from vim25_conformance.account import Account
from vim25_conformance.binding import BINDINGS, JSON, SOAP
from vim25_conformance.conversation import Exchange, indented
from vim25_conformance.planning import Planned, tally
from vim25_conformance.redaction import redact_text
from vim25_conformance.report import NO_DEMANDS, Demands, Judged, counts, decided_by, shortfalls, worst_first
from vim25_conformance.run_diff import DIFFERENT, RunDiff
from vim25_conformance.runlog import Entry, Ran, Run, RunLog
from vim25_conformance.verdict import (
    RECORDING,
    Conforms,
    Deviates,
    Error,
    Finding,
    Skipped,
    Undecided,
    Unimplemented,
    notes_of,
)

STYLE: Final = {
    "ERROR": "bold white on red",
    "DEVIATES": "bold red",
    "UNIMPLEMENTED": "magenta",
    "UNDECIDED": "yellow",
    "SKIPPED": "dim",
    "CONFORMS": "green",
}
#: Verdicts that are summarized, not shown case by case.
QUIET: Final = frozenset({"CONFORMS", "SKIPPED", "UNDECIDED", "UNIMPLEMENTED"})


#: Findings that are shown of a case, so that it takes at most twelve lines; cases whose notes are shown.
FINDINGS: Final = 3
NOTED: Final = 20


def console(*, stderr: bool = False) -> Console:
    """Return a console that neither highlights nor wraps its output."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


@contextmanager
def progress(total: int) -> Iterator[Any]:
    """Show a progress bar on standard error if it is a terminal; yield the callback that advances it."""
    screen = console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("starting", total=total)

        def done(entry: Entry) -> None:
            bar.update(
                task, advance=1, description=f"{entry.id} at {entry.version} ({BINDINGS[entry.binding]})"
            )

        yield done


def _label(verdict: str) -> Text:
    return Text(verdict, style=STYLE[verdict])


def summary(
    screen: Console,
    log: RunLog,
    results: Sequence[Judged],
    files: dict[str, Path],
    demands: Demands = NO_DEMANDS,
    golden: RunLog | None = None,
) -> None:
    """Print the worst verdicts first, then the counts, then the paths of the reports."""
    for judged in worst_first(results):
        if judged.name not in QUIET:
            _print_case(screen, judged, log.run)
    _print_unimplemented(screen, results)
    _print_skipped(screen, results)
    _print_notes(screen, results)
    _print_left_behind(screen, results)
    for version, about in log.run.about.items():
        product = about.get("fullName") or log.run.target
        over = " and ".join(BINDINGS[each] for each in log.run.bindings)
        named = "" if log.run.bindings == (SOAP,) else f", over {over}"
        screen.print(Text(f"{log.run.target}: {product}, API version {version}{named}", style="bold"))
    line = Text(", ").join(
        Text(f"{count} {verdict}", style=STYLE[verdict]) for verdict, count in counts(results).items()
    )
    screen.print(line + Text(f"  ({log.end.seconds:.1f} s)", style="dim"))
    if golden:
        decided = decided_by(results, RECORDING)
        screen.print(f"the recording of {golden.run.target} decided {decided} of {len(results)} cases")
    if log.end.interrupted:
        screen.print("interrupted: the log contains the cases that were run before", style="bold yellow")
    for why in (*filter(None, [log.end.stopped]), *shortfalls(results, demands)):
        screen.print(Text(why, style="bold red"))
    if not any(isinstance(judged.entry.result, Ran) for judged in results):
        screen.print("no case was run", style="bold yellow")
    for what, path in files.items():
        screen.print(Text(f"{what:<6} {path}", style="dim"))


def _print_case(screen: Console, judged: Judged, run: Run) -> None:
    at = f" at {judged.entry.version}" if len(run.versions) > 1 else ""
    at += run.over(judged.entry.binding) if len(run.bindings) > 1 else ""
    screen.print(
        Text.assemble(_label(judged.name), f"  {judged.entry.id}{at}  ", (judged.entry.title, "bold"))
    )
    match judged.verdict:
        case Deviates(_, findings):
            for finding in findings[:FINDINGS]:
                _print_finding(screen, finding)
            if len(findings) > FINDINGS:
                screen.print(Text(f"    … and {len(findings) - FINDINGS} more, in the reports"))
        case Error(error):
            screen.print(Padding(Text(shortened(error)), (0, 0, 0, 4)))
    for line in _account(judged.account(run)):
        screen.print(Text(f"    {shortened(line)}", style="dim"))


def _account(account: Account) -> Iterator[str]:
    yield from (f"fault at {each}" for each in account.faults[-1:])
    yield from (f"tested: {each}" for each in account.says[:1])
    yield account.evidence
    yield f"replay: {account.replay}"


def shortened(text: str) -> str:
    """Return the text as one line."""
    return " ".join(text.split())[:500]


def _print_notes(screen: Console, results: Sequence[Judged]) -> None:
    noted = [judged for judged in results if notes_of(judged.verdict)]
    for judged in noted[:NOTED]:
        first, *others = notes_of(judged.verdict)
        more = f", and {len(others)} more" if others else ""
        line = (
            f"  {judged.entry.id}: {first.place} {first.expected} ({first.certainty}); found: {first.found}"
        )
        screen.print(Text.assemble(("NOTE", "cyan"), line + more))
    if len(noted) > NOTED:
        screen.print(Text.assemble(("NOTE", "cyan"), f"  {len(noted) - NOTED} more cases, in the reports"))


def _print_finding(screen: Console, finding: Finding) -> None:
    screen.print(
        Text(f"    {finding.place} {finding.expected}", style="default"), Text(finding.certainty, style="dim")
    )
    screen.print(Text(f"      found: {finding.found}", style="default"))


def _print_unimplemented(screen: Console, results: Sequence[Judged]) -> None:
    methods: dict[str, list[str]] = {}
    for judged in results:
        if isinstance(judged.verdict, Unimplemented):
            methods.setdefault(judged.verdict.method, []).append(judged.entry.id)
    for method, ids in methods.items():
        screen.print(
            Text.assemble(
                _label("UNIMPLEMENTED"), f"  {method}, needed by {len(ids)} case{'s' if len(ids) > 1 else ''}"
            )
        )


def _print_skipped(screen: Console, results: Sequence[Judged]) -> None:
    reasons: dict[str, list[str]] = {}
    for judged in results:
        if isinstance(judged.verdict, Skipped):
            reasons.setdefault(judged.verdict.reason, []).append(judged.entry.id)
    for reason, ids in reasons.items():
        shown = ids[0] if len(ids) == 1 else f"{len(ids)} cases"
        screen.print(Text.assemble(_label("SKIPPED"), f"  {shown}: {reason}"))


def _print_left_behind(screen: Console, results: Sequence[Judged]) -> None:
    for judged in results:
        if judged.entry.left_behind:
            screen.print(
                Text(f"NOT UNDONE  {judged.entry.id}: {judged.entry.left_behind}", style="bold yellow")
            )


def verdict_text(judged: Judged) -> Text:
    """Return one verdict in full, for `replay`."""
    text = _label(judged.name)
    match judged.verdict:
        case Conforms(oracle, notes):
            text.append(f" to the {oracle}")
            text.append(_lines(notes, "note"))
        case Deviates(oracle, findings, notes):
            text.append(f" from the {oracle}")
            text.append(_lines(findings, "finding") + _lines(notes, "note"))
        case Unimplemented(method, answer):
            text.append(f" {method}: {answer}")
        case Undecided(reason, notes):
            text.append(f" {reason}")
            text.append(_lines(notes, "note"))
        case Skipped(reason):
            text.append(f" {reason}")
        case Error(error, trace):
            text.append(f" {error}\n{trace}")
    return text


def _lines(findings: Sequence[Finding], what: str) -> str:
    return "".join(
        f"\n  {what}: {each.place} {each.expected} ({each.certainty})\n    found: {each.found}"
        for each in findings
    )


def print_plan(screen: Console, planned: Sequence[Planned]) -> None:
    """Print each case with its effect and objects, then the counts."""
    width = max(len(each.case.id) for each in planned)
    several = len({(each.version, each.binding) for each in planned}) > 1
    for each in planned:
        at = f" at {each.version} over {BINDINGS[each.binding]}" if several else ""
        what = f"skipped: {each.skipped}" if each.skipped else each.objects
        line = f"{each.case.id:<{width}}{at}  {each.case.effect.value:<15}  {what}".rstrip()
        screen.print(Text(line, style="dim" if each.skipped else ""))
    screen.print(Text(tally(planned), style="bold"))


def print_diff(screen: Console, diff: RunDiff) -> None:
    """Print where two runs differ, and the number of cases in each state."""
    for row in diff.rows:
        if row.state != DIFFERENT:
            continue
        screen.print(Text.assemble((row.state, STYLE["DEVIATES"]), f"  {row.key}  ", (row.title, "bold")))
        for each in row.differences:
            screen.print(Text(f"    {each.path}"))
            screen.print(Text(f"      {diff.left}: {each.left}"))
            screen.print(Text(f"      {diff.right}: {each.right}"))
    for state, count in diff.counts().items():
        screen.print(Text(f"{count:>4} {state}"))


def print_exchange(exchange: Exchange) -> None:
    """Print a request and its response, indented and without secrets."""
    status = exchange.status or f"no response: {exchange.error}"
    line = f"  {redact_text(unquote(exchange.line).encode())}" if exchange.binding == JSON else ""
    click.echo(f">>> {exchange.method}{line}")
    click.echo(indented(exchange.request))
    click.echo(f"<<< {status} in {exchange.seconds * 1000:.1f} ms")
    click.echo(indented(exchange.body) + "\n")

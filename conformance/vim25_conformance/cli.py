"""The command `vim25-conformance`."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.text import Text

from vim25_conformance import interruption
from vim25_conformance import report as reports
from vim25_conformance.binding import BINDINGS, JSON, SOAP
from vim25_conformance.case import DEFAULT_VERSION, Case, plan, select
from vim25_conformance.command_group import CommandGroup
from vim25_conformance.console import (
    console,
    print_diff,
    print_exchange,
    print_plan,
    progress,
    summary,
    verdict_text,
)
from vim25_conformance.explanation import described, explained
from vim25_conformance.html_report import diff_page, run_page
from vim25_conformance.junit import as_junit
from vim25_conformance.leftover import Reaper, journals_of
from vim25_conformance.parameters import (
    AS_DOCUMENT,
    BINDING,
    CASES,
    GOLDEN,
    MIN_RUN,
    OUT,
    STRICT,
    CaseId,
    RunPath,
    VersionParameter,
    Workers,
    target_of,
    target_options,
)
from vim25_conformance.planning import Planner
from vim25_conformance.report import Demands
from vim25_conformance.run_diff import diff as join
from vim25_conformance.runlog import (
    FILE_NAME,
    Entry,
    GrowingLog,
    RunLog,
    destination,
    encode,
    one_entry_log,
    write,
)
from vim25_conformance.running import perform
from vim25_conformance.running import run as run_plan
from vim25_conformance.target import Target
from vim25_conformance.target_spec import TargetSpec
from vim25_conformance.target_version import versions_of
from vim25_conformance.verdict import judge


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vim25-conformance")
def main() -> None:
    """Drive a vim25 endpoint as a client does, and report where it differs from a vCenter.

    \b
    vim25-conformance run                                       # the emulator, started for the run
    vim25-conformance run --target https://user@vcenter/sdk     # a real vCenter: read-only by default
    vim25-conformance diff runs/emulator runs/vcsim             # how do two targets differ?
    vim25-conformance explain FT.CREATE.001                     # what is tested, and the source

    \b
    Exit status:
      0    nothing deviates
      1    something deviates, --strict or --min-run is not met, or the runs differ (`diff`)
      2    cannot run: wrong usage, unreachable target, unreadable log
      3    the suite or the connection failed: on a case, or because a case is declared wrongly
      4    something is left behind on the target, or not restored
      130  interrupted (129 by SIGHUP, 143 by SIGTERM): changes are undone, the log has the cases until then

    \b
    Tab completion of case ids and versions:
      eval "$(_VIM25_CONFORMANCE_COMPLETE=bash_source vim25-conformance)"

    Set NO_COLOR to turn colors off.
    """


@main.command()
@target_options
@click.option(
    "-n",
    "--workers",
    type=Workers(),
    default="auto",
    show_default=True,
    help="Number of processes, each with its own target; `auto`: one per CPU, but one against a URL.",
)
@CASES
@click.option(
    "--api-version",
    "versions",
    type=VersionParameter(),
    multiple=True,
    help=f"API version of client and emulator. Repeatable.  [default: the target's own; {DEFAULT_VERSION} if"
    " it is started]",
)
@BINDING
@OUT
@AS_DOCUMENT
@GOLDEN
@STRICT
@MIN_RUN
@click.option(
    "--plan", "only_plan", is_flag=True, help="Show cases, effects and objects; change nothing, run nothing."
)
def run(
    cases: tuple[str, ...],
    versions: tuple[str, ...],
    binding: str,
    workers: int | None,
    out: Path | None,
    as_document: bool,
    golden: RunLog | None,
    strict: bool,
    min_run: int,
    only_plan: bool,
    **target: Any,
) -> None:
    """Run cases against a target and write reports.

    The directory of a run contains a log, JUnit XML, JSON and HTML.

    Against a URL nothing is modified unless --allow-changes is given, and then only VMs that --lab names
    and VMs that the cases create. Other cases are skipped, with the reason.

    \b
    vim25-conformance run --case 'FT.DRS.*' --api-version 7.0.3.2 --out runs/drs
    """
    spec = target_of(**target)
    chosen = select(cases)
    bindings = BINDINGS if binding == "both" else [binding]
    if only_plan:
        planned = plan(chosen, versions_of(spec, versions), bindings)
        print_plan(console(), list(Planner(spec.build()).planned(planned)))
        return
    processes = _processes(workers, spec)
    folder = out or _new_folder(spec.kind)
    with destination(folder):
        spec = replace(spec, journal=folder)
        planned = plan(chosen, versions_of(spec, versions), bindings)
        _warn_of_leftovers(spec, planned[0][1], folder.parent)
        growing = GrowingLog(folder / FILE_NAME)
        with progress(len(planned)) as advance:

            def done(entry: Entry) -> None:
                growing.add(entry)
                advance(entry)

            log = run_plan(spec, planned, min(processes, len(planned)), done, growing.add)
        status = _deliver(log, folder, golden, Demands(strict, min_run), as_document=as_document)
    sys.exit(interruption.status() or status)


def _new_folder(what: str) -> Path:
    """Return the default folder of what begins now."""
    return Path("runs") / f"{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}-{_file_name(what)}"


def _processes(workers: int | None, spec: TargetSpec) -> int:
    """Return the number of processes: one against a URL unless --workers says otherwise.

    Raise UsageError for several that would modify one endpoint.
    """
    if spec.endpoint is None:
        return workers or os.cpu_count() or 1
    if spec.may_change and workers not in (None, 1):
        raise click.UsageError("--allow-changes requires -n 1: cases that modify one endpoint take turns")
    return workers or 1


def _file_name(target: str) -> str:
    return re.sub(r"[^\w.-]", "_", target)


def _deliver(log: RunLog, folder: Path, golden: RunLog | None, demands: Demands, *, as_document: bool) -> int:
    """Write the four files, print the summary, and return the exit status."""
    results = reports.judged(log, golden)
    contents = {
        "log": (FILE_NAME, encode(log)),
        "junit": ("junit.xml", as_junit(log, results, demands)),
        "json": ("report.json", reports.as_json(log, results, demands)),
        "html": ("report.html", run_page(log, results)),
    }
    for name, content in contents.values():
        write(folder / name, content)
    if as_document:
        click.echo(contents["json"][1], nl=False)
    else:
        files = {what: folder / name for what, (name, _) in contents.items()}
        summary(console(), log, results, files, demands, golden)
    return reports.exit_status(log, results, demands)


def _warn_of_leftovers(spec: TargetSpec, version: str, folder: Path) -> None:
    """Say what earlier runs left on a target that is about to be changed, and what to do about it."""
    if spec.endpoint is None or not spec.may_change:
        return
    with Reaper(spec.endpoint, version, journals_of(spec.endpoint, [folder, Path("runs")])) as reaper:
        left = reaper.leftovers()
    for each in left:
        click.echo(f"left by an earlier run: {each}", err=True)
    if left:
        click.echo("`vim25-conformance reap` with the same --target shows and removes it", err=True)


@main.command()
@target_options
@click.option(
    "--api-version",
    type=VersionParameter(),
    help="API version of the client.  [default: the target's own]",
)
@click.option("--yes", is_flag=True, help="Undo it; without this option it is listed only.")
@click.option(
    "--runs",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Directory that contains the directories of runs.",
)
def reap(api_version: str | None, yes: bool, runs: Path, **target: Any) -> None:
    """Show or undo what runs that were cut short left on a target.

    It is known by the journals of these runs, and by the marks (name and annotation) of created VMs. Nothing
    else is touched, and nothing of a run that is alive on this machine.

    Exit status: 0 if nothing is left, 4 if something is.

    \b
    vim25-conformance reap --target https://user@vcenter/sdk --yes
    """
    spec = target_of(**target)
    if spec.endpoint is None:
        raise click.UsageError(f"{spec.kind} is started for each run and thrown away: nothing is left of it")
    (version,) = versions_of(spec, [api_version] if api_version else [])
    with Reaper(spec.endpoint, version, journals_of(spec.endpoint, [runs])) as reaper:
        remaining = 0
        for each in reaper.leftovers():
            why = reaper.undo(each) if yes else ""
            click.echo(f"NOT UNDONE  {why}" if why else f"{'undone' if yes else 'left'}  {each}")
            remaining += bool(why or not yes)
    sys.exit(reports.LEFT_BEHIND if remaining else reports.OK)


@main.command("list")
@CASES
@click.option("--json", "as_document", is_flag=True, help="Print JSON.")
def list_cases(cases: tuple[str, ...], as_document: bool) -> None:
    """List the cases.

    Columns: id, effect, certainty, title. Effects, mildest first: reads, own objects (VMs that the case
    creates or that the lab file names), shared settings (of a cluster), destructive (a host).

    \b
    vim25-conformance list --case 'WIRE.*'
    """
    chosen = select(cases)
    if as_document:
        click.echo(json.dumps([described(each) for each in chosen], indent=2))
        return
    width = max(len(each.id) for each in chosen)
    for each in chosen:
        click.echo(f"{each.id:<{width}}  {each.effect.value:<15}  {each.certainty.value:<10}  {each.title}")


@main.command()
@click.argument("case", type=CaseId())
def explain(case: str) -> None:
    """Explain what a case tests and expects.

    Shows clauses and their sources, what the case needs and modifies, its expectations, and its steps.

    \b
    vim25-conformance explain FT.CREATE.001
    """
    for each in select([case]):
        click.echo(explained(each))


@main.command()
@click.argument("run_a", type=RunPath())
@click.argument("run_b", type=RunPath(), required=False)
@click.option("--json", "as_document", is_flag=True, help="Print JSON.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write an HTML page.")
def diff(run_a: RunLog, run_b: RunLog | None, as_document: bool, html: Path | None) -> None:
    """Compare two runs case by case. RUN is a run's directory, its run.ndjson, or `-` for standard input.

    A single run is compared with itself: SOAP with VI/JSON. Between two bindings everything is compared but
    what is on the wire.

    \b
    vim25-conformance diff runs/emulator runs/vcsim --html diff.html
    """
    left, right = (run_a, run_b) if run_b else _halves(run_a)
    compared = join(left, right)
    if html:
        write(html, diff_page(compared, left, right))
    if as_document:
        document = {**msgspec.to_builtins(compared), "counts": compared.counts()}
        click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2))
    else:
        print_diff(console(), compared)
    sys.exit(reports.OK if compared.equal else reports.DEVIATIONS)


def _halves(log: RunLog) -> tuple[RunLog, RunLog]:
    """Return the parts of a log over SOAP and over VI/JSON; raise UsageError unless it has both."""
    if set(log.run.bindings) != set(BINDINGS):
        raise click.UsageError("one run is compared with itself if it has both bindings; name a second one")
    return log.half(SOAP), log.half(JSON)


@main.command()
@click.argument("runs", type=RunPath(), nargs=-1, required=True)
@OUT
@AS_DOCUMENT
@GOLDEN
@STRICT
@MIN_RUN
def report(
    runs: tuple[RunLog, ...],
    out: Path | None,
    as_document: bool,
    golden: RunLog | None,
    strict: bool,
    min_run: int,
) -> None:
    """Judge run logs again and write their reports. RUN is as for `diff`.

    \b
    vim25-conformance report runs/vcenter --golden runs/recorded
    """
    worst = reports.OK
    for log in runs:
        started = re.sub(r"[-:]|\+.*", "", log.run.started)
        folder = out or Path("runs") / f"{started}Z-{_file_name(log.run.target)}"
        folder = folder if len(runs) == 1 or not out else folder / f"{started}Z-{_file_name(log.run.target)}"
        demands = Demands(strict, min_run)
        worst = max(worst, _deliver(log, folder, golden, demands, as_document=as_document))
    sys.exit(worst)


@main.command()
@click.argument("case", type=CaseId())
@target_options
@click.option(
    "--api-version",
    type=VersionParameter(),
    help=f"API version of client and emulator.  [default: the target's own; {DEFAULT_VERSION} if it is"
    " started]",
)
@BINDING
def replay(case: str, api_version: str | None, binding: str, **target: Any) -> None:
    """Run one case and print its requests and responses, over one binding after the other if it is both.

    Passwords, session keys, session ids and cookies are blanked. The verdict follows.

    \b
    vim25-conformance replay FT.FAULT.012
    """
    chosen = select([case])
    if len(chosen) > 1:
        raise click.UsageError(f"{case!r} matches {len(chosen)} cases; replay one")
    spec = target_of(**target)
    (version,) = versions_of(spec, [api_version] if api_version else [])
    subject = replace(spec, journal=_new_folder("replay")).build()
    status = reports.OK
    try:
        with interruption.in_order(subject.journal.summary):
            for each in BINDINGS if binding == "both" else [binding]:
                interruption.check()
                status = max(status, _replayed(chosen[0], version, each, subject))
    finally:
        subject.close()
    sys.exit(interruption.status() or status)


def _replayed(case: Case, version: str, binding: str, subject: Target) -> int:
    """Run the case over one binding, print what happened, and return the exit status."""
    entry, conversation = perform(case, version, subject, binding)
    for exchange in conversation.exchanges:
        print_exchange(exchange)
    judged = reports.Judged(entry, case, judge(case, entry))
    console().print(Text(f"{case.id} over {BINDINGS[binding]}: ") + verdict_text(judged))
    return reports.exit_status(one_entry_log(entry, subject.name), [judged])


if __name__ == "__main__":
    main()

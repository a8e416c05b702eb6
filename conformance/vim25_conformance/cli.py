"""The command `vim25-conformance`."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click
import msgspec

from vim25_conformance import report as reports
from vim25_conformance.case import (
    DEFAULT_VERSION,
    NothingToRunError,
    UnknownCaseError,
    UnknownVersionError,
    plan,
    select,
)
from vim25_conformance.client import BadAddressError, UnreachableError
from vim25_conformance.console import console, print_diff, progress, summary, verdict_text
from vim25_conformance.conversation import Exchange, indented
from vim25_conformance.diffing import diff as join
from vim25_conformance.explanation import described, explained
from vim25_conformance.junit import as_junit
from vim25_conformance.page import diff_page, run_page
from vim25_conformance.parameters import CaseId, RunPath, VersionParameter, Workers, target_of, target_options
from vim25_conformance.runlog import (
    FILE_NAME,
    BadLogError,
    RunLog,
    UnwritableError,
    destination,
    encode,
    one_entry_log,
    write,
)
from vim25_conformance.running import perform
from vim25_conformance.running import run as run_plan
from vim25_conformance.situation import BadLabError
from vim25_conformance.target import TargetUnavailableError
from vim25_conformance.target_spec import TargetSpec
from vim25_conformance.verdict import judge

EXPECTED = (
    BadAddressError,
    BadLabError,
    BadLogError,
    NothingToRunError,
    TargetUnavailableError,
    UnknownCaseError,
    UnknownVersionError,
    UnreachableError,
    UnwritableError,
)
"""Mistakes of the caller, or of the surroundings: one line that says what to do, and exit status 2."""


class RefusalError(click.ClickException):
    """An expected error in one line."""

    exit_code = 2


class Command(click.Group):
    """A group whose expected errors are messages and not tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except EXPECTED as error:
            raise RefusalError(str(error)) from error
        except KeyboardInterrupt:  # before a run had begun, or outside of one
            click.echo("interrupted", err=True)
            sys.exit(reports.INTERRUPTED)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise RefusalError(f"standard output: {error.strerror}") from error


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vim25-conformance")
def main() -> None:
    """Drive a vim25 endpoint as a client does, and say where it differs from a vCenter.

    \b
    vim25-conformance run                                         # the emulator, started for you
    vim25-conformance run --target https://user@vcenter/sdk       # a real one: only looks, changes nothing
    vim25-conformance diff runs/emulator runs/vcsim               # what do they do differently?
    vim25-conformance explain FT.CREATE.001                       # what is tested, and on whose word

    \b
    Exit status:
      0    nothing deviates
      1    something deviates (`run`, `report`, `replay`), or the runs differ (`diff`)
      2    the command or its surroundings: wrong option, unreachable target, unreadable log
      3    the suite itself failed on a case
      130  interrupted; the log holds what was done until then

    \b
    Shell completion of case ids:
      eval "$(_VIM25_CONFORMANCE_COMPLETE=bash_source vim25-conformance)"
    """


CASES = click.option(
    "--case", "cases", type=CaseId(), multiple=True, help="Only these cases; `FT.DRS.*` works; repeatable."
)
OUT = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory; runs/<time>-<target> if not given.",
)
AS_DOCUMENT = click.option(
    "--json", "as_document", is_flag=True, help="Print the verdicts as JSON instead of the summary."
)
GOLDEN = click.option(
    "--golden",
    type=RunPath(),
    help="Log of a real system: the oracle instead of the documents, where it has the case.",
)


@main.command()
@target_options
@click.option(
    "-n",
    "--workers",
    type=Workers(),
    default="auto",
    help="Processes, each with a target of its own; `auto`.",
)
@CASES
@click.option(
    "--api-version",
    "versions",
    type=VersionParameter(),
    multiple=True,
    default=[DEFAULT_VERSION],
    show_default=True,
    help="API version to be served as, and for the emulator to be; repeatable.",
)
@OUT
@AS_DOCUMENT
@GOLDEN
def run(
    cases: tuple[str, ...],
    versions: tuple[str, ...],
    workers: int | None,
    out: Path | None,
    as_document: bool,
    golden: RunLog | None,
    **target: Any,
) -> None:
    """Run cases against a target and write log, JUnit XML, JSON and HTML.

    Against a URL nothing is changed unless --allow-changes is given, and then only machines that --lab
    names; cases that this rules out are skipped, with the reason.
    """
    spec = target_of(**target)
    planned = plan(select(cases), versions)
    processes = _processes(workers, spec, len(planned))
    folder = out or Path("runs") / f"{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}-{_file_name(spec.kind)}"
    with destination(folder):
        with progress(len(planned)) as done:
            log = run_plan(spec, planned, processes, done)
        status = _deliver(log, folder, golden, as_document=as_document)
    sys.exit(status)


def _processes(workers: int | None, spec: TargetSpec, jobs: int) -> int:
    """Somebody's endpoint is asked by one process unless told otherwise, and cases that change it by one
    only."""
    if spec.endpoint is None:
        return max(1, min(workers or os.cpu_count() or 1, jobs))
    if spec.may_change and workers not in (None, 1):
        raise click.UsageError("cases that change one endpoint must take turns: -n 1 with --allow-changes")
    return workers or 1


def _file_name(target: str) -> str:
    return re.sub(r"[^\w.-]", "_", target)


def _deliver(log: RunLog, folder: Path, golden: RunLog | None, *, as_document: bool) -> int:
    """Write the four files, say what is in them, and give the exit status."""
    each = reports.judged(log, golden)
    contents = {
        "log": (FILE_NAME, encode(log)),
        "junit": ("junit.xml", as_junit(log, each)),
        "json": ("report.json", reports.as_json(log, each)),
        "html": ("report.html", run_page(log, each)),
    }
    for name, content in contents.values():
        write(folder / name, content)
    if as_document:
        click.echo(contents["json"][1], nl=False)
    else:
        summary(console(), log, each, {what: folder / name for what, (name, _) in contents.items()})
    return reports.exit_status(log, each)


@main.command("list")
@CASES
@click.option("--json", "as_document", is_flag=True, help="As JSON.")
def list_cases(cases: tuple[str, ...], as_document: bool) -> None:
    """List the cases: id, whether they change something, how sure their source is, title."""
    chosen = select(cases)
    if as_document:
        click.echo(json.dumps([described(each) for each in chosen], indent=2))
        return
    width = max(len(each.id) for each in chosen)
    for each in chosen:
        change = "changes" if each.touches else "reads"
        click.echo(f"{each.id:<{width}}  {change:<7}  {each.certainty.value:<10}  {each.title}")


@main.command()
@click.argument("case", type=CaseId())
def explain(case: str) -> None:
    """Tell what a case tests, on whose word, what it needs and changes, and show its steps."""
    for each in select([case]):
        click.echo(explained(each))


@main.command()
@click.argument("run_a", type=RunPath())
@click.argument("run_b", type=RunPath())
@click.option("--json", "as_document", is_flag=True, help="As JSON.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write a page.")
def diff(run_a: RunLog, run_b: RunLog, as_document: bool, html: Path | None) -> None:
    """Compare what two runs saw, case by case. RUN is a run's directory, its run.ndjson, or `-`."""
    compared = join(run_a, run_b)
    if html:
        write(html, diff_page(compared, run_a, run_b))
    if as_document:
        document = {**msgspec.to_builtins(compared), "counts": compared.counts()}
        click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2))
    else:
        print_diff(console(), compared)
    sys.exit(reports.OK if compared.equal else reports.DEVIATIONS)


@main.command()
@click.argument("runs", type=RunPath(), nargs=-1, required=True)
@OUT
@AS_DOCUMENT
@GOLDEN
def report(runs: tuple[RunLog, ...], out: Path | None, as_document: bool, golden: RunLog | None) -> None:
    """Make the reports of one or more run logs anew, with the verdicts of this suite."""
    worst = reports.OK
    for log in runs:
        started = re.sub(r"[-:]|\+.*", "", log.run.started)
        folder = out or Path("runs") / f"{started}Z-{_file_name(log.run.target)}"
        folder = folder if len(runs) == 1 or not out else folder / f"{started}Z-{_file_name(log.run.target)}"
        worst = max(worst, _deliver(log, folder, golden, as_document=as_document))
    sys.exit(worst)


@main.command()
@click.argument("case", type=CaseId())
@target_options
@click.option(
    "--api-version", type=VersionParameter(), default=DEFAULT_VERSION, show_default=True, help="As for `run`."
)
def replay(case: str, api_version: str, **target: Any) -> None:
    """Run one case and show the conversation: every request and answer, then the verdict. Secrets are
    blanked."""
    chosen = select([case])
    if len(chosen) > 1:
        raise click.UsageError(f"{case!r} is {len(chosen)} cases; replay one")
    subject = target_of(**target).build()
    try:
        entry, conversation = perform(chosen[0], api_version, subject)
    finally:
        subject.close()
    for exchange in conversation.exchanges:
        _show(exchange)
    each = reports.Judged(entry, chosen[0], judge(chosen[0], entry))
    console().print(verdict_text(each))
    log = one_entry_log(entry, subject.name)
    sys.exit(reports.exit_status(log, [each]))


def _show(exchange: Exchange) -> None:
    answer = exchange.status or f"no answer: {exchange.error}"
    click.echo(f">>> {exchange.method}")
    click.echo(indented(exchange.request))
    click.echo(f"<<< {answer} in {exchange.seconds * 1000:.1f} ms")
    click.echo(indented(exchange.body) + "\n")

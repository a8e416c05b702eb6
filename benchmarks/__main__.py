"""The commands `python -m benchmarks measure`, `compare`, `soak` and `vcsim`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click
from rich.console import Console

from benchmarks import comparison, server, table, vcsim_program
from benchmarks import soak as soaking
from benchmarks.measure import GROUPS, SIZES, Plan
from benchmarks.result import Verdict

OURS = str(Path(sys.executable).with_name("vim25-emulator"))
LIMIT, FULL_LIMIT = 90.0, 3600.0


@click.group()
def main() -> None:
    """Measure the emulator beside vcsim, or compare both with the conformance suite."""


@main.command()
@click.argument("groups", nargs=-1, type=click.Choice(sorted(GROUPS)))
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1), help="Pairs per measurement.")
@click.option(
    "--size",
    "sizes",
    multiple=True,
    type=click.Choice([str(s) for s in SIZES]),
    help="Measure inventories of this size only. Repeatable.",
)
@click.option("--full", is_flag=True, help="Wait up to an hour for vcsim with 10,000 VMs.")
@click.option("--json", "as_json", is_flag=True, help="Print every sample as JSON instead of the table.")
@click.option(
    "--emulator",
    default=OURS,
    show_default=False,
    help="Command that starts the emulator.  [default: that of this Python]",
)
def measure(
    groups: tuple[str, ...], rounds: int, sizes: tuple[str, ...], full: bool, as_json: bool, emulator: str
) -> None:
    """Measure GROUPS, all by default. The exit status is 1 if a bound is missed.

    \b
    python -m benchmarks measure calls --rounds 3
    """
    plan = Plan(
        server.emulator(shlex.split(emulator)),
        server.vcsim(str(vcsim_program.install())),
        rounds,
        FULL_LIMIT if full else LIMIT,
        tuple(map(int, sizes)) or tuple(SIZES),
    )
    measurements = []
    with Console(stderr=True).status("") as status:
        for name in groups or GROUPS:
            for each in GROUPS[name](plan):
                measurements.append(each)
                status.update(f"{name}: {each.name} measured")
    if as_json:
        click.echo(table.as_json(measurements))
    else:
        Console().print(table.tables(measurements))
    sys.exit(any(Verdict.MISSED in (each.verdict, each.json_verdict) for each in measurements))


@main.command()
def vcsim() -> None:
    """Find vcsim, or install it with Go; print its path."""
    click.echo(vcsim_program.install())


@main.command()
@click.option("--tasks", default=30_000, show_default=True, type=click.IntRange(0))
@click.option("--logins", default=20_000, show_default=True, type=click.IntRange(0))
@click.option("--filters", default=20_000, show_default=True, type=click.IntRange(0))
@click.option(
    "--emulator", default=OURS, help="Command that starts the emulator.  [default: that of this Python]"
)
def soak(tasks: int, logins: int, filters: int, emulator: str) -> None:
    """Make the same calls for a long time; print CPU time per call and memory at the start and the end."""
    with server.emulator(shlex.split(emulator)).running() as running:
        for result in soaking.soak(running, tasks=tasks, logins=logins, filters=filters):
            click.echo(str(result))


@main.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("runs/beside-vcsim"),
    show_default=True,
    help="Directory of the two runs and the page of differences.",
)
def compare(out: Path) -> None:
    """Run the conformance suite against the emulator and vcsim; print the path of the differences.

    \b
    python -m benchmarks compare --out runs/beside-vcsim
    """
    click.echo(comparison.compare(out))


if __name__ == "__main__":
    main()

"""The commands `python -m benchmarks measure`, `compare` and `vcsim`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click
from rich.console import Console

from benchmarks import comparison, server, table, vcsim_program
from benchmarks.measure import GROUPS, SIZES, Plan
from benchmarks.result import Verdict

OURS = str(Path(sys.executable).with_name("vim25-emulator"))
LIMIT, FULL_LIMIT = 90.0, 3600.0


@click.group()
def main() -> None:
    """Measure the emulator beside vcsim, and have them compared by the conformance suite."""


@main.command()
@click.argument("groups", nargs=-1, type=click.Choice(sorted(GROUPS)))
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1), help="Pairs per measurement.")
@click.option(
    "--size",
    "sizes",
    multiple=True,
    type=click.Choice([str(s) for s in SIZES]),
    help="Only inventories of this size.",
)
@click.option("--full", is_flag=True, help="Wait for vcsim's 10,000 machines, too: up to an hour.")
@click.option("--json", "as_json", is_flag=True, help="Every sample as JSON instead of the table.")
@click.option(
    "--emulator", default=OURS, show_default=False, help="The emulator's command, if not this Python's."
)
def measure(
    groups: tuple[str, ...], rounds: int, sizes: tuple[str, ...], full: bool, as_json: bool, emulator: str
) -> None:
    """Measure everything, or only these GROUPS; exit status 1 when an expectation is missed."""
    plan = Plan(
        server.emulator(shlex.split(emulator)),
        server.vcsim(str(vcsim_program.install())),
        rounds,
        FULL_LIMIT if full else LIMIT,
        tuple(map(int, sizes)) or tuple(SIZES),
    )
    found = []
    with Console(stderr=True).status("") as status:
        for name in groups or GROUPS:
            for each in GROUPS[name](plan):
                found.append(each)
                status.update(f"{name}: {each.name} measured")
    if as_json:
        click.echo(table.as_json(found))
    else:
        Console().print(table.table(found))
    sys.exit(any(each.verdict is Verdict.MISSED for each in found))


@main.command()
def vcsim() -> None:
    """Find vcsim, or have Go install it; print its path."""
    click.echo(vcsim_program.install())


@main.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("runs/beside-vcsim"),
    show_default=True,
    help="Where the runs and the page of differences go.",
)
def compare(out: Path) -> None:
    """Run the conformance suite against the emulator and vcsim, and say what they do differently."""
    click.echo(comparison.compare(out))


if __name__ == "__main__":
    main()

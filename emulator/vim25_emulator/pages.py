"""`python -m vim25_emulator.pages [FOLDER]`: write the generated pages of documentation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from vim25_emulator.accepted_members_page import accepted_members_page
from vim25_emulator.fault_tolerance import documentation_page
from vim25_emulator.operations_page import operations_page
from vim25_emulator.scenario_format_page import scenario_format_page

#: File name → what returns its text.
PAGES: Final[dict[str, Callable[[], str]]] = {
    **documentation_page.PAGES,
    "accepted-members.md": accepted_members_page,
    "operations.md": operations_page,
    "scenario-format.md": scenario_format_page,
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path("docs"))
@click.option("--check", is_flag=True, help="Write nothing; fail if a page is out of date.")
def write(folder: Path, check: bool) -> None:
    """Write the generated pages into FOLDER (default: docs)."""
    texts = {folder / name: page() for name, page in PAGES.items()}
    outdated = [path for path, text in texts.items() if _content(path) != text]
    if check and outdated:
        names = ", ".join(path.name for path in outdated)
        raise click.ClickException(f"out of date in {folder}: {names}. Run: make pages")
    folder.mkdir(parents=True, exist_ok=True)
    for path in outdated:
        path.write_text(texts[path], encoding="utf-8", newline="\n")
        click.echo(path)


def _content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    write()

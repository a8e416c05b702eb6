"""`python -m vim25_emulator.fault_tolerance [FOLDER]`: write the generated documentation pages."""

from __future__ import annotations

from pathlib import Path

import click

from vim25_emulator.fault_tolerance.documentation_page import PAGES


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path("docs"))
@click.option("--check", is_flag=True, help="Write nothing; fail if a page is out of date.")
def write(folder: Path, check: bool) -> None:
    """Write the documentation pages about Fault Tolerance into FOLDER (default: docs)."""
    outdated = [name for name, page in PAGES.items() if _text(folder / name) != page()]
    if check and outdated:
        run = f"python -m vim25_emulator.fault_tolerance {folder}"
        raise click.ClickException(f"out of date in {folder}: {', '.join(outdated)}. Run: {run}")
    folder.mkdir(parents=True, exist_ok=True)
    for name in outdated:
        (folder / name).write_text(PAGES[name](), encoding="utf-8")
        click.echo(folder / name)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    write()

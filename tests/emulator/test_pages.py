"""The generated pages are up to date, and written by one command."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from vim25_emulator.pages import PAGES, write

DOCS = Path(__file__).parents[2] / "docs"
OF_THE_SUITE = {"vi-json.md"}  #: tests/conformance/test_json_page.py


def test_every_page_in_the_repository_is_generated() -> None:
    assert {path.name for path in DOCS.iterdir()} == PAGES.keys() | OF_THE_SUITE


@pytest.mark.parametrize("name", PAGES)
def test_the_page_in_the_repository_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run: make pages"


def test_pages_are_written_once_and_then_found_up_to_date(tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert run(write, [str(tmp_path), "--check"]).exit_code == 1
    assert len(run(write, [str(tmp_path)]).output.splitlines()) == len(PAGES)
    assert run(write, [str(tmp_path)]).output == ""
    assert run(write, [str(tmp_path), "--check"]).exit_code == 0

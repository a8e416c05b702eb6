"""The page about the certainty of VI/JSON is up to date, with every clause and derived expectation."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from vim25_conformance.binding import JSON
from vim25_conformance.case import select
from vim25_conformance.expectation import Certainty
from vim25_conformance.json_clauses import JSON_CLAUSES
from vim25_conformance.json_page import json_page, write

PAGE = Path(__file__).parents[2] / "docs" / "vi-json.md"


def test_the_page_in_the_repository_is_up_to_date(tmp_path: Path) -> None:
    written = tmp_path / PAGE.name
    assert CliRunner().invoke(write, [str(written)]).exit_code == 0
    assert PAGE.read_text("utf-8") == written.read_text("utf-8"), "run: make pages"


def test_the_page_has_every_clause_and_every_derived_expectation() -> None:
    page = json_page()
    rules = [rule for case in select([]) if case.binding == JSON for rule in case.rules]
    derived = [f"`{rule}`" for rule in rules if rule.certainty is Certainty.DERIVED]
    assert derived
    statements = [f"| {clause.says} | WIRE.JSON." for clause in JSON_CLAUSES.values()]
    assert [text for text in (*statements, *derived) if text not in page] == []

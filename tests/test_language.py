"""Plain English: words that the project does not use, in code, documents and messages alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: What is not written → what is written instead.
INSTEAD = {
    r'"""Let (a|an|the|this|these|every|it|no)\b': "update, set, raise, recompute, reject",
    r"\b(he|his|him)\b": "the user, they",
    r"(?i)licenc|behaviour|catalogue|neighbour|\bcolour": "American spelling",
    r"(?i)(recogn|summar|initial|normal)is(e|ing|ation)": "American spelling",
    r"(there is|if there is) none such|there is no such one": "if it does not exist",
}

#: The test of the rule names what it forbids; a license text and recorded names are not ours.
NOT_OURS = {"tests/test_language.py", "LICENSE"}


def _texts() -> list[tuple[str, str]]:
    files = (
        path
        for folder in ("emulator", "conformance", "benchmarks", "tests", "fixtures", "docs", "")
        for path in ((ROOT / folder).rglob("*") if folder else ROOT.glob("*.md"))
        if path.suffix in {".py", ".md", ".yaml", ".html"}
    )
    named = ((path.relative_to(ROOT).as_posix(), path) for path in files)
    return [(name, path.read_text("utf-8")) for name, path in named if name not in NOT_OURS]


@pytest.mark.parametrize("pattern", INSTEAD)
def test_words_that_are_not_used(pattern: str) -> None:
    texts = _texts()
    assert len(texts) > 500
    found = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()!r}; write: {INSTEAD[pattern]}"
        for name, text in texts
        for match in re.finditer(pattern, text)
    ]
    assert found == []


def test_a_word_that_is_not_used_is_found() -> None:
    assert all(
        any(re.search(pattern, text) for pattern in INSTEAD)
        for text in ('"""Let a host refuse."""', "his session", "the licence", "None if there is none such")
    )

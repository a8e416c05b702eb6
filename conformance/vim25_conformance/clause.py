"""A clause: one statement of a source about a vCenter."""

from __future__ import annotations

from dataclasses import dataclass

from vim25_conformance.expectation import Certainty


@dataclass(frozen=True)
class Clause:
    """One statement, its source, and its certainty."""

    id: str
    says: str
    source: str
    certainty: Certainty


def clauses(source: str, certainty: Certainty, **says: str) -> dict[str, Clause]:
    """Return clauses of one source by id; in a name `__` stands for `.` and `_` for `-`."""
    named = {key.replace("__", ".").replace("_", "-"): text for key, text in says.items()}
    return {key: Clause(key, text, source, certainty) for key, text in named.items()}

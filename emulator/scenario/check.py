"""stub to be written"""

from __future__ import annotations

from emulator.scenario.format import Scenario
from emulator.scenario.source import Document, Problem


def check(scenario: Scenario, document: Document) -> list[Problem]:
    return []

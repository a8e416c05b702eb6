from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.emulator.consistency import contradictions
from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.scenario.site import Site


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Serve the default scenario, logged in."""
    with open_lab() as opened:
        yield opened


@pytest.fixture
def sound_lab() -> Iterator[Lab]:
    """Serve the default scenario, logged in; its inventory must be consistent after the test."""
    with open_lab() as opened:
        yield opened
        assert contradictions(opened.emulator.vcenter.inventory) == []


@pytest.fixture(scope="session")
def default() -> Site:
    """Return the default scenario as a site, for tests that only read."""
    return Site.of("default")


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], str]:
    """Return a function that writes a scenario file, which extends the default one, and returns its path."""

    def write(text: str, name: str = "mine.yaml") -> str:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return str(path)

    return write

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab


@pytest.fixture
def lab() -> Iterator[Lab]:
    """The default scenario, logged in."""
    with open_lab() as opened:
        yield opened

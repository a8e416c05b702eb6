from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.vcenter.consistency import contradictions


@pytest.fixture
def sound_lab() -> Iterator[Lab]:
    """The default scenario, logged in; its inventory must agree with itself when the test is over."""
    with open_lab() as opened:
        yield opened
        assert contradictions(opened.emulator.vcenter.inventory) == []

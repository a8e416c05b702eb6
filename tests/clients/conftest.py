"""Third-party clients other than pyVmomi, driving a real server over TLS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vim25_emulator import Emulator


@pytest.fixture(scope="module")
def vcenter() -> Iterator[Emulator]:
    """A vCenter on which web01 can be protected, but not with its secondary on esx3."""
    with Emulator("incompatible-host", api_version="8.0.3.0", task_duration=0.0) as started:
        yield started

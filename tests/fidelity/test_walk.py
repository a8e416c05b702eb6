"""No sequence of generated requests is answered with SystemError or leaves what cannot be read."""

from __future__ import annotations

import pytest

from tests.fidelity.walk import findings, walk

_REQUESTS = 200


@pytest.mark.parametrize("overlap", [False, True])
@pytest.mark.parametrize("scenario", ["default", "unusual-hardware", "already-fault-tolerant"])
def test_nothing_fails_unexpectedly(scenario: str, overlap: bool) -> None:
    with findings() as found:
        statuses = walk(scenario, "1", _REQUESTS, found, overlap=overlap)
    assert found.found == {}
    assert statuses.keys() == {200, 500}
    assert statuses[200] > _REQUESTS / 10

"""A server that lives long: what a call costs does not grow, and what it leaves behind is bounded.

`python -m benchmarks soak` is the long version.
"""

from __future__ import annotations

import sys

import pytest

from benchmarks.server import emulator
from benchmarks.soak import Soak, soak

#: Many small batches: the fastest of several is what a call costs, whatever else the machine does.
BATCHES, BATCH = 24, 30
#: Tasks before those that are measured: lists of recent tasks have their full length then.
FILLED = 900
#: Kind of call → the kibibytes that a call may leave behind before histories are full: events, and for tasks
#: the task and its object; a filter leaves nothing.
LEFT = {"tasks": 40.0, "logins": 12.0, "filters": 1.5}


@pytest.fixture(scope="module")
def results() -> dict[str, Soak]:
    count = BATCHES * BATCH
    command = emulator([sys.executable, "-m", "vim25_emulator"])
    with command.running() as server:
        found = {
            result.name: result
            for result in soak(server, tasks=FILLED + count, logins=count, filters=count, batch=BATCH)
        }
    tasks = found["tasks"]
    del tasks.costs[: FILLED // BATCH], tasks.resident[: FILLED // BATCH]
    return found


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's clocks")


@pytest.mark.parametrize("kind", LEFT)
def test_memory_grows_within_bounds(results: dict[str, Soak], kind: str) -> None:
    assert results[kind].growth * 1024 / BATCH < LEFT[kind]


@pytest.mark.parametrize("kind", LEFT)
def test_a_call_does_not_become_slower(results: dict[str, Soak], kind: str) -> None:
    assert results[kind].slowdown < 1.6

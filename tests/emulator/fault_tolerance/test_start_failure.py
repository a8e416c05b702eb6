from __future__ import annotations

import pytest

from vim25_emulator.fault_tolerance.pair_state import Event
from vim25_emulator.fault_tolerance.start_failure import event_of
from vim25_emulator.model.cluster_policy import PowerOnBy
from vim25_emulator.vmodl.value import DataObject


@pytest.mark.parametrize(
    ("fault", "first", "restart"),
    [
        ("Timedout", Event.START_TIMED_OUT, Event.START_TIMED_OUT),
        ("PowerOnFtSecondaryTimedout", Event.START_TIMED_OUT, Event.START_TIMED_OUT),
        ("NoHostSuitableForFtSecondary", Event.NO_HOST, Event.RESTART_NO_HOST),
        ("PowerOnFtSecondaryFailed", Event.START_FAILED, Event.RESTART_FAILED),
        ("InvalidState", Event.START_FAILED, Event.RESTART_FAILED),
    ],
)
def test_the_event_of_a_failed_start_is_that_of_the_nearest_fault(
    fault: str, first: Event, restart: Event
) -> None:
    assert event_of(DataObject(fault), PowerOnBy.VCENTER) is first
    assert event_of(DataObject(fault), PowerOnBy.HA) is restart

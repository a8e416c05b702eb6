"""A host's clock can be set and continues from the new time; the vCenter's clock is unaffected."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from pyVmomi import vim

from tests.emulator.lab import lab
from vim25_emulator.inventory.clock import ManualClock


def test_a_clock_goes_on_from_what_it_is_set_to() -> None:
    with lab(clock=ManualClock()) as opened:
        one, other = (host.configManager.dateTimeSystem for host in opened.all(vim.HostSystem)[:2])
        before = opened.service.CurrentTime()
        assert one.QueryDateTime() == before

        set_to = datetime(2031, 5, 4, 3, 2, 1, tzinfo=timezone.utc)
        one.UpdateDateTime(set_to)
        opened.emulator.advance(60)

        assert one.QueryDateTime() == set_to + timedelta(seconds=60)
        assert other.QueryDateTime() == opened.service.CurrentTime() == before + timedelta(seconds=60)

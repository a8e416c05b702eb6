from __future__ import annotations

from tests.emulator.lab import lab as open_lab
from vim25_emulator.inventory.clock import ManualClock


def test_refreshed_storage_information_has_the_time_of_the_refresh() -> None:
    with open_lab(clock=ManualClock()) as opened:
        vm, used = opened.vm("web01"), opened.vm("web01").summary.storage.committed
        opened.emulator.advance(60)
        vm.RefreshStorageInfo()
        now = opened.service.CurrentTime()
        assert vm.storage.timestamp == vm.layoutEx.timestamp == vm.summary.storage.timestamp == now
        assert vm.summary.storage.committed == used

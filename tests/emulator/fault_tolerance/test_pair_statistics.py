"""Fault Tolerance statistics in quickStats, and their dependence on the link between the hosts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulator.fault_tolerance.conftest import Start
from vim25_emulator.fault_tolerance.pair_statistics import latency_status


@pytest.mark.parametrize(
    ("milliseconds", "status"),
    [(-1, "gray"), (0, "green"), (2000, "green"), (2001, "yellow"), (6000, "yellow"), (6001, "red")],
)
def test_status_by_latency(milliseconds: int, status: str) -> None:
    assert latency_status(milliseconds) == status


def test_nothing_is_measured_until_the_pair_is_protected(start: Start) -> None:
    site = start()
    vm = site.find("web01")
    shown = vm.summary.quickStats
    assert (shown.ftLogBandwidth, shown.ftSecondaryLatency, shown.ftLatencyStatus) == (-1, -1, "gray")
    site.create("web01")
    shown = vm.summary.quickStats
    assert shown.ftLogBandwidth > 0
    assert 0 <= shown.ftSecondaryLatency <= 2000
    assert shown.ftLatencyStatus == "green"
    site.finish(vm.PowerOffVM_Task())
    shown = vm.summary.quickStats
    assert (shown.ftLogBandwidth, shown.ftSecondaryLatency, shown.ftLatencyStatus) == (-1, -1, "gray")


@pytest.mark.parametrize(("mbps", "status"), [(10_000, "green"), (1000, "yellow"), (100, "red")])
def test_a_slow_link_lets_the_secondary_fall_behind(
    start: Start, tmp_path: Path, mbps: int, status: str
) -> None:
    path = tmp_path / "slow.yaml"
    hosts = f"  esx1.lab.example: {{nic_mbps: {mbps}}}\n"
    path.write_text(f"title: slow\nextends: default\nhosts:\n{hosts}", "utf-8")
    site = start(str(path))
    site.create("web01")
    assert site.find("web01").summary.quickStats.ftLatencyStatus == status

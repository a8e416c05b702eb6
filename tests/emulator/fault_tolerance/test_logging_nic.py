"""A running pair and the NIC for Fault Tolerance logging that is taken from a host."""

from __future__ import annotations

from tests.emulator.fault_tolerance.conftest import Site, Start
from vim25_emulator.behavior.secondary_start import RETRY_AFTER

LOGGING = "faultToleranceLogging"


def take_away(site: Site, host: str) -> None:
    """Take the NIC for Fault Tolerance logging from a host."""
    system = site.find(host).configManager.virtualNicManager
    config = system.QueryNetConfig(LOGGING)
    (device,) = [nic.device for nic in config.candidateVnic if nic.key in config.selectedVnic]
    system.DeselectVnicForNicType(LOGGING, device)


def test_a_pair_runs_on_without_it_and_gets_no_secondary_after_a_failover(start: Start) -> None:
    site = start("already-fault-tolerant")
    vm, twin = site.find("web01"), site.twin("web01")
    take_away(site, "esx1.lab.example")
    site.emulator.advance(600)
    assert vm.runtime.faultToleranceState == "running"
    site.finish(vm.MakePrimaryVM_Task(twin))
    assert vm.runtime.host.name == "esx2.lab.example"
    assert vm.runtime.faultToleranceState == "needSecondary"


def test_occasions_to_retry_do_not_multiply_the_restarts(start: Start) -> None:
    site = start("pair-and-standalone-host")
    vm, third = site.find("web01"), site.find("esx3.lab.example")
    take_away(site, "esx1.lab.example")
    site.finish(vm.TerminateFaultTolerantVM_Task(None))
    for _ in range(3):
        third.EnterMaintenanceMode_Task(0)
        site.emulator.advance(5)
        third.ExitMaintenanceMode_Task(0)
        site.emulator.advance(5)
    failed = len(site.told("VmFailedStartingSecondaryEvent"))
    assert failed == 1 + 3  # one at once on each occasion
    for seconds in RETRY_AFTER[1:]:
        site.emulator.advance(seconds + 1)
        assert vm.runtime.faultToleranceState == "needSecondary"  # and the session stays
    assert len(site.told("VmFailedStartingSecondaryEvent")) == failed + len(RETRY_AFTER) - 1
    assert len(site.told("VmMaxFTRestartCountReached")) == 1

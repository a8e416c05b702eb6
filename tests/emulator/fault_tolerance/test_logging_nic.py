"""A running pair and the NIC for Fault Tolerance logging that is taken from a host."""

from __future__ import annotations

from tests.emulator.fault_tolerance.conftest import Start

LOGGING = "faultToleranceLogging"


def test_a_pair_runs_on_without_it_and_gets_no_secondary_after_a_failover(start: Start) -> None:
    site = start("already-fault-tolerant")
    vm, twin = site.find("web01"), site.twin("web01")
    system = site.find("esx1.lab.example").configManager.virtualNicManager
    (device,) = [
        nic.device
        for nic in system.QueryNetConfig(LOGGING).candidateVnic
        if nic.key in system.QueryNetConfig(LOGGING).selectedVnic
    ]
    system.DeselectVnicForNicType(LOGGING, device)
    site.emulator.advance(600)
    assert vm.runtime.faultToleranceState == "running"
    site.finish(vm.MakePrimaryVM_Task(twin))
    assert vm.runtime.host.name == "esx2.lab.example"
    assert vm.runtime.faultToleranceState == "needSecondary"

"""Host failures: pairs fail over, HA restarts VMs on other hosts, and retries when a host is back."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.fault_tolerance.conftest import Site, Start, flow


def shut_down(site: Site, host: Any) -> None:
    task = host.ShutdownHost_Task(True)
    site.emulator.advance(1)
    assert task.info.state == "success"


def protected(start: Start, scenario: str = "default") -> Site:
    site = start(scenario)
    site.create("web01")
    return site


def test_the_primary_goes_on_where_its_secondary_ran(start: Start) -> None:
    site = protected(start, "three-hosts")
    vm, twin = site.find("web01"), site.twin("web01")
    failed, standing, since = vm.runtime.host, twin.runtime.host, site.latest
    shut_down(site, failed)
    assert (vm.runtime.host, vm.runtime.powerState) == (standing, "poweredOn")
    assert (vm.runtime.faultToleranceState, vm.runtime.needSecondaryReason) == (
        "needSecondary",
        "lostConnection",
    )
    assert twin.runtime.connectionState == "disconnected"
    site.emulator.advance(60)
    assert vm.runtime.faultToleranceState == "running"
    assert twin.runtime.host not in (failed, standing)
    assert twin.runtime.connectionState == "connected"
    told = flow(site, since)
    assert told[:3] == [
        "TaskEvent(HostSystem.shutdown)",
        "VmPrimaryFailoverEvent",
        "VmFaultToleranceVmTerminatedEvent",
    ]
    assert "com.vmware.vc.HA.StartFTSecondarySucceededEvent" in told


def test_what_ha_does_is_no_task_and_names_no_user(start: Start) -> None:
    site = protected(start, "three-hosts")
    vm, since = site.find("web01"), site.latest
    shut_down(site, vm.runtime.host)
    site.emulator.advance(60)
    events = [event for event in site.told() if event.key > since]
    kinds = ("DasHostFailedEvent", "VmPrimaryFailoverEvent", "VmStartingSecondaryEvent", "EventEx")
    by_ha = [event for event in events if type(event).__name__.rsplit(".", 1)[-1] in kinds]
    assert {type(event).__name__.rsplit(".", 1)[-1] for event in by_ha} == set(kinds)
    assert {event.userName for event in by_ha} == {""}
    assert [event.info.descriptionId for event in site.told("TaskEvent") if event.key > since] == [
        "HostSystem.shutdown"
    ]


def test_a_secondary_that_starts_with_a_primary_restarted_by_ha_is_nobodys_deed(start: Start) -> None:
    site = protected(start, "three-hosts")
    vm = site.find("web01")
    site.twin("web01").TerminateVM()
    shut_down(site, vm.runtime.host)
    site.emulator.advance(60)
    assert vm.runtime.powerState == "poweredOn"
    task = vm.recentTask[-1].info
    assert task.descriptionId == "FaultTolerance.PowerOnSecondaryLRO"
    assert isinstance(task.reason, vim.TaskReasonSystem)


def test_the_secondary_is_started_on_another_host(start: Start) -> None:
    site = protected(start, "three-hosts")
    vm, twin = site.find("web01"), site.twin("web01")
    home, failed = vm.runtime.host, twin.runtime.host
    shut_down(site, failed)
    site.emulator.advance(60)
    assert vm.runtime.host == home
    assert vm.runtime.faultToleranceState == "running"
    assert twin.runtime.host not in (home, failed)
    assert not site.told("VmPrimaryFailoverEvent")


@pytest.mark.parametrize("comes_back", [True, False])
def test_without_a_third_host_the_secondary_waits_for_one(start: Start, comes_back: bool) -> None:
    site = protected(start)
    vm, twin = site.find("web01"), site.twin("web01")
    host = twin.runtime.host
    if comes_back:
        host.RebootHost_Task(True)
        site.emulator.advance(5)
        assert vm.runtime.faultToleranceState == "needSecondary"
        site.emulator.advance(60)
        assert (vm.runtime.faultToleranceState, twin.runtime.host) == ("running", host)
        return
    shut_down(site, host)
    for _ in range(2):
        site.emulator.advance(1000)
        assert (vm.runtime.faultToleranceState, vm.runtime.needSecondaryReason) == ("needSecondary", "other")
    assert len(site.told("VmMaxFTRestartCountReached")) == 1
    assert flow(site).count("com.vmware.vc.HA.StartFTSecondaryFailedEvent") == 6


def test_ha_restarts_a_vm_like_others_elsewhere(start: Start) -> None:
    site = start()
    vm = site.find("web01")
    failed = vm.runtime.host
    shut_down(site, failed)
    assert (vm.runtime.powerState, vm.runtime.connectionState) == ("poweredOff", "disconnected")
    site.emulator.advance(60)
    assert (vm.runtime.powerState, vm.runtime.connectionState) == ("poweredOn", "connected")
    assert vm.runtime.host != failed
    (restarted, *_) = site.told("VmRestartedOnAlternateHostEvent")
    assert restarted.sourceHost.host == failed


def test_a_primary_whose_secondary_was_off_is_restarted_and_gets_it_back(start: Start) -> None:
    site = protected(start, "three-hosts")
    vm, twin = site.find("web01"), site.twin("web01")
    twin.TerminateVM()
    shut_down(site, vm.runtime.host)
    site.emulator.advance(60)
    assert vm.runtime.powerState == "poweredOn"
    assert vm.runtime.faultToleranceState == "running"


def test_a_host_in_service_goes_only_by_force(start: Start) -> None:
    site = start()
    host = site.find("esx1.lab.example")
    for task in (host.ShutdownHost_Task(False), host.RebootHost_Task(False)):
        assert type(site.finish(task).error) is vim.fault.InvalidState


def test_a_host_that_is_gone_is_seen_by_its_cluster(start: Start) -> None:
    site = start()
    host = site.find("esx2.lab.example")
    shut_down(site, host)
    assert (host.runtime.connectionState, host.runtime.dasHostState.state) == ("notResponding", "hostDown")
    assert site.cluster.summary.numEffectiveHosts == 1
    assert [type(event) for event in site.told("DasHostFailedEvent")] == [vim.event.DasHostFailedEvent]


def test_a_pair_whose_hosts_both_fail_is_off_until_one_is_back(start: Start) -> None:
    site = protected(start)
    vm, twin = site.find("web01"), site.twin("web01")
    shut_down(site, twin.runtime.host)
    shut_down(site, vm.runtime.host)
    assert (vm.runtime.powerState, vm.runtime.faultToleranceState) == ("poweredOff", "enabled")


def test_maintenance_moves_the_secondary_to_a_third_host(start: Start) -> None:
    site = protected(start, "three-hosts")
    vm, twin = site.find("web01"), site.twin("web01")
    left = twin.runtime.host
    assert site.finish(left.EnterMaintenanceMode_Task(0)).state == "success"
    assert twin.runtime.host not in (left, vm.runtime.host)
    assert vm.runtime.faultToleranceState == "running"


def test_a_host_that_went_down_comes_back_when_it_is_connected(start: Start) -> None:
    site = protected(start)
    vm, twin = site.find("web01"), site.twin("web01")
    host = twin.runtime.host
    shut_down(site, host)
    site.emulator.advance(5)
    assert vm.runtime.faultToleranceState == "needSecondary"
    assert site.finish(host.ReconnectHost_Task(None, None)).state == "success"
    assert (host.runtime.connectionState, host.runtime.powerState) == ("connected", "poweredOn")
    site.emulator.advance(60)
    assert vm.runtime.faultToleranceState == "running"


def test_a_disconnected_host_keeps_what_runs_on_it(start: Start) -> None:
    site = start()
    vm = site.find("web01")
    host = vm.runtime.host
    assert site.finish(host.DisconnectHost_Task()).state == "success"
    assert type(site.finish(host.DisconnectHost_Task()).error) is vim.fault.InvalidState
    assert (vm.runtime.connectionState, vm.runtime.powerState) == ("disconnected", "poweredOn")
    assert type(site.finish(vm.PowerOffVM_Task()).error) is vim.fault.InvalidState
    assert site.finish(host.ReconnectHost_Task(None, None)).state == "success"
    assert (vm.runtime.connectionState, vm.runtime.powerState) == ("connected", "poweredOn")


def test_a_host_on_standby_holds_no_secondary_until_it_is_up(start: Start) -> None:
    site = start()
    host = site.find("esx2.lab.example")
    for vm in host.vm:
        if vm.runtime.powerState == "poweredOn":
            site.finish(vm.PowerOffVM_Task())
    assert site.finish(host.PowerDownHostToStandBy_Task(0, False)).state == "success"
    assert (host.runtime.powerState, host.runtime.standbyMode) == ("standBy", "in")
    assert site.create("db01").state == "error"
    assert type(site.finish(host.PowerDownHostToStandBy_Task(0, False)).error) is vim.fault.InvalidState
    assert site.finish(host.PowerUpHostFromStandBy_Task(0)).state == "success"
    assert site.create("db01").state == "success"


def test_standby_is_given_up_when_vms_stay(start: Start) -> None:
    site = start("ha-only")
    host = site.find("web01").runtime.host
    assert type(site.finish(host.PowerDownHostToStandBy_Task(5, False)).error) is vim.fault.Timedout
    assert host.runtime.standbyMode == "none"

"""Failover and restart, tested or real: hosts change, references stay, and the pair is protected again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyVmomi import vim

from tests.emulator.fault_tolerance.conftest import Site, Start, flow

RESTART = [
    "VmStartingSecondaryEvent",
    "esx2:needSecondary→starting",
    "esx1:enabled→starting",
    "VmSecondaryStartedEvent",
    "com.vmware.vc.HA.StartFTSecondarySucceededEvent",
    "esx2:starting→running",
    "esx1:starting→running",
]


def protected(start: Start, scenario: str = "default") -> Site:
    site = start(scenario)
    site.create("web01")
    return site


def test_a_tested_failover_moves_the_roles_and_keeps_the_references(start: Start) -> None:
    site = protected(start)
    vm, twin, since = site.find("web01"), site.twin("web01"), site.latest
    before = (vm.runtime.host, twin.runtime.host)
    paths = (vm.config.files.vmPathName, twin.config.files.vmPathName)
    uuids = (vm.config.instanceUuid, twin.config.instanceUuid)
    assert site.finish(vm.MakePrimaryVM_Task(twin)).state == "success"
    assert (twin.runtime.host, vm.runtime.host) == before
    assert (twin.config.files.vmPathName, vm.config.files.vmPathName) == paths
    assert (vm.config.instanceUuid, twin.config.instanceUuid) == uuids
    assert (vm.config.ftInfo.role, twin.config.ftInfo.role) == (1, 2)
    assert tuple(vm.config.ftInfo.configPaths) == paths[::-1]
    assert vm.runtime.faultToleranceState == twin.runtime.faultToleranceState == "running"
    assert flow(site, since) == [
        "TaskEvent(VirtualMachine.makePrimary)",
        "VmPrimaryFailoverEvent",
        "VmFaultToleranceVmTerminatedEvent",
        "esx2:running→needSecondary",
        "esx1:running→enabled",
        *RESTART,
    ]
    assert {event.userName for event in site.told("VmStartingSecondaryEvent") if event.key > since} == {""}
    (failover,) = site.told("VmPrimaryFailoverEvent")
    (terminated,) = site.told("VmFaultToleranceVmTerminatedEvent")
    assert (failover.reason, failover.host.host) == ("userAction", before[1])
    assert (terminated.reason, terminated.vm.vm) == ("userAction", twin)


def test_what_happens_in_one_task_is_in_its_chain(start: Start) -> None:
    site = protected(start)
    vm = site.find("web01")
    info = site.finish(vm.MakePrimaryVM_Task(site.twin("web01")))
    (failover,) = site.told("VmPrimaryFailoverEvent")
    assert failover.chainId == info.eventChainId


def test_a_tested_restart_leaves_both_where_they_are(start: Start) -> None:
    site = protected(start)
    vm, twin, since = site.find("web01"), site.twin("web01"), site.latest
    before = (vm.runtime.host, twin.runtime.host)
    task = vm.TerminateFaultTolerantVM_Task()
    site.emulator.advance(1)
    assert (vm.runtime.faultToleranceState, twin.runtime.powerState) == ("needSecondary", "poweredOff")
    assert vm.runtime.needSecondaryReason == "userAction"
    assert site.finish(task).state == "success"
    assert (vm.runtime.host, twin.runtime.host) == before
    assert vm.runtime.faultToleranceState == "running"
    assert flow(site, since)[:3] == [
        "TaskEvent(VirtualMachine.terminateFaultTolerantVM)",
        "VmFaultToleranceVmTerminatedEvent",
        "esx1:running→needSecondary",
    ]


def test_the_primary_itself_is_no_argument_of_a_restart(start: Start) -> None:
    site = protected(start)
    vm = site.find("web01")
    error = site.finish(vm.TerminateFaultTolerantVM_Task(vm)).error
    assert error.invalidProperty == "vm"


def switch_ha(site: Site, *, enabled: bool) -> None:
    spec = vim.cluster.ConfigSpecEx(dasConfig=vim.cluster.DasConfigInfo(enabled=enabled))
    site.finish(site.cluster.ReconfigureComputeResource_Task(spec, True))


@pytest.mark.parametrize("method", ["MakePrimaryVM_Task", "TerminateFaultTolerantVM_Task"])
def test_without_ha_nobody_would_restart_the_secondary(start: Start, method: str) -> None:
    site = protected(start)
    switch_ha(site, enabled=False)
    vm = site.find("web01")
    error = site.finish(getattr(vm, method)(site.twin("web01"))).error
    assert (type(error), error.vm, error.vmName) == (vim.fault.FaultToleranceVmNotDasProtected, vm, "web01")
    switch_ha(site, enabled=True)
    assert site.finish(getattr(vm, method)(site.twin("web01"))).state == "success"


def test_without_ha_nothing_is_restarted_until_it_is_back(start: Start) -> None:
    site = protected(start)
    switch_ha(site, enabled=False)
    vm, twin = site.find("web01"), site.twin("web01")
    twin.TerminateVM()
    site.emulator.advance(1700)
    assert (vm.runtime.faultToleranceState, twin.runtime.powerState) == ("needSecondary", "poweredOff")
    switch_ha(site, enabled=True)
    assert vm.runtime.faultToleranceState == "running"


def test_a_restart_that_waits_is_not_carried_out_once_ha_is_off(start: Start) -> None:
    site = protected(start)
    vm, twin = site.find("web01"), site.twin("web01")
    site.finish(site.find("esx1.lab.example").ShutdownHost_Task(True))
    assert vm.runtime.faultToleranceState == "needSecondary"
    switch_ha(site, enabled=False)
    site.find("esx1.lab.example").ReconnectHost_Task()
    site.emulator.advance(1700)
    assert (vm.runtime.faultToleranceState, twin.runtime.powerState) == ("needSecondary", "poweredOff")
    assert not site.told("VmMaxFTRestartCountReached")


def lose_logging(site: Site, host: str) -> None:
    """Deselect the NIC of a host for Fault Tolerance logging."""
    manager = site.find(host).configManager.virtualNicManager
    (nic,) = manager.QueryNetConfig("faultToleranceLogging").selectedVnic
    device = next(
        each.device
        for each in manager.QueryNetConfig("faultToleranceLogging").candidateVnic
        if each.key == nic
    )
    manager.DeselectVnicForNicType("faultToleranceLogging", device)


def lose_metadata(site: Site, host: str) -> None:
    """Make the datastore of the tie-breaker files inaccessible to a host."""
    store = site.named(vim.Datastore, "shared-2")
    managed = site.emulator.vcenter.inventory[store._moId]
    mounts = tuple(
        mount.replace(mountInfo=mount.mountInfo.replace(accessible=False))
        if mount.key.value == site.find(host)._moId
        else mount
        for mount in managed.get("host")
    )
    site.emulator.call(managed.set, "host", mounts)


@pytest.mark.parametrize("lose", [lose_logging, lose_metadata])
def test_a_pair_that_loses_a_service_runs_on_but_gets_no_secondary_after_a_failover(
    start: Start, lose: Callable[[Site, str], None]
) -> None:
    site = start("two-datastores")
    where = vim.vm.FaultToleranceMetaSpec(metaDataDatastore=site.named(vim.Datastore, "shared-2"))
    spec = vim.vm.FaultToleranceConfigSpec(metaDataPath=where)
    vm = site.find("web01")
    assert site.finish(vm.CreateSecondaryVMEx_Task(None, spec)).state == "success"
    assert vm.runtime.faultToleranceState == "running"
    lose(site, site.twin("web01").runtime.host.name)
    site.emulator.advance(60)
    assert vm.runtime.faultToleranceState == "running"
    assert site.finish(vm.MakePrimaryVM_Task(site.twin("web01"))).state == "success"
    assert (vm.runtime.faultToleranceState, vm.runtime.powerState) == ("needSecondary", "poweredOn")
    assert site.twin("web01").runtime.powerState == "poweredOff"


def protection(site: Site) -> dict[str, bool | None]:
    """Return the HA protection of all VMs by name, None where it is unset."""
    states = ((vm.name, vm.runtime.dasVmProtection) for vm in site.all(vim.VirtualMachine))
    return {name: state.dasProtected if state else None for name, state in states}


def test_without_ha_no_vm_shows_its_protection(start: Start) -> None:
    site = protected(start)
    before = protection(site)
    assert (before["web01"], before["app01"], before["db01"]) == (True, True, False)
    switch_ha(site, enabled=False)
    assert set(protection(site).values()) == {None}
    site.finish(site.find("db01").PowerOnVM_Task())
    assert protection(site)["db01"] is None
    switch_ha(site, enabled=True)
    assert protection(site) == {**before, "db01": True}


@pytest.mark.parametrize("method", ["MakePrimaryVM_Task", "TerminateFaultTolerantVM_Task"])
def test_a_pair_that_does_not_run_cannot_be_tested(start: Start, method: str) -> None:
    site = start()
    site.create("db01")
    info = site.finish(getattr(site.find("db01"), method)(site.twin("db01")))
    assert type(info.error) is vim.fault.InvalidState


def test_a_primary_that_is_killed_fails_over(start: Start) -> None:
    site = protected(start)
    vm, twin = site.find("web01"), site.twin("web01")
    before = (vm.runtime.host, twin.runtime.host)
    vm.TerminateVM()
    assert vm.runtime.powerState == "poweredOn"
    assert (vm.runtime.faultToleranceState, vm.runtime.needSecondaryReason) == (
        "needSecondary",
        "lostConnection",
    )
    site.emulator.advance(60)
    assert (twin.runtime.host, vm.runtime.host) == before
    assert (vm.runtime.powerState, twin.runtime.powerState) == ("poweredOn", "poweredOn")
    assert vm.runtime.faultToleranceState == "running"


def test_a_secondary_that_is_killed_is_started_again(start: Start) -> None:
    site = protected(start)
    vm, twin = site.find("web01"), site.twin("web01")
    twin.TerminateVM()
    assert (vm.runtime.faultToleranceState, twin.runtime.powerState) == ("needSecondary", "poweredOff")
    site.emulator.advance(60)
    assert vm.runtime.faultToleranceState == "running"


def test_a_vm_like_others_that_is_killed_is_off(start: Start) -> None:
    site = start()
    site.find("web01").TerminateVM()
    assert site.find("web01").runtime.powerState == "poweredOff"

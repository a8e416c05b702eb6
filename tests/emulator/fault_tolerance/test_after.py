"""Effects of a pair: disabled methods, dependence on HA, placement by a specification."""

from __future__ import annotations

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.fault_tolerance.conftest import Site, Start

TURN_ON = {"CreateSecondaryVM_Task", "CreateSecondaryVMEx_Task"}
TURN_OFF = "TurnOffFaultToleranceForVM_Task"


def switch_ha(site: Site, *, on: bool) -> None:
    spec = vim.cluster.ConfigSpecEx(dasConfig=vim.cluster.DasConfigInfo(enabled=on))
    info = site.finish(site.cluster.ReconfigureComputeResource_Task(spec, True))
    assert info.state == "success"


def test_a_primary_refuses_a_second_secondary_and_can_be_turned_off(start: Start) -> None:
    site = start()
    vm = site.find("web01")
    assert TURN_OFF in vm.disabledMethod
    assert not TURN_ON & set(vm.disabledMethod)
    site.create("web01")
    assert TURN_OFF not in vm.disabledMethod
    assert set(vm.disabledMethod) >= TURN_ON | {"RevertToCurrentSnapshot_Task"}


def test_a_secondary_refuses_nearly_everything(start: Start) -> None:
    twin = start().create("web01").result.vm
    assert set(twin.disabledMethod) >= {"PowerOffVM_Task", "ReconfigVM_Task", "Destroy_Task", *TURN_ON}
    assert "MigrateVM_Task" not in twin.disabledMethod


def test_a_pair_survives_ha_and_is_told_of_it(start: Start) -> None:
    site = start()
    site.create("web01")
    switch_ha(site, on=False)
    assert site.find("web01").runtime.faultToleranceState == "running"
    (event,) = site.told("ExtendedEvent")
    assert event.eventTypeId == "com.vmware.vc.ft.VmAffectedByDasDisabledEvent"
    assert event.managedObject == site.find("web01")


def test_without_ha_turning_on_is_refused_in_advance(start: Start) -> None:
    site = start()
    vm = site.find("mail01")
    switch_ha(site, on=False)
    assert set(vm.disabledMethod) >= TURN_ON
    switch_ha(site, on=True)
    assert not TURN_ON & set(vm.disabledMethod)


def test_what_a_pair_cannot_do_without_ha_is_disabled(start: Start) -> None:
    site = start("already-fault-tolerant")
    running, off = site.find("web01"), site.find("db01")
    with_ha = [set(vm.disabledMethod) for vm in (running, off)]
    switch_ha(site, on=False)
    gone = {"MakePrimaryVM_Task", "TerminateFaultTolerantVM_Task", "EnableSecondaryVM_Task"}
    assert set(running.disabledMethod) == with_ha[0] | gone
    assert set(off.disabledMethod) == with_ha[1] | gone | {"PowerOnVM_Task"}
    site.finish(running.PowerOffVM_Task())
    assert "PowerOnVM_Task" in running.disabledMethod
    switch_ha(site, on=True)
    assert "PowerOnVM_Task" not in running.disabledMethod
    assert set(off.disabledMethod) == with_ha[1]


def test_after_turning_off_without_ha_turning_on_is_refused_in_advance(start: Start) -> None:
    site = start("already-fault-tolerant")
    switch_ha(site, on=False)
    vm = site.find("web01")
    assert site.finish(vm.TurnOffFaultToleranceForVM_Task()).state == "success"
    assert set(vm.disabledMethod) >= TURN_ON


def test_so_it_is_after_the_host_of_the_secondary_was_removed(start: Start) -> None:
    site = start("already-fault-tolerant")
    switch_ha(site, on=False)
    vm, host = site.find("db01"), site.twin("db01").runtime.host
    for name in ("web01", "app01"):
        site.finish(site.find(name).PowerOffVM_Task())
    site.finish(host.EnterMaintenanceMode_Task(0))
    assert site.finish(host.Destroy_Task()).state == "success"
    assert vm.config.ftInfo is None
    assert set(vm.disabledMethod) >= TURN_ON


def test_without_ha_a_pair_is_not_powered_on(start: Start) -> None:
    site = start("already-fault-tolerant")
    switch_ha(site, on=False)
    error = site.finish(site.find("db01").PowerOnVM_Task()).error
    assert [issue.reason for issue in error.errors] == ["haNotEnabled"]
    assert site.find("db01").runtime.powerState == "poweredOff"


def test_a_recommendation_for_a_host_that_became_unfit_is_not_carried_out(start: Start) -> None:
    site = start("drs-manual")
    (recommendation,) = site.create("web01").result.powerOnResult.recommendations
    host = recommendation.action[0].targetHost
    site.finish(site.find("app01").PowerOffVM_Task())
    assert site.finish(host.EnterMaintenanceMode_Task(0)).state == "success"
    with pytest.raises(vmodl.fault.InvalidArgument) as raised:  # the method declares no faults
        site.cluster.ApplyRecommendation(recommendation.key)
    assert raised.value.invalidProperty == "key"
    assert site.find("web01").runtime.faultToleranceState == "needSecondary"


def test_a_specification_says_where_the_secondary_lies(start: Start) -> None:
    site = start("two-datastores")
    stores = {store.name: store for store in site.cluster.datastore}
    vm = site.find("web01")
    (disk,) = [
        device for device in vm.config.hardware.device if isinstance(device, vim.vm.device.VirtualDisk)
    ]
    spec = vim.vm.FaultToleranceConfigSpec(
        metaDataPath=vim.vm.FaultToleranceMetaSpec(metaDataDatastore=stores["shared-2"]),
        secondaryVmSpec=vim.vm.FaultToleranceVMConfigSpec(
            vmConfig=stores["shared-2"],
            disks=[
                vim.vm.FaultToleranceVMConfigSpec.FaultToleranceDiskSpec(
                    disk=disk, datastore=stores["shared-2"]
                )
            ],
        ),
    )
    twin = site.finish(vm.CreateSecondaryVMEx_Task(None, spec)).result.vm
    (copy,) = [d for d in twin.config.hardware.device if isinstance(d, vim.vm.device.VirtualDisk)]
    assert twin.config.files.vmPathName == "[shared-2] web01_1/web01.vmx"
    assert copy.backing.fileName == "[shared-2] web01_1/web01.vmdk"
    assert copy.backing.datastore == stores["shared-2"]
    assert list(twin.datastore) == [stores["shared-2"]]
    assert vm.config.files.ftMetadataDirectory == "[shared-2] web01/"
    assert vm.runtime.faultToleranceState == "running"


def test_metadata_must_be_on_a_datastore_that_both_hosts_reach(start: Start) -> None:
    site = start("two-datastores")
    stores = {store.name: store for store in site.cluster.datastore}
    metadata = vim.vm.FaultToleranceMetaSpec(metaDataDatastore=stores["local-1"])
    spec = vim.vm.FaultToleranceConfigSpec(metaDataPath=metadata)
    host = site.find("esx2.lab.example")
    fault = site.finish(site.find("web01").CreateSecondaryVMEx_Task(host, spec)).error
    (error,) = fault.error
    assert type(error) is vim.fault.InaccessibleFTMetadataDatastore
    assert (error.datastore, error.name) == (stores["local-1"], "local-1")

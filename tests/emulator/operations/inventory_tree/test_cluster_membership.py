from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab


def connect_spec(name: str, **properties: Any) -> Any:
    wanted = {"userName": "root", "password": "secret", "force": True, **properties}
    return vim.host.ConnectSpec(hostName=name, **wanted)


def test_a_host_is_added_fitted_and_used_for_fault_tolerance(sound_lab: Lab) -> None:
    cluster = sound_lab.named(vim.ClusterComputeResource, "ft-cluster")
    host = sound_lab.run(cluster.AddHost_Task(spec=connect_spec("esx9.lab.example"), asConnected=True))
    assert (host.parent, host.runtime.connectionState) == (cluster, "connected")
    assert cluster.summary.numHosts == 3
    assert [store.name for store in host.datastore] == ["shared-1"]
    assert set(host.capability.smpFtCompatibilityIssues) == {"missingFTLoggingNic", "missingVMotionNic"}
    manager = host.configManager.virtualNicManager
    for service in ("faultToleranceLogging", "vmotion"):
        manager.SelectVnicForNicType(service, "vmk0")
    sound_lab.run(sound_lab.vm("db01").CreateSecondaryVM_Task(host=host))
    assert [vm.name for vm in host.vm] == ["db01"]
    assignments = sound_lab.content.licenseManager.licenseAssignmentManager
    (told,) = assignments.QueryAssignedLicenses(host._moId)
    assert told.assignedLicense.editionKey == "eval"


def test_a_host_that_is_known_or_says_nothing_of_itself_is_not_added(sound_lab: Lab) -> None:
    cluster = sound_lab.named(vim.ClusterComputeResource, "ft-cluster")
    for fault, spec in (
        (vim.fault.DuplicateName, connect_spec("esx1.lab.example")),
        (vim.fault.InvalidLogin, connect_spec("esx9.lab.example", password=None)),
        (vmodl.fault.InvalidArgument, connect_spec("")),
    ):
        with pytest.raises(fault):
            sound_lab.run(cluster.AddHost_Task(spec=spec, asConnected=True))


def test_hosts_move_between_clusters_and_stand_alone(sound_lab: Lab) -> None:
    host, first = (
        sound_lab.named(vim.HostSystem, "esx1.lab.example"),
        sound_lab.named(vim.ClusterComputeResource, "ft-cluster"),
    )
    second = first.parent.CreateClusterEx("second", vim.cluster.ConfigSpecEx())
    with pytest.raises(vim.fault.InvalidState):
        sound_lab.run(second.MoveInto_Task([host]))
    sound_lab.run(sound_lab.vm("web01").PowerOffVM_Task())
    sound_lab.run(host.EnterMaintenanceMode_Task(timeout=0))
    sound_lab.run(second.MoveInto_Task([host]))
    assert (host.parent, list(second.host), len(first.host)) == (second, [host], 1)
    assert sound_lab.vm("web01").resourcePool == second.resourcePool
    sound_lab.run(first.parent.MoveIntoFolder_Task([host]))
    alone = host.parent
    assert type(alone) is vim.ComputeResource
    sound_lab.run(first.MoveHostInto_Task(host=host))
    assert host.parent == first
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        alone.name  # noqa: B018  # asks the server


def test_a_host_is_added_alone(sound_lab: Lab) -> None:
    folder = sound_lab.named(vim.Datacenter, "Lab").hostFolder
    task = folder.AddStandaloneHost_Task(spec=connect_spec("esx8.lab.example"), addConnected=True)
    owner = sound_lab.run(task)
    assert (owner.name, owner.host[0].name, owner.parent) == ("esx8.lab.example", "esx8.lab.example", folder)


def test_a_new_host_is_configured_as_requested(lab: Lab) -> None:
    folder = lab.named(vim.Datacenter, "Lab").hostFolder
    spec = vim.host.ConnectSpec(
        hostName="new.lab.example", userName="root", password="x", force=False, lockdownMode="lockdownNormal"
    )
    config = vim.ComputeResource.ConfigSpec(vmSwapPlacement="hostLocal")
    owner = lab.run(folder.AddStandaloneHost_Task(spec=spec, compResSpec=config, addConnected=True))
    assert owner.configurationEx.vmSwapPlacement == "hostLocal"
    assert owner.host[0].config.lockdownMode == "lockdownNormal"

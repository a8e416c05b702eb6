from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.consistency import contradictions
from tests.emulator.everything import present
from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.specs import free


def destroy(lab: Lab, entity: Any) -> None:
    lab.run(entity.Destroy_Task())


def test_a_destroyed_vm_is_gone_from_everywhere(sound_lab: Lab) -> None:
    vm, before = sound_lab.vm("db01"), free(sound_lab)
    cluster = sound_lab.named(vim.ClusterComputeResource, "ft-cluster")
    view = sound_lab.content.viewManager.CreateContainerView(
        sound_lab.content.rootFolder, [vim.VirtualMachine], True
    )
    rule = vim.cluster.AntiAffinityRuleSpec(name="apart", enabled=True, vm=[vm, sound_lab.vm("web01")])
    override = vim.cluster.DasVmConfigInfo(key=vm, restartPriority="high")
    spec = vim.cluster.ConfigSpecEx(
        rulesSpec=[vim.cluster.RuleSpec(operation="add", info=rule)],
        dasVmConfigSpec=[vim.cluster.DasVmConfigSpec(operation="add", info=override)],
    )
    sound_lab.run(cluster.ReconfigureComputeResource_Task(spec=spec, modify=True))
    destroy(sound_lab, vm)
    assert vm not in view.view
    assert list(cluster.configurationEx.dasVmConfig) == []
    assert vm not in cluster.configurationEx.rule[0].vm
    assert free(sound_lab) > before
    assert sound_lab.content.searchIndex.FindByInventoryPath("Lab/vm/db01") is None
    assert sound_lab.events("VmRemovedEvent") == ["VmRemovedEvent"]


def test_what_leaves_a_cluster_is_gone_from_its_configuration(sound_lab: Lab) -> None:
    cluster = sound_lab.named(vim.ClusterComputeResource, "ft-cluster")
    other = cluster.parent.CreateClusterEx("second", vim.cluster.ConfigSpecEx())
    host, vm = sound_lab.named(vim.HostSystem, "esx2.lab.example"), sound_lab.vm("mail01")
    mover = sound_lab.vm("db01")
    groups = [
        vim.cluster.VmGroup(name="vms", vm=[vm, mover]),
        vim.cluster.HostGroup(name="hosts", host=[host]),
    ]
    overrides = [vim.cluster.DasVmConfigInfo(key=each, restartPriority="high") for each in (vm, mover)]
    spec = vim.cluster.ConfigSpecEx(
        groupSpec=[vim.cluster.GroupSpec(operation="add", info=group) for group in groups],
        dasVmConfigSpec=[vim.cluster.DasVmConfigSpec(operation="add", info=each) for each in overrides],
    )
    sound_lab.run(cluster.ReconfigureComputeResource_Task(spec=spec, modify=True))
    sound_lab.run(host.EnterMaintenanceMode_Task(timeout=0))
    sound_lab.run(other.MoveInto_Task([host]))
    sound_lab.run(host.ExitMaintenanceMode_Task(timeout=0))
    assert [override.key for override in cluster.configurationEx.dasVmConfig] == [mover]
    sound_lab.run(mover.RelocateVM_Task(vim.vm.RelocateSpec(host=host, pool=other.resourcePool)))
    assert list(cluster.configurationEx.dasVmConfig) == []
    vms, hosts = cluster.configurationEx.group
    assert (list(vms.vm), list(hosts.host)) == ([], [])


def test_a_template_and_a_vm_with_snapshots_are_destroyed(sound_lab: Lab) -> None:
    destroy(sound_lab, sound_lab.vm("tpl01"))
    vm = sound_lab.vm("db01")
    sound_lab.run(vm.CreateSnapshot_Task(name="one", memory=False, quiesce=False))
    snapshot = vm.snapshot.currentSnapshot
    destroy(sound_lab, vm)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        snapshot.config  # noqa: B018  # asks the server


def test_a_running_vm_is_not_destroyed_nor_what_holds_it(sound_lab: Lab) -> None:
    vm = sound_lab.vm("web01")
    folder = vm.parent.CreateFolder("below")
    sound_lab.run(folder.MoveIntoFolder_Task([vm]))
    for entity in (vm, folder, sound_lab.named(vim.Datacenter, "Lab")):
        with pytest.raises(vim.fault.InvalidPowerState):
            destroy(sound_lab, entity)
    assert vm.runtime.powerState == "poweredOn"


def test_a_folder_goes_with_all_that_is_in_it(sound_lab: Lab) -> None:
    folder = sound_lab.vm("db01").parent.CreateFolder("below")
    inner = folder.CreateFolder("deeper")
    sound_lab.run(inner.MoveIntoFolder_Task([sound_lab.vm("db01")]))
    destroy(sound_lab, folder)
    assert {vm.name for vm in sound_lab.all(vim.VirtualMachine)} == {"web01", "app01", "mail01", "tpl01"}


def test_the_vms_of_a_pool_go_to_the_pool_above(sound_lab: Lab) -> None:
    vm = sound_lab.vm("db01")
    root = vm.resourcePool
    pool = root.CreateResourcePool(
        "inner",
        vim.ResourceConfigSpec(
            cpuAllocation=vim.ResourceAllocationInfo(), memoryAllocation=vim.ResourceAllocationInfo()
        ),
    )
    pool.MoveIntoResourcePool([vm])
    destroy(sound_lab, pool)
    assert vm.resourcePool == root
    assert vm in root.vm
    with pytest.raises(vmodl.fault.NotSupported):
        destroy(sound_lab, root)


def test_what_belongs_to_a_datacenter_is_not_destroyed_alone(sound_lab: Lab) -> None:
    for folder in (sound_lab.content.rootFolder, sound_lab.vm("db01").parent):
        with pytest.raises(vmodl.fault.NotSupported):
            destroy(sound_lab, folder)


def test_a_datastore_or_network_in_use_is_not_destroyed(sound_lab: Lab) -> None:
    for used in (sound_lab.named(vim.Datastore, "shared-1"), sound_lab.named(vim.Network, "VM Network")):
        with pytest.raises(vim.fault.ResourceInUse):
            destroy(sound_lab, used)


def test_a_host_goes_when_it_is_out_of_service_and_its_vms_with_it(sound_lab: Lab) -> None:
    host = sound_lab.named(vim.HostSystem, "esx1.lab.example")
    cluster = host.parent
    with pytest.raises(vim.fault.InvalidState):
        destroy(sound_lab, host)
    sound_lab.run(sound_lab.vm("web01").PowerOffVM_Task())
    sound_lab.run(host.EnterMaintenanceMode_Task(timeout=0))
    destroy(sound_lab, host)
    assert (len(cluster.host), cluster.summary.numHosts) == (1, 1)
    assert {vm.name for vm in sound_lab.all(vim.VirtualMachine)} == {"app01", "mail01"}


def test_a_primary_takes_its_secondary_with_it() -> None:
    with open_lab() as lab:
        vm, count = lab.vm("db01"), len(lab.all(vim.VirtualMachine))
        lab.run(vm.CreateSecondaryVM_Task())
        destroy(lab, vm)
        assert len(lab.all(vim.VirtualMachine)) == count - 1
        assert contradictions(lab.emulator.vcenter.inventory) == []


def test_nothing_refers_to_what_was_destroyed() -> None:
    with open_lab() as opened:
        machines = opened.all(vim.VirtualMachine)
        for vm in machines:
            if vm.runtime.powerState == "poweredOn":
                opened.run(vm.PowerOffVM_Task())
        hosts = opened.all(vim.HostSystem)
        others = (vim.Datastore, vim.Network, vim.ClusterComputeResource, vim.Datacenter)
        for entity in (*machines, *hosts, *(each for kind in others for each in opened.all(kind))):
            if entity in hosts:
                opened.run(entity.DisconnectHost_Task())
            destroy(opened, entity)
            assert f">{entity._moId}<" not in present(opened.emulator)

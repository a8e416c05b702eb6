from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab


def move(lab: Lab, folder: Any, *entities: Any) -> None:
    lab.run(folder.MoveIntoFolder_Task(list(entities)))


def test_folders_are_made_at_every_place(sound_lab: Lab) -> None:
    datacenter = sound_lab.named(vim.Datacenter, "Lab")
    for parent in (sound_lab.content.rootFolder, datacenter.vmFolder, datacenter.hostFolder):
        made = parent.CreateFolder("made")
        assert (made.name, made.parent, list(made.childType)) == ("made", parent, list(parent.childType))
        with pytest.raises(vim.fault.DuplicateName) as caught:
            parent.CreateFolder("made")
        assert caught.value.object == made


def test_a_datacenter_and_a_cluster_are_made(sound_lab: Lab) -> None:
    datacenter = sound_lab.content.rootFolder.CreateDatacenter("Second")
    spec = vim.cluster.ConfigSpecEx(dasConfig=vim.cluster.DasConfigInfo(enabled=True))
    cluster = datacenter.hostFolder.CreateClusterEx("c2", spec)
    assert cluster.configurationEx.dasConfig.enabled is True
    assert cluster.configurationEx.drsConfig.enabled is False
    assert (cluster.resourcePool.owner, cluster.summary.numHosts) == (cluster, 0)
    older = datacenter.hostFolder.CreateCluster("c3", vim.cluster.ConfigSpec())
    assert older.configurationEx.dasConfig.enabled is False
    with pytest.raises(vmodl.fault.NotSupported):
        datacenter.vmFolder.CreateDatacenter("x")
    with pytest.raises(vim.fault.InvalidName):
        datacenter.hostFolder.CreateClusterEx("", spec)
    assert sound_lab.events("DatacenterCreatedEvent", "ClusterCreatedEvent") == [
        "DatacenterCreatedEvent",
        "ClusterCreatedEvent",
        "ClusterCreatedEvent",
    ]


def test_entities_move_between_folders(sound_lab: Lab) -> None:
    vm = sound_lab.vm("db01")
    outer = vm.parent.CreateFolder("outer")
    inner = outer.CreateFolder("inner")
    move(sound_lab, inner, vm)
    assert (vm.parent, list(inner.childEntity)) == (inner, [vm])
    with pytest.raises(vim.fault.InvalidFolder):
        move(sound_lab, inner, outer)
    with pytest.raises(vmodl.fault.NotSupported):
        move(sound_lab, sound_lab.content.rootFolder, vm)
    found = sound_lab.content.searchIndex.FindByInventoryPath("Lab/vm/outer/inner/db01")
    assert found == vm


def test_names_do_not_clash_after_a_move(sound_lab: Lab) -> None:
    vm = sound_lab.vm("db01")
    folder = vm.parent.CreateFolder("below")
    move(sound_lab, folder, vm)
    twin = vm.parent.parent.CreateFolder("db01")
    with pytest.raises(vim.fault.DuplicateName):
        move(sound_lab, folder, twin)
    assert twin.parent != folder


def test_a_pair_moves_together(sound_lab: Lab) -> None:
    vm = sound_lab.vm("db01")
    sound_lab.run(vm.CreateSecondaryVM_Task())
    folder = vm.parent.CreateFolder("below")
    move(sound_lab, folder, vm)
    assert {each.name for each in folder.childEntity} == {"db01"}
    assert len(folder.childEntity) == 2


def test_a_folder_goes_and_its_vms_files_stay(sound_lab: Lab) -> None:
    vm = sound_lab.vm("db01")
    pool, parent = vm.resourcePool, vm.parent
    folder = parent.CreateFolder("below")
    move(sound_lab, folder, vm)
    sound_lab.run(folder.UnregisterAndDestroy_Task())
    path = "[shared-1] db01/db01.vmx"
    again = sound_lab.run(parent.RegisterVM_Task(path=path, asTemplate=False, pool=pool))
    assert again.name == "db01"


def test_whatever_has_a_name_is_renamed(sound_lab: Lab) -> None:
    datacenter = sound_lab.named(vim.Datacenter, "Lab")
    vm = sound_lab.vm("db01")
    for entity in (
        vm,
        vm.parent.CreateFolder("f"),
        datacenter,
        sound_lab.named(vim.ClusterComputeResource, "ft-cluster"),
    ):
        sound_lab.run(entity.Rename_Task(f"new {entity.name}"))
        assert entity.name.startswith("new ")
    with pytest.raises(vim.fault.DuplicateName):
        sound_lab.run(sound_lab.vm("web01").Rename_Task("mail01"))
    with pytest.raises(vmodl.fault.NotSupported):
        sound_lab.run(sound_lab.all(vim.HostSystem)[0].Rename_Task("x"))


def test_paths_follow_the_datastores_name_and_cards_the_networks(sound_lab: Lab) -> None:
    vm = sound_lab.vm("mail01")
    sound_lab.run(sound_lab.named(vim.Datastore, "shared-1").Rename_Task("gold"))
    sound_lab.run(sound_lab.named(vim.Network, "VM Network").Rename_Task("Blue"))
    assert vm.config.files.vmPathName == vm.summary.config.vmPathName == "[gold] mail01/mail01.vmx"
    assert {file.name[:6] for file in vm.layoutEx.file} == {"[gold]"}
    cards = [d for d in vm.config.hardware.device if isinstance(d, vim.vm.device.VirtualEthernetCard)]
    assert cards[0].backing.deviceName == "Blue"

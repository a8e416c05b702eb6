"""A datastore path is read alike everywhere, whether a space stands behind the datastore or not."""

from __future__ import annotations

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.specs import add, create, disk, disks, machine, scsi


def test_a_path_without_the_space_is_that_with_it(sound_lab: Lab) -> None:
    devices = [add(scsi()), add(disk(1, -1), "create")]
    vm = create(sound_lab, machine(path="[shared-1]odd/odd.vmx", deviceChange=devices))
    datacenter, index = sound_lab.named(vim.Datacenter, "Lab"), sound_lab.content.searchIndex
    assert vm.config.files.vmPathName == "[shared-1] odd/odd.vmx"
    assert index.FindByDatastorePath(datacenter, "[shared-1]odd/odd.vmx") == vm
    with pytest.raises(vim.fault.AlreadyExists):
        create(sound_lab, machine("other", "[shared-1]odd/odd.vmx"))
    twin = sound_lab.run(vm.CreateSecondaryVM_Task()).vm
    assert twin.config.files.vmPathName == "[shared-1] odd_1/odd.vmx"
    assert [each.backing.fileName.rpartition("/")[0] for each in disks(twin)] == ["[shared-1] odd_1"]
    sound_lab.run(vm.TurnOffFaultToleranceForVM_Task())
    folder, pool = vm.parent, vm.resourcePool
    vm.UnregisterVM()
    again = sound_lab.run(folder.RegisterVM_Task(path="[shared-1]odd/odd.vmx", asTemplate=False, pool=pool))
    assert again.config.files.vmPathName == "[shared-1] odd/odd.vmx"


@pytest.mark.parametrize("path", ["", "odd.vmx", "[]", "[] odd.vmx", "[shared-1"])
def test_a_path_without_a_datastore(lab: Lab, path: str) -> None:
    datacenter, host = lab.named(vim.Datacenter, "Lab"), lab.all(vim.HostSystem)[0]
    with pytest.raises(vim.fault.InvalidDatastorePath):
        lab.content.searchIndex.FindByDatastorePath(datacenter, path)
    with pytest.raises(vim.fault.InvalidDatastorePath):
        lab.run(host.datastoreBrowser.SearchDatastore_Task(path))
    with pytest.raises(vim.fault.InvalidDatastorePath):
        create(lab, machine(path=path))

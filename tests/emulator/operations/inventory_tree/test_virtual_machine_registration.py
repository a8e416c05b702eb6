from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.specs import disks, free


def register(lab: Lab, path: str, **arguments: Any) -> Any:
    beside = lab.vm("web01")
    wanted = {"asTemplate": False, "pool": beside.resourcePool, **arguments}
    return lab.run(beside.parent.RegisterVM_Task(path=path, **wanted))


def test_a_vm_leaves_the_inventory_and_comes_back(sound_lab: Lab) -> None:
    vm, before = sound_lab.vm("db01"), free(sound_lab)
    path, uuid, sizes = vm.config.files.vmPathName, vm.config.uuid, [d.capacityInBytes for d in disks(vm)]
    vm.UnregisterVM()
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        vm.name  # noqa: B018  # asks the server
    assert free(sound_lab) == before
    again = register(sound_lab, path)
    assert (again.name, again.config.uuid) == ("db01", uuid)
    assert [d.capacityInBytes for d in disks(again)] == sizes
    assert free(sound_lab) == before
    assert sound_lab.events("VmRemovedEvent", "VmRegisteredEvent") == ["VmRemovedEvent", "VmRegisteredEvent"]


def test_it_comes_back_under_another_name_or_as_a_template(sound_lab: Lab) -> None:
    vm = sound_lab.vm("db01")
    path = vm.config.files.vmPathName
    vm.UnregisterVM()
    host = sound_lab.named(vim.HostSystem, "esx2.lab.example")
    again = register(sound_lab, path, name="gold", asTemplate=True, pool=None, host=host)
    assert (again.name, again.config.template, again.resourcePool) == ("gold", True, None)


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        (vim.fault.AlreadyExists, "[shared-1] db01/db01.vmx"),
        (vim.fault.NotFound, "[shared-1] none/none.vmx"),
        (vim.fault.InvalidDatastorePath, "[none] db01/db01.vmx"),
        (vim.fault.InvalidDatastorePath, "db01"),
    ],
)
def test_a_path_that_leads_to_nothing(sound_lab: Lab, fault: Any, path: str) -> None:
    with pytest.raises(fault):
        register(sound_lab, path)


def test_a_vm_needs_a_pool_and_a_template_none(sound_lab: Lab) -> None:
    sound_lab.vm("db01").UnregisterVM()
    path = "[shared-1] db01/db01.vmx"
    for wrong in ({"pool": None}, {"asTemplate": True}):
        with pytest.raises(vmodl.fault.InvalidArgument):
            register(sound_lab, path, **wrong)
    with pytest.raises(vim.fault.DuplicateName):
        register(sound_lab, path, name="web01")

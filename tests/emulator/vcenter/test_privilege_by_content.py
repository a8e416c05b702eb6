from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.specs import add, disk
from vim25_emulator.vcenter import privilege_by_content
from vim25_emulator.vmodl.privilege import privileges

SPEC = vim.vm.ConfigSpec


@pytest.fixture(scope="module")
def reader() -> Iterator[Lab]:
    """Yield a lab whose client has a read-only role."""
    with open_lab("restricted-user") as opened:
        own = opened.service
        opened.service = opened.login("readonly@vsphere.local", "vmware")
        yield opened
        Disconnect(opened.service)
        opened.service = own


def vm(lab: Lab) -> Any:
    return lab.vm("db01")


def cluster(lab: Lab) -> Any:
    return lab.named(vim.ClusterComputeResource, "ft-cluster")


def clone(lab: Lab, *, template: bool) -> Any:
    spec = vim.vm.CloneSpec(location=vim.vm.RelocateSpec(), template=template, powerOn=False)
    return vm(lab).CloneVM_Task(folder=vm(lab).parent, name="copy", spec=spec)


REFUSED: list[tuple[Callable[[Lab], Any], str]] = [
    (lambda lab: vm(lab).Destroy_Task(), "VirtualMachine.Inventory.Delete"),
    (lambda lab: cluster(lab).Destroy_Task(), "Host.Inventory.DeleteCluster"),
    (lambda lab: vm(lab).Rename_Task("x"), "VirtualMachine.Config.Rename"),
    (lambda lab: cluster(lab).Rename_Task("x"), "Host.Inventory.RenameCluster"),
    (lambda lab: vm(lab).parent.MoveIntoFolder_Task([vm(lab)]), "VirtualMachine.Inventory.Move"),
    (lambda lab: vm(lab).resourcePool.MoveIntoResourcePool([vm(lab)]), "Resource.AssignVMToPool"),
    (lambda lab: vm(lab).resourcePool.UpdateConfig(), "Resource.EditPool"),
    (lambda lab: clone(lab, template=False), "VirtualMachine.Provisioning.Clone"),
    (lambda lab: clone(lab, template=True), "VirtualMachine.Provisioning.CreateTemplateFromVM"),
    (
        lambda lab: vm(lab).MigrateVM_Task(host=vm(lab).runtime.host, priority="defaultPriority"),
        "Resource.ColdMigrate",
    ),
    (lambda lab: vm(lab).ReconfigVM_Task(SPEC(memoryMB=8)), "VirtualMachine.Config.Memory"),
    (lambda lab: vm(lab).ReconfigVM_Task(SPEC(firmware="efi")), "VirtualMachine.Config.Settings"),
    (
        lambda lab: vm(lab).ReconfigVM_Task(SPEC(deviceChange=[add(disk(1), "create")])),
        "VirtualMachine.Config.AddNewDisk",
    ),
]


@pytest.mark.parametrize(("attempt", "privilege"), REFUSED, ids=[privilege for _, privilege in REFUSED])
def test_who_may_only_read_is_told_what_is_missing(
    reader: Lab, attempt: Callable[[Lab], Any], privilege: str
) -> None:
    with pytest.raises(vim.fault.NoPermission) as caught:
        attempt(reader)
    assert caught.value.privilegeId == privilege


def test_every_privilege_in_the_tables_is_one() -> None:
    named = {each for row in privilege_by_content._BY_TYPE.values() for each in row}
    short = {*privilege_by_content._BY_PROPERTY.values(), "Settings", "AddNewDisk"}
    short |= {each for row in privilege_by_content._BY_DEVICE.values() for each in row}
    assert named | {f"VirtualMachine.Config.{each}" for each in short} <= privileges()

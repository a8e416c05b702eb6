from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.specs import add, disk
from vim25_emulator.vcenter import privilege_by_content
from vim25_emulator.vcenter.dispatch import authorize
from vim25_emulator.vmodl.privilege import privileges
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.value import MethodFault

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
    named |= {each for row in privilege_by_content._BY_REFERENCE.values() for each in row.values()}
    assert named | {f"VirtualMachine.Config.{each}" for each in short} <= privileges()


#: Calls whose content names no privilege, each on a machine that the user may not see.
CONTENTLESS: list[Callable[[Lab, Any], Any]] = [
    lambda lab, hidden: hidden.ReconfigVM_Task(SPEC()),
    lambda lab, hidden: hidden.ReconfigVM_Task(SPEC(changeVersion="1")),
    lambda lab, hidden: hidden.ReconfigVM_Task(SPEC(deviceChange=[])),
    lambda lab, hidden: lab.content.searchIndex.FindChild(hidden, "x"),
    lambda lab, hidden: lab.content.perfManager.QueryPerfProviderSummary(hidden),
    lambda lab, hidden: lab.content.alarmManager.GetAlarm(hidden),
    lambda lab, hidden: lab.content.viewManager.CreateListView([hidden]),
    lambda lab, hidden: lab.content.eventManager.QueryEvents(events_of(hidden)),
    lambda lab, hidden: lab.content.eventManager.CreateCollectorForEvents(events_of(hidden)),
    lambda lab, hidden: lab.content.taskManager.CreateCollectorForTasks(
        vim.TaskFilterSpec(entity=vim.TaskFilterSpec.ByEntity(entity=hidden, recursion="self"))
    ),
    lambda lab, hidden: vm_browser(lab, hidden).QueryConfigTarget(),
]


def events_of(entity: Any) -> Any:
    return vim.event.EventFilterSpec(
        entity=vim.event.EventFilterSpec.ByEntity(entity=entity, recursion="self")
    )


def vm_browser(lab: Lab, hidden: Any) -> Any:
    """Return the environment browser of a machine that the client may not read."""
    ref = lab.emulator.vcenter.inventory[hidden._moId].get("environmentBrowser")
    return vim.EnvironmentBrowser(ref.value, hidden._stub)


@pytest.fixture(scope="module")
def outsider() -> Iterator[tuple[Lab, Any, Lab]]:
    """Yield the lab of a user who reads all but db01, that machine, and the administrator's lab."""
    with open_lab("restricted-user") as administrator:
        hidden = administrator.vm("db01")
        none = vim.AuthorizationManager.Permission(
            principal="readonly@vsphere.local", group=False, roleId=-5, propagate=True
        )
        administrator.content.authorizationManager.SetEntityPermissions(hidden, [none])
        service = administrator.login("readonly@vsphere.local", "vmware")
        restricted = Lab.__new__(Lab)
        restricted.emulator, restricted.service = administrator.emulator, service
        yield restricted, vim.VirtualMachine(hidden._moId, service._stub), administrator
        Disconnect(service)


@pytest.mark.parametrize("attempt", CONTENTLESS)
def test_a_call_without_content_still_requires_the_object(
    outsider: tuple[Lab, Any, Lab], attempt: Callable[[Lab, Any], Any]
) -> None:
    restricted, hidden, administrator = outsider
    before = administrator.events()
    with pytest.raises(vim.fault.NoPermission) as caught:
        attempt(restricted, hidden)
    assert caught.value.privilegeId in {"System.View", "System.Read"}
    assert caught.value.object == hidden
    assert administrator.events() == before


def test_every_method_of_an_entity_requires_something(outsider: tuple[Lab, Any, Lab]) -> None:
    """No method of the registry can be called on an entity that the caller may not see."""
    _, hidden, administrator = outsider
    vcenter = administrator.emulator.vcenter
    this = vcenter.inventory[hidden._moId]
    refused = []
    for method in managed_type("VirtualMachine").methods.values():
        arguments = {parameter.name: None for parameter in method.parameters}
        with pytest.raises(MethodFault, match="NoPermission"):
            authorize(vcenter, "readonly@vsphere.local", method, this, arguments)
        refused.append(method.name)
    assert "ReconfigVM_Task" in refused


#: Reference in the specification of a clone → privilege that is missing on its object, which is hidden.
TARGETS = {
    "datastore": "Datastore.AllocateSpace",
    "pool": "Resource.AssignVMToPool",
    "host": "System.View",
}


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, Any]]:
    """Yield the lab of an administrator, and the client of a user who is one of the machine web01 only."""
    path = tmp_path_factory.mktemp("scenarios") / "owner.yaml"
    path.write_text("title: x\nextends: default\nusers: {owner@vsphere.local: {role: Admin, on: web01}}\n")
    with open_lab(str(path)) as administrator:
        service = administrator.login("owner@vsphere.local", "vmware")
        yield administrator, service
        Disconnect(service)


@pytest.mark.parametrize("name", TARGETS)
def test_a_specification_refers_to_nothing_without_rights(owner: tuple[Lab, Any], name: str) -> None:
    administrator, service = owner
    own = vim.VirtualMachine(administrator.vm("web01")._moId, service._stub)
    machine = administrator.vm("web01")
    targets = {"datastore": machine.datastore[0], "pool": machine.resourcePool, "host": machine.runtime.host}
    spec = vim.vm.RelocateSpec(**{name: targets[name]})
    with pytest.raises(vim.fault.NoPermission) as caught:
        own.RelocateVM_Task(spec)
    assert (caught.value.privilegeId, caught.value.object) == (TARGETS[name], targets[name])


def test_the_rights_to_objects_that_are_gone_are_forgotten(owner: tuple[Lab, Any]) -> None:
    administrator, service = owner
    vcenter = administrator.emulator.vcenter
    rights = vcenter.authorization.rights("VSPHERE.LOCAL\\owner")
    mail = administrator.vm("mail01")
    gone = {vcenter.inventory[mail._moId].ref, vcenter.inventory[mail._moId].get("environmentBrowser")}
    hidden = vim.VirtualMachine(mail._moId, service._stub)
    for attempt in (lambda: hidden.name, lambda: vm_browser(administrator, hidden).QueryConfigTarget()):
        with suppress(vim.fault.NoPermission):
            attempt()
    before = rights._roles.keys() | vcenter.authorization._owners.keys()
    assert gone <= before
    administrator.run(mail.Destroy_Task())
    assert not gone & (rights._roles.keys() | vcenter.authorization._owners.keys())


def test_answers_name_nothing_that_the_caller_may_not_see(owner: tuple[Lab, Any]) -> None:
    administrator, service = owner
    machine = administrator.vm("web01")
    assert machine.environmentBrowser.QueryConfigTarget().datastore
    shown = vm_browser(administrator, vim.VirtualMachine(machine._moId, service._stub)).QueryConfigTarget()
    assert (list(shown.datastore), list(shown.network)) == ([], [])
    for content, number in ((administrator.content, 2), (service.content, 0)):
        assert len(content.licenseManager.licenseAssignmentManager.QueryAssignedLicenses()) == number

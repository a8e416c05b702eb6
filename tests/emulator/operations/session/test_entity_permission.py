from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim, vmodl

from tests.emulator.lab import ADMINISTRATOR, Lab
from tests.emulator.lab import lab as open_lab

READER = "VSPHERE.LOCAL\\readonly"
ADMIN, READ_ONLY, VIEW, NO_ACCESS = -1, -2, -3, -5


@pytest.fixture
def site() -> Iterator[Lab]:
    """Yield a vCenter with a second user, who has the role Read-only on everything."""
    with open_lab("restricted-user") as opened:
        yield opened


@pytest.fixture
def reader(site: Lab) -> Iterator[Any]:
    """Return the service instance, connected as that user."""
    service = site.login(READER, "vmware")
    yield service
    Disconnect(service)


def permission(
    role: int, principal: str = READER, *, group: bool = False, propagate: bool = True
) -> vim.AuthorizationManager.Permission:
    return vim.AuthorizationManager.Permission(
        principal=principal, group=group, roleId=role, propagate=propagate
    )


def given(permissions: list[Any]) -> set[tuple[str, str, int, bool]]:
    """Return the entity, principal, role and propagation of permissions."""
    return {(each.entity._moId, each.principal, each.roleId, each.propagate) for each in permissions}


def as_seen_by(service: Any, seen: Any) -> Any:
    """Return the same object, as another client sees it."""
    return type(seen)(seen._moId, service._stub)


# Reading and changing permissions


def test_a_permission_is_set_changed_and_removed(site: Lab) -> None:
    manager, vm = site.content.authorizationManager, site.vm("db01")
    manager.SetEntityPermissions(vm, [permission(NO_ACCESS)])
    assert given(vm.permission) == {(vm._moId, READER, NO_ACCESS, True)}
    manager.SetEntityPermissions(vm, [permission(ADMIN, propagate=False)])
    assert given(vm.permission) == {(vm._moId, READER, ADMIN, False)}
    manager.RemoveEntityPermission(vm, READER, False)
    assert vm.permission == []
    with pytest.raises(vim.fault.NotFound):
        manager.RemoveEntityPermission(vm, READER, False)
    assert site.events("PermissionAddedEvent", "PermissionUpdatedEvent", "PermissionRemovedEvent") == [
        "PermissionAddedEvent",
        "PermissionUpdatedEvent",
        "PermissionRemovedEvent",
    ]


def test_setting_adds_and_resetting_replaces(site: Lab) -> None:
    manager, vm = site.content.authorizationManager, site.vm("db01")
    users = permission(ADMIN, "Users@vsphere.local", group=True)
    manager.SetEntityPermissions(vm, [permission(NO_ACCESS)])
    manager.SetEntityPermissions(vm, [users])
    assert [each.principal for each in vm.permission] == [READER, "VSPHERE.LOCAL\\Users"]
    manager.ResetEntityPermissions(vm, [permission(READ_ONLY)])
    assert given(vm.permission) == {(vm._moId, READER, READ_ONLY, True)}
    manager.ResetEntityPermissions(vm)
    assert vm.permission == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (permission(ADMIN, "nobody@vsphere.local"), vim.fault.UserNotFound),
        (permission(ADMIN, READER, group=True), vim.fault.UserNotFound),
        (permission(4711), vim.fault.NotFound),
        (permission(VIEW), vmodl.fault.InvalidArgument),
    ],
)
def test_a_bad_permission_changes_nothing(site: Lab, wrong: Any, fault: type[Exception]) -> None:
    manager, vm = site.content.authorizationManager, site.vm("db01")
    for change in (manager.SetEntityPermissions, manager.ResetEntityPermissions):
        with pytest.raises(fault):
            change(vm, [permission(READ_ONLY), wrong])
    assert vm.permission == []


def test_there_is_always_an_administrator(site: Lab) -> None:
    manager, root = site.content.authorizationManager, site.content.rootFolder
    before = given(root.permission)
    for change in (
        lambda: manager.RemoveEntityPermission(root, site.emulator.username, False),
        lambda: manager.ResetEntityPermissions(root, [permission(READ_ONLY)]),
        lambda: manager.SetEntityPermissions(root, [permission(READ_ONLY, site.emulator.username)]),
        lambda: manager.MergePermissions(ADMIN, READ_ONLY),
    ):
        with pytest.raises(vim.fault.AuthMinimumAdminPermission):
            change()
    assert given(root.permission) == before


def test_permissions_are_found_by_entity_and_by_role(site: Lab) -> None:
    manager, root, vm = site.content.authorizationManager, site.content.rootFolder, site.vm("db01")
    manager.SetEntityPermissions(vm, [permission(NO_ACCESS)])
    here, admin = (vm._moId, READER, NO_ACCESS, True), (root._moId, ADMINISTRATOR, ADMIN, True)
    reader = (root._moId, READER, READ_ONLY, True)
    runs = (root.childEntity[0]._moId, "VSPHERE.LOCAL\\operator", 1, True)
    assert given(manager.RetrieveEntityPermissions(vm, False)) == {here}
    assert given(manager.RetrieveEntityPermissions(vm, True)) == {here, runs, admin}
    assert given(manager.RetrieveEntityPermissions(site.vm("web01"), True)) == {runs, reader, admin}
    assert given(manager.RetrieveAllPermissions()) == {here, admin, reader, runs}
    assert given(manager.RetrieveRolePermissions(READ_ONLY)) == {reader}
    with pytest.raises(vim.fault.NotFound):
        manager.RetrieveRolePermissions(4711)


def test_the_permissions_of_one_role_are_given_to_another(site: Lab) -> None:
    manager, root = site.content.authorizationManager, site.content.rootFolder
    manager.MergePermissions(READ_ONLY, NO_ACCESS)
    assert manager.RetrieveRolePermissions(READ_ONLY) == []
    assert given(manager.RetrieveRolePermissions(NO_ACCESS)) == {(root._moId, READER, NO_ACCESS, True)}


def test_a_filter_tells_of_a_changed_permission(site: Lab) -> None:
    content, vm = site.content, site.vm("db01")
    query = vmodl.query.PropertyCollector
    spec = query.FilterSpec(
        objectSet=[query.ObjectSpec(obj=vm)],
        propSet=[query.PropertySpec(type=vim.VirtualMachine, pathSet=["permission"])],
    )
    content.propertyCollector.CreateFilter(spec, False)
    version = content.propertyCollector.CheckForUpdates("").version
    content.authorizationManager.SetEntityPermissions(vm, [permission(NO_ACCESS)])
    (changed,) = content.propertyCollector.CheckForUpdates(version).filterSet[0].objectSet[0].changeSet
    assert given(changed.val) == {(vm._moId, READER, NO_ACCESS, True)}


# Effects of permissions


def test_the_nearest_permission_holds(site: Lab, reader: Any) -> None:
    manager, vm = site.content.authorizationManager, site.vm("db01")
    seen = as_seen_by(reader, vm)
    assert seen.effectiveRole == [READ_ONLY]
    with pytest.raises(vim.fault.NoPermission):
        seen.PowerOnVM_Task()
    manager.SetEntityPermissions(vm.parent, [permission(ADMIN)])
    assert seen.effectiveRole == [ADMIN]
    site.run(seen.PowerOnVM_Task())
    manager.SetEntityPermissions(vm, [permission(READ_ONLY)])
    assert seen.effectiveRole == [READ_ONLY]
    with pytest.raises(vim.fault.NoPermission):
        seen.PowerOffVM_Task()


def test_what_does_not_propagate_holds_on_its_entity_alone(site: Lab, reader: Any) -> None:
    vm = site.vm("db01")
    site.content.authorizationManager.SetEntityPermissions(vm.parent, [permission(ADMIN, propagate=False)])
    assert as_seen_by(reader, vm.parent).effectiveRole == [ADMIN]
    assert as_seen_by(reader, vm).effectiveRole == [READ_ONLY]


def test_what_groups_have_adds_up_and_yields_to_the_user(site: Lab, reader: Any) -> None:
    manager, vm = site.content.authorizationManager, site.vm("db01")
    seen = as_seen_by(reader, vm)
    manager.SetEntityPermissions(
        vm,
        [
            permission(ADMIN, "VSPHERE.LOCAL\\users", group=True),
            permission(NO_ACCESS, "Administrators@vsphere.local", group=True),
        ],
    )
    assert seen.effectiveRole == [ADMIN]
    assert vm.effectiveRole == [ADMIN, NO_ACCESS]
    manager.SetEntityPermissions(vm, [permission(READ_ONLY)])
    assert seen.effectiveRole == [READ_ONLY]


def test_an_administrator_who_is_restricted_somewhere_is_restricted_there(site: Lab) -> None:
    manager, vm = site.content.authorizationManager, site.vm("db01")
    manager.SetEntityPermissions(vm, [permission(READ_ONLY, site.emulator.username)])
    with pytest.raises(vim.fault.NoPermission):
        vm.PowerOnVM_Task()
    assert vm.effectiveRole == [READ_ONLY]
    assert site.vm("tpl01").effectiveRole == [ADMIN]


def test_who_has_a_permission_somewhere_sees_the_way_to_it(site: Lab) -> None:
    manager, root, vm = site.content.authorizationManager, site.content.rootFolder, site.vm("db01")
    manager.SetEntityPermissions(vm, [permission(ADMIN)])
    manager.RemoveEntityPermission(root, READER, False)
    reader = site.login(READER, "vmware")
    content = reader.content
    assert (content.rootFolder.effectiveRole, content.rootFolder.name) == ([VIEW], "Datacenters")
    with pytest.raises(vim.fault.NoPermission) as fault:
        _ = content.rootFolder.overallStatus
    assert fault.value.privilegeId == "System.Read"
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.ManagedEntity], True)
    datacenter = next(each for each in view.view if isinstance(each, vim.Datacenter))
    assert set(view.view) == {as_seen_by(reader, each) for each in (datacenter, datacenter.vmFolder, vm)}
    site.run(as_seen_by(reader, vm).PowerOnVM_Task())
    Disconnect(reader)


def test_who_has_no_permission_at_all_cannot_log_in(site: Lab) -> None:
    site.content.authorizationManager.RemoveEntityPermission(site.content.rootFolder, READER, False)
    with pytest.raises(vim.fault.NoPermission) as fault:
        site.login(READER, "vmware")
    assert (fault.value.object._moId, fault.value.privilegeId) == (
        site.content.rootFolder._moId,
        "System.View",
    )
    assert site.events("NoAccessUserEvent") == ["NoAccessUserEvent"]


def test_what_is_no_entity_is_checked_on_the_entity_it_belongs_to(site: Lab, reader: Any) -> None:
    vm = site.vm("db01")
    task = vm.PowerOnVM_Task()
    site.run(task)
    with pytest.raises(vim.fault.NoPermission) as fault:
        as_seen_by(reader, task).CancelTask()
    assert (fault.value.object._moId, fault.value.privilegeId) == (vm._moId, "Global.CancelTask")
    site.content.authorizationManager.SetEntityPermissions(vm, [permission(NO_ACCESS)])
    with pytest.raises(vim.fault.NoPermission):
        _ = as_seen_by(reader, task).info


# Fault Tolerance


def test_a_secondary_has_the_permissions_of_its_primary(site: Lab, reader: Any) -> None:
    manager, primary = site.content.authorizationManager, site.vm("web01")
    manager.SetEntityPermissions(primary, [permission(ADMIN)])
    site.run(primary.CreateSecondaryVM_Task())
    (secondary,) = primary.config.ftInfo.secondaries
    assert given(secondary.permission) == given(primary.permission)
    assert as_seen_by(reader, secondary).effectiveRole == [ADMIN]
    manager.SetEntityPermissions(primary, [permission(READ_ONLY)])
    assert as_seen_by(reader, secondary).effectiveRole == [READ_ONLY]
    assert secondary._moId not in {each.entity._moId for each in manager.RetrieveAllPermissions()}
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        manager.SetEntityPermissions(secondary, [permission(READ_ONLY)])
    assert fault.value.invalidProperty == "entity"


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("SetEntityPermissions", [[permission(READ_ONLY)]]),
        ("ResetEntityPermissions", [[permission(READ_ONLY)]]),
        ("RemoveEntityPermission", [READER, False]),
    ],
)
def test_no_method_changes_the_permissions_of_a_secondary(
    site: Lab, method: str, arguments: list[Any]
) -> None:
    manager, primary = site.content.authorizationManager, site.vm("web01")
    manager.SetEntityPermissions(primary, [permission(ADMIN)])
    site.run(primary.CreateSecondaryVM_Task())
    (secondary,) = primary.config.ftInfo.secondaries
    before = given(secondary.permission)
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        getattr(manager, method)(secondary, *arguments)
    assert (fault.value.invalidProperty, given(secondary.permission)) == ("entity", before)


def test_merging_roles_changes_the_permissions_of_a_secondary_with_its_primarys(site: Lab) -> None:
    manager, primary = site.content.authorizationManager, site.vm("web01")
    role = manager.AddAuthorizationRole("operators", [])
    manager.SetEntityPermissions(primary, [permission(role)])
    site.run(primary.CreateSecondaryVM_Task())
    (secondary,) = primary.config.ftInfo.secondaries
    manager.MergePermissions(role, READ_ONLY)
    assert [entry.roleId for entry in primary.permission] == [READ_ONLY]
    assert given(secondary.permission) == given(primary.permission)

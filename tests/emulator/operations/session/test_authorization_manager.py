from __future__ import annotations

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab

POWER = ["VirtualMachine.Interact.PowerOn", "VirtualMachine.Interact.PowerOff"]
READING = {"System.Anonymous", "System.Read", "System.View"}
FAULT_TOLERANCE = "VirtualMachine.Interact.CreateSecondary"


def role(lab: Lab, name: str) -> vim.AuthorizationManager.Role:
    """Return the role with this name."""
    return next(role for role in lab.content.authorizationManager.roleList if role.name == name)


# System roles and privileges


@pytest.mark.parametrize(
    ("release", "added"),
    [
        ("6.0", {}),
        ("6.5", {"NoCryptoAdmin": -6}),
        ("8.0.2.0", {"NoCryptoAdmin": -6, "TrustedAdmin": -7, "NoTrustedAdmin": -8}),
    ],
)
def test_the_system_has_the_roles_of_its_release(release: str, added: dict[str, int]) -> None:
    with open_lab(api_version=release) as lab:
        roles = {role.name: role.roleId for role in lab.content.authorizationManager.roleList if role.system}
    first = {"Admin": -1, "ReadOnly": -2, "View": -3, "Anonymous": -4, "NoAccess": -5}
    assert roles == {**first, **added}


def test_who_may_turn_fault_tolerance_on(lab: Lab) -> None:
    holders = {
        role.name for role in lab.content.authorizationManager.roleList if FAULT_TOLERANCE in role.privilege
    }
    assert holders == {"Admin", "NoCryptoAdmin", "NoTrustedAdmin"}


def test_every_privilege_of_a_role_is_listed_and_described(lab: Lab) -> None:
    manager = lab.content.authorizationManager
    listed = {privilege.privId: privilege for privilege in manager.privilegeList}
    assert set(role(lab, "Admin").privilege) == set(listed)
    assert {described.key for described in manager.description.privilege} == set(listed)
    assert {described.key for described in manager.description.privilegeGroup} == {
        privilege.privGroupName for privilege in listed.values()
    }
    assert (listed[FAULT_TOLERANCE].privGroupName, listed[FAULT_TOLERANCE].name) == (
        "VirtualMachine.Interact",
        "CreateSecondary",
    )


# Roles that users create


def test_a_role_is_added_changed_and_removed(lab: Lab) -> None:
    manager = lab.content.authorizationManager
    added = manager.AddAuthorizationRole("Switch", POWER)
    assert role(lab, "Switch").roleId == added
    assert set(role(lab, "Switch").privilege) == READING | set(POWER)
    manager.UpdateAuthorizationRole(added, "Starter", POWER[:1])
    assert set(role(lab, "Starter").privilege) == READING | set(POWER[:1])
    manager.RemoveAuthorizationRole(added, True)
    assert "Starter" not in {role.name for role in manager.roleList}
    added_event, updated, removed = (
        event
        for event in lab.content.eventManager.QueryEvents(vim.event.EventFilterSpec())
        if isinstance(event, vim.event.RoleEvent)
    )
    assert (added_event.role.name, removed.role.name) == ("Switch", "Starter")
    assert (updated.prevRoleName, list(updated.privilegesRemoved)) == ("Switch", POWER[1:])


def test_a_role_needs_a_name_of_its_own_and_known_privileges(lab: Lab) -> None:
    manager = lab.content.authorizationManager
    added = manager.AddAuthorizationRole("Switch", POWER)
    with pytest.raises(vim.fault.AlreadyExists) as exists:
        manager.AddAuthorizationRole("Switch", [])
    assert exists.value.name == "Switch"
    with pytest.raises(vim.fault.AlreadyExists):
        manager.UpdateAuthorizationRole(added, "Admin", POWER)
    with pytest.raises(vim.fault.InvalidName):
        manager.AddAuthorizationRole(" ", [])
    with pytest.raises(vmodl.fault.InvalidArgument) as unknown:
        manager.AddAuthorizationRole("Other", ["VirtualMachine.Interact.Levitate"])
    assert unknown.value.invalidProperty == "privIds"
    manager.UpdateAuthorizationRole(added, "Switch", [])


def test_the_roles_of_the_system_stay_as_they_are(lab: Lab) -> None:
    manager = lab.content.authorizationManager
    for change in (
        lambda: manager.UpdateAuthorizationRole(-1, "Root", []),
        lambda: manager.RemoveAuthorizationRole(-2, False),
    ):
        with pytest.raises(vmodl.fault.InvalidArgument):
            change()
    for unknown in (
        lambda: manager.UpdateAuthorizationRole(4711, "Root", []),
        lambda: manager.RemoveAuthorizationRole(4711, False),
    ):
        with pytest.raises(vim.fault.NotFound):
            unknown()


def test_a_role_that_is_given_is_removed_only_with_its_permissions() -> None:
    with open_lab("restricted-user") as lab:
        manager, vm = lab.content.authorizationManager, lab.vm("db01")
        added = manager.AddAuthorizationRole("Switch", POWER)
        given = vim.AuthorizationManager.Permission(
            principal="readonly@vsphere.local", group=False, roleId=added, propagate=True
        )
        manager.SetEntityPermissions(vm, [given])
        with pytest.raises(vim.fault.RemoveFailed):
            manager.RemoveAuthorizationRole(added, True)
        assert len(vm.permission) == 1
        manager.RemoveAuthorizationRole(added, False)
        assert vm.permission == []

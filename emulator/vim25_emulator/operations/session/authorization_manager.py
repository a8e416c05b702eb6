"""AuthorizationManager: the roles that there are, and the privileges that they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.label import element, words
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vcenter.role import Role, role_argument
from vim25_emulator.vmodl.privilege import privileges
from vim25_emulator.vmodl.value import DataObject, MethodFault

_LONGEST_NAME: Final = 80  #: of a role [derived]


# What there is


@computed_property("AuthorizationManager", "roleList")
def role_list(call: Call, manager: ManagedObject) -> tuple[DataObject, ...]:
    """Return AuthorizationRoles, the system's first, then those that were added."""
    return tuple(map(_described, call.vcenter.authorization.roles.values()))


def _described(role: Role) -> DataObject:
    return DataObject(
        "AuthorizationRole",
        roleId=role.id,
        system=role.system,
        name=role.name,
        info=DataObject("Description", label=role.label, summary=role.label),
        privilege=tuple(sorted(role.held)),
    )


@computed_property("AuthorizationManager", "privilegeList")
def privilege_list(call: Call, manager: ManagedObject) -> tuple[DataObject, ...]:
    """Return AuthorizationPrivileges, by name."""
    return tuple(map(_privilege, sorted(privileges())))


def _privilege(privilege: str) -> DataObject:
    group, _, name = privilege.rpartition(".")
    return DataObject(
        "AuthorizationPrivilege", privId=privilege, onParent=False, name=name, privGroupName=group
    )


@computed_property("AuthorizationManager", "description")
def authorization_description(call: Call, manager: ManagedObject) -> DataObject:
    """Return AuthorizationDescription: labels of privileges and of their groups."""
    return _description()


@cache
def _description() -> DataObject:
    named = sorted(privileges())
    groups = sorted({privilege.rpartition(".")[0] for privilege in named})
    return DataObject(
        "AuthorizationDescription",
        privilege=tuple(_named(privilege, privilege.rpartition(".")[2]) for privilege in named),
        privilegeGroup=tuple(map(element, groups)),
    )


def _named(key: str, name: str) -> DataObject:
    return DataObject("ElementDescription", label=words(name), summary=words(name), key=key)


# Changing it


@operation("AuthorizationManager", "AddAuthorizationRole")
def add_role(call: Call, manager: ManagedObject, name: str, privIds: tuple[str, ...] = ()) -> int:
    """Create a role and return its id. It has System.Anonymous, System.View and System.Read by itself.

    Raises InvalidName, AlreadyExists, and InvalidArgument for an unknown privilege [derived].
    """
    _require_free(call, name)
    _require_known(privIds)
    role = call.vcenter.authorization.add_role(name, privIds)
    _tell(call, "RoleAddedEvent", role, privilegeList=tuple(sorted(role.held)))
    return role.id


@operation("AuthorizationManager", "UpdateAuthorizationRole")
def update_role(
    call: Call, manager: ManagedObject, roleId: int, newName: str, privIds: tuple[str, ...] = ()
) -> None:
    """Give a role another name and other privileges; raise NotFound and what `add_role` raises."""
    before = _changeable(call, roleId)
    if newName != before.name:
        _require_free(call, newName)
    _require_known(privIds)
    role = call.vcenter.authorization.change_role(roleId, newName, privIds)
    _tell(
        call,
        "RoleUpdatedEvent",
        role,
        privilegeList=tuple(sorted(role.held)),
        prevRoleName=before.name,
        privilegesAdded=tuple(sorted(role.held - before.held)),
        privilegesRemoved=tuple(sorted(before.held - role.held)),
    )


@operation("AuthorizationManager", "RemoveAuthorizationRole")
def remove_role(call: Call, manager: ManagedObject, roleId: int, failIfUsed: bool) -> None:
    """Remove a role and the permissions that give it; with `failIfUsed`, raise RemoveFailed if any does."""
    role = _changeable(call, roleId)
    authorization = call.vcenter.authorization
    used = any(each.roleId == roleId for held in authorization.holders() for each in held.get("permission"))
    if failIfUsed and used:
        raise MethodFault("RemoveFailed")
    authorization.remove_role(role)
    _tell(call, "RoleRemovedEvent", role)


def _changeable(call: Call, role_id: int) -> Role:
    """Return a role; raise NotFound, and InvalidArgument for one of the system's [derived]."""
    role = call.vcenter.authorization.roles.get(role_id)
    if role is None:
        raise MethodFault("NotFound")
    if role.system:
        raise MethodFault("InvalidArgument", invalidProperty="roleId")
    return role


def _require_free(call: Call, name: str) -> None:
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise MethodFault("InvalidName", name=name)
    if call.vcenter.authorization.role_named(name) is not None:
        raise MethodFault("AlreadyExists", name=name)


def _require_known(named: Iterable[str]) -> None:
    if not privileges().issuperset(named):
        raise MethodFault("InvalidArgument", invalidProperty="privIds")


def _tell(call: Call, event: str, role: Role, **fields: Any) -> None:
    call.vcenter.events.post(event, user=call.user, role=role_argument(role), **fields)

"""AuthorizationManager: roles and privileges."""

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

_LONGEST_NAME: Final = 80  #: characters of a role's name [derived]


# Roles and privileges


@computed_property("AuthorizationManager", "roleList")
def role_list(call: Call, manager: ManagedObject) -> tuple[DataObject, ...]:
    """Return all AuthorizationRoles, system roles first."""
    return tuple(map(_described, call.vcenter.authorization.roles.values()))


def _described(role: Role) -> DataObject:
    return DataObject(
        "AuthorizationRole",
        roleId=role.id,
        system=role.system,
        name=role.name,
        info=DataObject("Description", label=role.label, summary=role.label),
        privilege=tuple(sorted(role.all_privileges)),
    )


@computed_property("AuthorizationManager", "privilegeList")
def privilege_list(call: Call, manager: ManagedObject) -> tuple[DataObject, ...]:
    """Return all AuthorizationPrivileges, sorted by name."""
    return tuple(map(_privilege, sorted(privileges())))


def _privilege(privilege: str) -> DataObject:
    group, _, name = privilege.rpartition(".")
    return DataObject(
        "AuthorizationPrivilege", privId=privilege, onParent=False, name=name, privGroupName=group
    )


@computed_property("AuthorizationManager", "description")
def authorization_description(call: Call, manager: ManagedObject) -> DataObject:
    """Return AuthorizationDescription: labels of privileges and groups."""
    return _description()


@cache
def _description() -> DataObject:
    names = sorted(privileges())
    groups = sorted({name.rpartition(".")[0] for name in names})
    return DataObject(
        "AuthorizationDescription",
        privilege=tuple(_labeled(name, name.rpartition(".")[2]) for name in names),
        privilegeGroup=tuple(map(element, groups)),
    )


def _labeled(key: str, name: str) -> DataObject:
    return DataObject("ElementDescription", label=words(name), summary=words(name), key=key)


# Changing roles


@operation("AuthorizationManager", "AddAuthorizationRole")
def add_role(call: Call, manager: ManagedObject, name: str, privIds: tuple[str, ...] = ()) -> int:
    """Create a role and return its id. Every role has System.Anonymous, System.View and System.Read.

    Raises InvalidName, AlreadyExists, and InvalidArgument for an unknown privilege [derived].
    """
    _require_free(call, name)
    _require_known(privIds)
    role = call.vcenter.authorization.add_role(name, privIds)
    _post(call, "RoleAddedEvent", role, privilegeList=tuple(sorted(role.all_privileges)))
    return role.id


@operation("AuthorizationManager", "UpdateAuthorizationRole")
def update_role(
    call: Call, manager: ManagedObject, roleId: int, newName: str, privIds: tuple[str, ...] = ()
) -> None:
    """Rename a role and set its privileges; raise NotFound, and like `add_role`."""
    before = _changeable(call, roleId)
    if newName != before.name:
        _require_free(call, newName)
    _require_known(privIds)
    role = call.vcenter.authorization.change_role(roleId, newName, privIds)
    _post(
        call,
        "RoleUpdatedEvent",
        role,
        privilegeList=tuple(sorted(role.all_privileges)),
        prevRoleName=before.name,
        privilegesAdded=tuple(sorted(role.all_privileges - before.all_privileges)),
        privilegesRemoved=tuple(sorted(before.all_privileges - role.all_privileges)),
    )


@operation("AuthorizationManager", "RemoveAuthorizationRole")
def remove_role(call: Call, manager: ManagedObject, roleId: int, failIfUsed: bool) -> None:
    """Remove a role and its permissions; with `failIfUsed`, raise RemoveFailed if there are any."""
    role = _changeable(call, roleId)
    authorization = call.vcenter.authorization
    used = any(
        entry.roleId == roleId
        for entity in authorization.entities_with_permissions()
        for entry in entity.get("permission")
    )
    if failIfUsed and used:
        raise MethodFault("RemoveFailed")
    authorization.remove_role(role)
    _post(call, "RoleRemovedEvent", role)


def _changeable(call: Call, role_id: int) -> Role:
    """Return a role; raise NotFound, and InvalidArgument for a system role [derived]."""
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


def _require_known(ids: Iterable[str]) -> None:
    if not privileges().issuperset(ids):
        raise MethodFault("InvalidArgument", invalidProperty="privIds")


def _post(call: Call, event: str, role: Role, **fields: Any) -> None:
    call.vcenter.events.post(event, user=call.user, role=role_argument(role), **fields)

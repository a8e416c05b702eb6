"""AuthorizationManager: the roles that there are, and the privileges that they are made of."""

from __future__ import annotations

from functools import cache

from emulator.inventory.store import ManagedObject
from emulator.vcenter.authorization import Role
from emulator.vcenter.computed_property import computed_property
from emulator.vcenter.description import element, words
from emulator.vcenter.operation import Call
from emulator.vmodl.registry import privileges
from emulator.vmodl.value import DataObject


@computed_property("AuthorizationManager", "roleList")
def role_list(call: Call, manager: ManagedObject) -> tuple[DataObject, ...]:
    """Return AuthorizationRoles, the system's first, then those of the scenario."""
    return tuple(map(_role, call.vcenter.authorization.roles.values()))


def _role(role: Role) -> DataObject:
    held = privileges() if role.privileges is None else role.privileges
    return DataObject(
        "AuthorizationRole",
        roleId=role.id,
        system=role.id < 0,
        name=role.name,
        info=DataObject("Description", label=words(role.name), summary=words(role.name)),
        privilege=tuple(sorted(held)),
    )


@computed_property("AuthorizationManager", "privilegeList")
def privilege_list(call: Call, manager: ManagedObject) -> tuple[DataObject, ...]:
    """Return AuthorizationPrivileges: every one that a method asks for, by name."""
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
        privilege=tuple(map(element, named)),
        privilegeGroup=tuple(map(element, groups)),
    )

"""Who may do what: roles, permissions on entities, and the check that every call passes.

A permission binds a principal to a role on an entity; with propagation it holds for everything below, and
the nearest one up the tree wins. Objects outside the tree (managers, views) are checked on the root folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from emulator.inventory.store import Inventory, ManagedObject
from emulator.vmodl.value import DataObject, MethodFault, MoRef

ADMIN: Final = -1
READ_ONLY: Final = -2
VIEW: Final = -3
ANONYMOUS: Final = -4
NO_ACCESS: Final = -5
NO_CRYPTO_ADMIN: Final = -6

_ANONYMOUS_PRIVILEGES: Final = frozenset({"System.Anonymous"})
_READ_PRIVILEGES: Final = _ANONYMOUS_PRIVILEGES | {"System.View", "System.Read"}


@dataclass(frozen=True)
class Role:
    """A role: its id, name, and privileges; None means every privilege."""

    id: int
    name: str
    privileges: frozenset[str] | None

    def grants(self, privilege: str) -> bool:
        """Whether the role has a privilege."""
        return self.privileges is None or privilege in self.privileges


SYSTEM_ROLES: Final = (
    Role(ADMIN, "Admin", None),
    Role(READ_ONLY, "ReadOnly", _READ_PRIVILEGES),
    Role(VIEW, "View", _ANONYMOUS_PRIVILEGES | {"System.View"}),
    Role(ANONYMOUS, "Anonymous", _ANONYMOUS_PRIVILEGES),
    Role(NO_ACCESS, "NoAccess", frozenset()),
)


@dataclass(frozen=True)
class Permission:
    """A principal's role on an entity, and whether it holds below."""

    entity: MoRef
    principal: str
    role: Role
    propagate: bool = True


class Authorization:
    """The roles and permissions of one vCenter."""

    def __init__(self, inventory: Inventory, root: ManagedObject) -> None:
        self._inventory = inventory
        self._root = root
        self.roles: dict[int, Role] = {role.id: role for role in SYSTEM_ROLES}
        self._permissions: dict[MoRef, dict[str, Permission]] = {}

    def role_named(self, name: str) -> Role:
        """Return the role with this name; raise KeyError if there is none."""
        return next(role for role in self.roles.values() if role.name == name)

    def add_role(self, name: str, privileges: frozenset[str]) -> Role:
        """Create a role and return it."""
        role = Role(max(max(self.roles), 0) + 1, name, privileges)
        self.roles[role.id] = role
        return role

    def permit(self, permission: Permission) -> None:
        """Set a principal's permission on an entity, replacing an earlier one."""
        self._permissions.setdefault(permission.entity, {})[permission.principal] = permission

    def role_of(self, principal: str, entity: ManagedObject) -> Role:
        """Return the role of a principal on an entity: the nearest permission's, NoAccess without one."""
        place: ManagedObject | None = entity if entity.is_a("ManagedEntity") else self._root
        while place is not None:
            held = self._permissions.get(place.ref, {}).get(principal)
            if held is not None and (held.propagate or place is entity):
                return held.role
            place = self._inventory.find(place.get("parent"))
        return self.roles[NO_ACCESS]

    def is_unrestricted(self, principal: str) -> bool:
        """Whether a principal may do everything everywhere, so that no object needs to be checked for it."""
        held = [of_entity[principal] for of_entity in self._permissions.values() if principal in of_entity]
        return held == [Permission(self._root.ref, principal, self.roles[ADMIN])]

    def require(self, principal: str, entity: ManagedObject, privilege: str) -> None:
        """Raise NoPermission unless the principal has the privilege on the entity."""
        if not self.role_of(principal, entity).grants(privilege):
            checked = entity if entity.is_a("ManagedEntity") else self._root
            raise no_permission(checked.ref, privilege)


def no_permission(entity: MoRef, privilege: str) -> MethodFault:
    """Return the fault for a missing privilege. Clients before 7.0.3.2 are not sent `missingPrivileges`."""
    missing = DataObject("NoPermissionEntityPrivileges", entity=entity, privilegeIds=(privilege,))
    return MethodFault("NoPermission", object=entity, privilegeId=privilege, missingPrivileges=(missing,))


def not_authenticated(root: MoRef) -> MethodFault:
    """Return the fault for a call without a session; its fields are those seen on the wire."""
    return MethodFault("NotAuthenticated", object=root, privilegeId="System.View")

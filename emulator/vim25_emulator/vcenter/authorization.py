"""Authorization: permissions on entities, and the rights that follow from them.

A permission gives a principal a role on an entity and, if it propagates, on everything below. The nearest
permissions up the tree apply; on one entity, a user's own permission overrides those of their groups, which
accumulate. A user with a permission anywhere has at least the role View on the entities above it [derived].
Rights to an object that is no entity are checked on the entity it belongs to, or on the root folder; a
session may read the objects that it created (`session[…]…`).

Permissions are stored in the property `permission` of the entities, and nowhere else. A secondary VM has its
primary's permissions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vim25_emulator.inventory.hierarchy import ancestors
from vim25_emulator.inventory.managed_object import Change, ManagedObject, Op
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vcenter.principal import Directory
from vim25_emulator.vcenter.role import ADMIN, ANONYMOUS, NO_ACCESS, READ_ONLY, SYSTEM_ROLES, VIEW, Role
from vim25_emulator.vmodl.privilege import ALWAYS
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef
from vim25_emulator.vmodl.version import Version, version

_LOG = logging.getLogger(__name__)

#: Type of an object that belongs to an entity → path to that entity.
_OWNER: Final = {"Task": "info.entity", "VirtualMachineSnapshot": "vm"}

#: Type of an entity → references to the objects that belong to it and do not refer back.
_BELONGINGS: Final[tuple[tuple[str, Callable[[ManagedObject], Iterable[MoRef | None]]], ...]] = (
    ("HostSystem", lambda host: (*_references_in(host.get("configManager")), host.get("datastoreBrowser"))),
    ("Datastore", lambda store: (store.get("browser"),)),
    ("VirtualMachine", lambda vm: (vm.get("environmentBrowser"),)),
    ("ComputeResource", lambda cluster: (cluster.get("environmentBrowser"),)),
)


def _references_in(value: DataObject | None) -> Iterator[MoRef]:
    members = value.__dict__.values() if value is not None else ()
    return (member for member in members if isinstance(member, MoRef))


class Authorization:
    """The roles and permissions of one vCenter."""

    def __init__(
        self, inventory: Inventory, root: ManagedObject, directory: Directory, release: Version
    ) -> None:
        self._inventory = inventory
        self._root = root
        self.directory = directory
        system = (role for since, role in SYSTEM_ROLES if version(since) <= release)
        self.roles: dict[int, Role] = {role.id: role for role in system}
        self._role_ids = 0
        self._with_permissions = {
            entity.ref: entity for entity in inventory if entity.properties.get("permission")
        }
        self._rights: dict[str | None, Rights] = {}
        self._owners: dict[MoRef, MoRef | None] = {}
        inventory.journal.watch_membership(self._moved)

    # Roles

    def role_named(self, name: str) -> Role | None:
        """Return the role with this name; None if it does not exist."""
        return next((role for role in self.roles.values() if role.name == name), None)

    def add_role(self, name: str, privileges: Iterable[str]) -> Role:
        """Create and return a role with these privileges and those that every role has."""
        self._role_ids += 1
        return self.change_role(self._role_ids, name, privileges)

    def restore_roles(self, saved: Iterable[DataObject]) -> None:
        """Add the roles of a saved inventory, and those that only permissions refer to."""
        for role in saved:
            if role.roleId not in self.roles:
                label = role.info.label if role.info is not None else role.name
                self.roles[role.roleId] = Role(role.roleId, role.name, frozenset(role.privilege), label)
        for entity in self._with_permissions.values():
            for role_id in {entry.roleId for entry in entity.get("permission")} - self.roles.keys():
                _LOG.warning("role %d of a permission was not saved: it has what every role has", role_id)
                self.roles[role_id] = Role(role_id, f"role-{role_id}", ALWAYS, f"role-{role_id}")
        self._role_ids = max(0, *self.roles)
        self._forget()

    def change_role(self, role_id: int, name: str, privileges: Iterable[str]) -> Role:
        """Set the name and the privileges of a role."""
        role = self.roles[role_id] = Role(role_id, name, ALWAYS.union(privileges), name)
        self._forget()
        return role

    def remove_role(self, role: Role) -> None:
        """Remove a role and every permission with it."""
        for entity in self.entities_with_permissions():
            remaining = (entry for entry in entity.get("permission") if entry.roleId != role.id)
            self.set(entity, remaining)
        del self.roles[role.id]

    # Permissions

    def entities_with_permissions(self) -> tuple[ManagedObject, ...]:
        """Return the entities with permissions of their own, that is, no secondary VMs."""
        return tuple(
            entity
            for entity in self._with_permissions.values()
            if any(entry.entity == entity.ref for entry in entity.get("permission"))
        )

    def permit(self, entity: ManagedObject, principal: str, role: Role) -> None:
        """Give a user a role on an entity and everything below it."""
        new = permission(entity, self.directory.find(principal) or principal, role.id)
        others = (entry for entry in entity.get("permission") if not same_principal(entry, new))
        self.set(entity, (*others, new))

    def set(self, entity: ManagedObject, permissions: Iterable[DataObject]) -> None:
        """Set the permissions of an entity, and of its secondary VMs if it is a primary."""
        entries = tuple(permissions)
        secondaries = entity.get("config.ftInfo.secondaries") if entity.is_a("VirtualMachine") else None
        for place in (entity, *self._inventory.find_all(secondaries or ())):
            place.set("permission", entries)
            self._index(place)

    def leave_an_administrator(self, entity: ManagedObject, permissions: Iterable[DataObject]) -> bool:
        """Return whether an administrator remains if the entity has these permissions."""
        return entity is not self._root or any(
            entry.roleId == ADMIN and entry.propagate for entry in permissions
        )

    # Rights

    def rights(self, user: str | None) -> Rights:
        """Return the current rights of a user; None is the user who has not logged in."""
        rights = self._rights.get(user)
        if rights is None:
            rights = self._rights[user] = Rights(self, user)
        return rights

    def require(self, user: str, checked: ManagedObject, privilege: str) -> None:
        """Raise NoPermission unless a user has the privilege on the object."""
        if not self.rights(user).grant(checked, privilege):
            raise no_permission(self.place_of(checked).ref, privilege)

    def place_of(self, checked: ManagedObject) -> ManagedObject:
        """Return the entity on which rights to an object are checked."""
        if checked.is_a("ManagedEntity"):
            return checked
        return self._inventory.find(self._owner(checked)) or self._root

    def _owner(self, checked: ManagedObject) -> MoRef | None:
        path = _OWNER.get(checked.type.name)
        if path is not None:
            return checked.get(path)  # type: ignore[no-any-return]  # the table leads to entities
        if checked.ref not in self._owners:
            self._owners.update(self._belongings())
            self._owners.setdefault(checked.ref, None)
        return self._owners[checked.ref]

    def _belongings(self) -> Iterator[tuple[MoRef, MoRef]]:
        """Yield the objects that belong to entities, each with its entity."""
        for type_name, belongings in _BELONGINGS:
            for entity in self._inventory.of_type(type_name):
                yield from ((ref, entity.ref) for ref in belongings(entity) if ref is not None)

    def roles_given(self, user: str, place: ManagedObject, *, below: bool) -> tuple[Role, ...]:
        """Return the roles that the permissions of one entity give a user on it, or on entities below it."""
        entries = place.properties.get("permission")
        if not entries:
            return ()
        effective = [entry for entry in entries if entry.propagate or not below]
        own = [entry for entry in effective if not entry.group and entry.principal == user]
        if not own:
            groups = self.directory.groups_of(user)
            own = [entry for entry in effective if entry.group and entry.principal in groups]
        return tuple(self.roles.get(entry.roleId, NO_ACCESS) for entry in own)

    def parent(self, place: ManagedObject) -> ManagedObject | None:
        """Return the parent of an entity; None for the root folder."""
        return self._inventory.find(place.get("parent"))

    def visible_to(self, user: str) -> frozenset[MoRef]:
        """Return the entities that a user has a permission to view, with their ancestors."""
        visible: set[MoRef] = set()
        for entity in self._with_permissions.values():
            if any(role.grants("System.View") for role in self.roles_given(user, entity, below=False)):
                visible.add(entity.ref)
                visible.update(above.ref for above in ancestors(self._inventory, entity))
        return frozenset(visible)

    def is_unrestricted(self, user: str) -> bool:
        """Return whether a user is an administrator of the whole tree, without any lesser role below."""
        assigned = (self.roles_given(user, entity, below=False) for entity in self._with_permissions.values())
        return _is_admin(self.roles_given(user, self._root, below=True)) and all(
            _is_admin(roles) for roles in assigned if roles
        )

    def _moved(self, change: Change) -> None:
        """Drop cached rights when an entity with permissions enters or leaves, or the tree changes."""
        if change.op is Op.LEAVE:
            self._owners.pop(change.object.ref, None)
            for rights in self._rights.values():
                rights.forget(change.object.ref)
            if self._with_permissions.pop(change.object.ref, None) is not None:
                self._forget()
        elif change.path == "parent" or "permission" in change.object.properties:
            self._index(change.object)

    def _forget(self) -> None:
        self._rights.clear()
        self._owners.clear()

    def _index(self, entity: ManagedObject) -> None:
        if entity.get("permission"):
            self._with_permissions[entity.ref] = entity
        else:
            self._with_permissions.pop(entity.ref, None)
        self._forget()


class Rights:
    """The rights of one user, valid until a role, a permission or the tree changes: get them anew per call.

    `unrestricted`: every privilege on every object, so no check is needed. `anything`: the user can see at
    least one entity.
    """

    def __init__(self, authorization: Authorization, user: str | None) -> None:
        self._authorization = authorization
        self._user = user
        self.unrestricted = user is not None and authorization.is_unrestricted(user)
        self._on_the_way = authorization.visible_to(user) if user is not None else frozenset()
        self.anything = bool(self._on_the_way)
        self._inherited: dict[MoRef, tuple[Role, ...]] = {}
        self._roles: dict[MoRef, tuple[Role, ...]] = {}

    def grant(self, checked: ManagedObject, privilege: str) -> bool:
        """Return whether the user has a privilege on an object."""
        return self.unrestricted or any(role.grants(privilege) for role in self.roles_on(checked))

    def forget(self, ref: MoRef) -> None:
        """Drop what is cached about an object that was destroyed."""
        self._roles.pop(ref, None)
        self._inherited.pop(ref, None)

    def see(self, entity: ManagedObject) -> bool:
        """Return whether the user can see an object, that is, has System.View on it."""
        return self.grant(entity, "System.View")

    def roles_on(self, checked: ManagedObject) -> tuple[Role, ...]:
        """Return the user's roles on an object; NoAccess if there are none."""
        cached = self._roles.get(checked.ref)
        if cached is not None:
            return cached
        if self._user is None:
            return (ANONYMOUS,)
        if checked.ref.value.startswith("session["):
            return (READ_ONLY,)
        place = self._authorization.place_of(checked)
        if place is not checked:
            return self.roles_on(place)
        self._roles[place.ref] = roles = self._roles_at(self._user, place)
        return roles

    def _roles_at(self, user: str, place: ManagedObject) -> tuple[Role, ...]:
        roles = self._authorization.roles_given(user, place, below=False) or self._roles_above(user, place)
        if place.ref in self._on_the_way and not any(role.grants("System.View") for role in roles):
            return (VIEW,)
        return roles or (NO_ACCESS,)

    def privileges_on(self, checked: ManagedObject) -> frozenset[str]:
        """Return the privileges that the user has on an object."""
        return frozenset[str]().union(*(role.all_privileges for role in self.roles_on(checked)))

    def _roles_above(self, user: str, place: ManagedObject) -> tuple[Role, ...]:
        """Return the roles that propagate to an entity from its ancestors."""
        parent = self._authorization.parent(place)
        if parent is None:
            return ()
        inherited = self._inherited.get(parent.ref)
        if inherited is None:
            own = self._authorization.roles_given(user, parent, below=True)
            inherited = self._inherited[parent.ref] = own or self._roles_above(user, parent)
        return inherited


def _is_admin(roles: tuple[Role, ...]) -> bool:
    return any(role.id == ADMIN for role in roles)


def permission(
    entity: ManagedObject, principal: str, role_id: int, *, group: bool = False, propagate: bool = True
) -> DataObject:
    """Return a Permission."""
    return DataObject(
        "Permission",
        entity=entity.ref,
        principal=principal,
        group=group,
        roleId=role_id,
        propagate=propagate,
    )


def same_principal(one: DataObject, other: DataObject) -> bool:
    """Return whether two permissions are for the same user or group."""
    return bool(one.principal == other.principal and one.group == other.group)


def no_permission(entity: MoRef, privilege: str) -> MethodFault:
    """Return the fault for a missing privilege; clients before 7.0.3.2 do not receive `missingPrivileges`."""
    missing = DataObject("NoPermissionEntityPrivileges", entity=entity, privilegeIds=(privilege,))
    return MethodFault("NoPermission", object=entity, privilegeId=privilege, missingPrivileges=(missing,))


def not_authenticated(root: MoRef) -> MethodFault:
    """Return the fault for a call without a session [observed: fields as on the wire]."""
    return MethodFault("NotAuthenticated", object=root, privilegeId="System.View")

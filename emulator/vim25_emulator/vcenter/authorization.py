"""Who may do what: permissions on entities, and the rights that follow from them.

A permission gives a principal a role on an entity, and with propagation on everything below. What holds for
a user on an entity is what the nearest permissions up the tree say; on one entity the user's own wins over
those of the groups that he is in, which add up. Who has a permission somewhere sees the way to it: on the
entities above it he has at least the role View [derived]. An object that is no entity is checked on the one
that it belongs to, or on the root folder; what a session made for itself (`session[…]…`) it may read.

The property `permission` of the entities is the one place where permissions are kept. The permissions of a
secondary VM are its primary's.
"""

from __future__ import annotations

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

#: Type of an object that belongs to an entity → the path to that entity.
_OWNER: Final = {"Task": "info.entity", "VirtualMachineSnapshot": "vm"}

#: Type of an entity → where it names the objects that belong to it and do not name it.
_BELONGINGS: Final[tuple[tuple[str, Callable[[ManagedObject], Iterable[MoRef | None]]], ...]] = (
    ("HostSystem", lambda host: _references_in(host.get("configManager"))),
    ("Datastore", lambda store: (store.get("browser"),)),
    ("ComputeResource", lambda cluster: (cluster.get("environmentBrowser"),)),
)


def _references_in(value: DataObject | None) -> Iterator[MoRef]:
    held = value.__dict__.values() if value is not None else ()
    return (each for each in held if isinstance(each, MoRef))


class Authorization:
    """The roles and permissions of one vCenter."""

    def __init__(
        self, inventory: Inventory, root: ManagedObject, directory: Directory, release: Version
    ) -> None:
        self._inventory = inventory
        self._root = root
        self.directory = directory
        known = (role for since, role in SYSTEM_ROLES if version(since) <= release)
        self.roles: dict[int, Role] = {role.id: role for role in known}
        self._role_ids = 0
        self._holders = {held.ref: held for held in inventory if held.properties.get("permission")}
        self._rights: dict[str | None, Rights] = {}
        self._owners: dict[MoRef, MoRef | None] = {}
        inventory.journal.watch_membership(self._moved)

    # Roles

    def role_named(self, name: str) -> Role | None:
        """Return the role with this name, None if there is none."""
        return next((role for role in self.roles.values() if role.name == name), None)

    def add_role(self, name: str, held: Iterable[str]) -> Role:
        """Create a role with these privileges, and those that every role has; return it."""
        self._role_ids += 1
        return self.change_role(self._role_ids, name, held)

    def change_role(self, role_id: int, name: str, held: Iterable[str]) -> Role:
        """Give a role this name and these privileges."""
        role = self.roles[role_id] = Role(role_id, name, ALWAYS.union(held), name)
        self._forget()
        return role

    def remove_role(self, role: Role) -> None:
        """Remove a role, and the permissions that give it."""
        for entity in self.holders():
            self.set(entity, (each for each in entity.get("permission") if each.roleId != role.id))
        del self.roles[role.id]

    # Permissions

    def holders(self) -> tuple[ManagedObject, ...]:
        """Return the entities with permissions of their own, which a secondary VM's are not."""
        return tuple(
            entity
            for entity in self._holders.values()
            if any(each.entity == entity.ref for each in entity.get("permission"))
        )

    def permit(self, entity: ManagedObject, principal: str, role: Role) -> None:
        """Give a user a role on an entity and all below it."""
        given = permission(entity, principal, role.id)
        others = (each for each in entity.get("permission") if not same_principal(each, given))
        self.set(entity, (*others, given))

    def set(self, entity: ManagedObject, permissions: Iterable[DataObject]) -> None:
        """Let these be the permissions of an entity, and of its secondary VMs if it is their primary."""
        held = tuple(permissions)
        secondaries = entity.get("config.ftInfo.secondaries") if entity.is_a("VirtualMachine") else None
        for place in (entity, *self._inventory.find_all(secondaries or ())):
            place.set("permission", held)
            self._note(place)

    def leave_an_administrator(self, entity: ManagedObject, permissions: Iterable[DataObject]) -> bool:
        """Whether somebody could still do everything if these were the permissions of the entity."""
        return entity is not self._root or any(
            each.roleId == ADMIN and each.propagate for each in permissions
        )

    # Rights

    def rights(self, user: str | None) -> Rights:
        """Return what a user may do, as of now; None stands for one who has not logged in."""
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

    def _owner(self, held: ManagedObject) -> MoRef | None:
        path = _OWNER.get(held.type.name)
        if path is not None:
            return held.get(path)  # type: ignore[no-any-return]  # the table leads to entities
        if held.ref not in self._owners:
            self._owners[held.ref] = next(self._owners_of(held.ref), None)
        return self._owners[held.ref]

    def _owners_of(self, ref: MoRef) -> Iterator[MoRef]:
        for type_name, belongings in _BELONGINGS:
            for entity in self._inventory.of_type(type_name):
                if ref in belongings(entity):
                    yield entity.ref

    def roles_held(self, user: str, place: ManagedObject, *, below: bool) -> tuple[Role, ...]:
        """Return the roles that the permissions of one entity give a user on it, or on what is below it."""
        held = place.properties.get("permission")
        if not held:
            return ()
        given = [each for each in held if each.propagate or not below]
        own = [each for each in given if not each.group and each.principal == user]
        if not own:
            groups = self.directory.groups_of(user)
            own = [each for each in given if each.group and each.principal in groups]
        return tuple(self.roles.get(each.roleId, NO_ACCESS) for each in own)

    def parent(self, place: ManagedObject) -> ManagedObject | None:
        """Return the entity above one in the tree."""
        return self._inventory.find(place.get("parent"))

    def visible_to(self, user: str) -> frozenset[MoRef]:
        """Return the entities on which a user has a permission to see them, and all above those."""
        seen: set[MoRef] = set()
        for entity in self._holders.values():
            if any(role.grants("System.View") for role in self.roles_held(user, entity, below=False)):
                seen.add(entity.ref)
                seen.update(above.ref for above in ancestors(self._inventory, entity))
        return frozenset(seen)

    def is_unrestricted(self, user: str) -> bool:
        """Whether a user is an administrator of the whole tree and nothing below says otherwise."""
        held = (self.roles_held(user, entity, below=False) for entity in self._holders.values())
        return _is_admin(self.roles_held(user, self._root, below=True)) and all(
            _is_admin(roles) for roles in held if roles
        )

    def _moved(self, change: Change) -> None:
        """Judge anew when an entity with permissions comes or goes, or when the tree changes."""
        if change.op is Op.LEAVE:
            if self._holders.pop(change.object.ref, None) is not None:
                self._forget()
        elif change.path == "parent" or "permission" in change.object.properties:
            self._note(change.object)

    def _forget(self) -> None:
        self._rights.clear()
        self._owners.clear()

    def _note(self, entity: ManagedObject) -> None:
        if entity.get("permission"):
            self._holders[entity.ref] = entity
        else:
            self._holders.pop(entity.ref, None)
        self._forget()


class Rights:
    """What one user may do, until a role, a permission or the tree changes: ask for it anew with every call.

    `unrestricted`: everything everywhere, so that nothing needs to be checked. `anything`: he has a
    permission at all that lets him see something.
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
        """Whether the user has a privilege on an object."""
        return self.unrestricted or any(role.grants(privilege) for role in self.roles_on(checked))

    def see(self, found: ManagedObject) -> bool:
        """Whether an object is there as far as the user can tell: those without System.View are not."""
        return self.grant(found, "System.View")

    def roles_on(self, checked: ManagedObject) -> tuple[Role, ...]:
        """Return the user's roles on an object, NoAccess if he has none."""
        known = self._roles.get(checked.ref)
        if known is not None:
            return known
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
        roles = self._authorization.roles_held(user, place, below=False) or self._roles_above(user, place)
        if place.ref in self._on_the_way and not any(role.grants("System.View") for role in roles):
            return (VIEW,)
        return roles or (NO_ACCESS,)

    def privileges_on(self, checked: ManagedObject) -> frozenset[str]:
        """Return the privileges that the user has on an object."""
        return frozenset[str]().union(*(role.held for role in self.roles_on(checked)))

    def _roles_above(self, user: str, place: ManagedObject) -> tuple[Role, ...]:
        """Return the roles that propagate to a place from above it."""
        parent = self._authorization.parent(place)
        if parent is None:
            return ()
        inherited = self._inherited.get(parent.ref)
        if inherited is None:
            held = self._authorization.roles_held(user, parent, below=True)
            inherited = self._inherited[parent.ref] = held or self._roles_above(user, parent)
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
    """Whether two permissions are for the same user or group."""
    return bool(one.principal == other.principal and one.group == other.group)


def no_permission(entity: MoRef, privilege: str) -> MethodFault:
    """Return the fault for a missing privilege. Clients before 7.0.3.2 are not sent `missingPrivileges`."""
    missing = DataObject("NoPermissionEntityPrivileges", entity=entity, privilegeIds=(privilege,))
    return MethodFault("NoPermission", object=entity, privilegeId=privilege, missingPrivileges=(missing,))


def not_authenticated(root: MoRef) -> MethodFault:
    """Return the fault for a call without a session; its fields are those seen on the wire."""
    return MethodFault("NotAuthenticated", object=root, privilegeId="System.View")

"""AuthorizationManager: permissions on entities.

A change is applied as a whole or not at all; every added, changed or removed permission posts an event. A
secondary VM has its primary's permissions: a guard refuses to change them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from vim25_emulator.inventory.hierarchy import ancestors
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.event_argument import entity_argument
from vim25_emulator.vcenter.authorization import same_principal
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vcenter.role import role_argument
from vim25_emulator.vmodl.value import DataObject, MethodFault

# Reading permissions


@operation("AuthorizationManager", "RetrieveEntityPermissions")
def retrieve_entity_permissions(
    call: Call, manager: ManagedObject, entity: ManagedObject, inherited: bool
) -> tuple[DataObject, ...]:
    """Return the permissions on an entity; if `inherited`, also those that propagate from its ancestors.

    Of several permissions for one user or group, the nearest applies and is returned.
    """
    effective = list(entity.get("permission"))
    for above in ancestors(call.vcenter.inventory, entity) if inherited else ():
        effective += [
            entry
            for entry in above.get("permission")
            if entry.propagate and not any(same_principal(entry, nearer) for nearer in effective)
        ]
    return tuple(effective)


@operation("AuthorizationManager", "RetrieveAllPermissions")
def retrieve_all_permissions(call: Call, manager: ManagedObject) -> tuple[DataObject, ...]:
    """Return all permissions on entities that the caller may see [derived]."""
    return tuple(_all(call))


@operation("AuthorizationManager", "RetrieveRolePermissions")
def retrieve_role_permissions(call: Call, manager: ManagedObject, roleId: int) -> tuple[DataObject, ...]:
    """Return all permissions with a role; raise NotFound for an unknown role."""
    _require_role(call, roleId)
    return tuple(entry for entry in _all(call) if entry.roleId == roleId)


def _all(call: Call) -> Iterator[DataObject]:
    for entity in call.vcenter.authorization.entities_with_permissions():
        if call.rights.see(entity):
            yield from entity.get("permission")


# Changing permissions


@operation("AuthorizationManager", "SetEntityPermissions")
def set_entity_permissions(
    call: Call, manager: ManagedObject, entity: ManagedObject, permission: tuple[DataObject, ...] = ()
) -> None:
    """Add permissions to an entity; they replace present ones for the same users and groups.

    Raises UserNotFound, NotFound for an unknown role, InvalidArgument for a role that cannot be granted
    [derived] and for a secondary VM, and AuthMinimumAdminPermission if the root folder would be left without
    an administrator.
    """
    added = _checked(call, entity, permission)
    present = entity.get("permission")
    others = [entry for entry in present if not any(same_principal(entry, new) for new in added)]
    _replace(call, entity, (*others, *added))


@operation("AuthorizationManager", "ResetEntityPermissions")
def reset_entity_permissions(
    call: Call, manager: ManagedObject, entity: ManagedObject, permission: tuple[DataObject, ...] = ()
) -> None:
    """Replace all permissions on an entity; raises like `set_entity_permissions`."""
    _replace(call, entity, _checked(call, entity, permission))


@operation("AuthorizationManager", "RemoveEntityPermission")
def remove_entity_permission(
    call: Call, manager: ManagedObject, entity: ManagedObject, user: str, isGroup: bool
) -> None:
    """Remove the permission of a user or group on an entity; raise NotFound if there is none."""
    principal = call.vcenter.authorization.directory.find(user, group=isGroup) or user
    present = entity.get("permission")
    others = tuple(entry for entry in present if (entry.principal, entry.group) != (principal, isGroup))
    if len(others) == len(present):
        raise MethodFault("NotFound")
    _replace(call, entity, others)


@operation("AuthorizationManager", "MergePermissions")
def merge_permissions(call: Call, manager: ManagedObject, srcRoleId: int, dstRoleId: int) -> None:
    """Replace one role by another in all permissions.

    Raises NotFound for an unknown role, AuthMinimumAdminPermission if no administrator would remain.
    """
    for role_id in (srcRoleId, dstRoleId):
        _require_role(call, role_id)
    _require_grantable(call, dstRoleId)
    entities = call.vcenter.authorization.entities_with_permissions()
    merged = {entity: tuple(_merged(entity, srcRoleId, dstRoleId)) for entity in entities}
    for entity, permissions in merged.items():
        _require_administrator(call, entity, permissions)
    for entity, permissions in merged.items():
        _replace(call, entity, permissions)


def _merged(entity: ManagedObject, source: int, target: int) -> Iterator[DataObject]:
    for entry in entity.get("permission"):
        yield entry.replace(roleId=target) if entry.roleId == source else entry


def _checked(call: Call, entity: ManagedObject, permissions: Iterable[DataObject]) -> tuple[DataObject, ...]:
    """Return permissions in stored form; the last one for a user or group counts."""
    checked: dict[tuple[str, bool], DataObject] = {}
    for entry in permissions:
        principal = call.vcenter.authorization.directory.find(entry.principal, group=entry.group)
        if principal is None:
            raise MethodFault("UserNotFound", principal=entry.principal, unresolved=True)
        _require_role(call, entry.roleId)
        _require_grantable(call, entry.roleId)
        checked[principal, entry.group] = entry.replace(entity=entity.ref, principal=principal)
    return tuple(checked.values())


def _require_role(call: Call, role_id: int) -> None:
    if role_id not in call.vcenter.authorization.roles:
        raise MethodFault("NotFound")


def _require_grantable(call: Call, role_id: int) -> None:
    if not call.vcenter.authorization.roles[role_id].grantable:
        raise MethodFault("InvalidArgument", invalidProperty="permission.roleId")


def _require_administrator(call: Call, entity: ManagedObject, permissions: Iterable[DataObject]) -> None:
    if not call.vcenter.authorization.leave_an_administrator(entity, permissions):
        raise MethodFault("AuthMinimumAdminPermission")


def _replace(call: Call, entity: ManagedObject, permissions: tuple[DataObject, ...]) -> None:
    """Set the permissions of an entity, and post an event for each difference."""
    _require_administrator(call, entity, permissions)
    before = entity.get("permission")
    call.vcenter.authorization.set(entity, permissions)
    for entry in permissions:
        old = next((present for present in before if same_principal(present, entry)), None)
        if old is None:
            _post(call, "PermissionAddedEvent", entity, entry, **_rule(call, entry))
        elif old != entry:
            previous = {"prevRole": _role(call, old), "prevPropagate": old.propagate}
            _post(call, "PermissionUpdatedEvent", entity, entry, **_rule(call, entry), **previous)
    for old in before:
        if not any(same_principal(old, entry) for entry in permissions):
            _post(call, "PermissionRemovedEvent", entity, old)


def _post(call: Call, event: str, entity: ManagedObject, entry: DataObject, **fields: Any) -> None:
    place = entity_argument(entity)
    call.vcenter.events.post(
        event, entity, user=call.user, entity=place, principal=entry.principal, group=entry.group, **fields
    )


def _rule(call: Call, entry: DataObject) -> dict[str, Any]:
    return {"role": _role(call, entry), "propagate": entry.propagate}


def _role(call: Call, entry: DataObject) -> DataObject:
    return role_argument(call.vcenter.authorization.roles[entry.roleId])

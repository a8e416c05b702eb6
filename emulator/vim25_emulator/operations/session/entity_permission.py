"""AuthorizationManager: the permissions on entities.

A change is made whole or not at all, and every permission that came, went or changed has its event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from vim25_emulator.inventory.hierarchy import ancestors
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.event_argument import entity_argument
from vim25_emulator.vcenter.authorization import same_principal
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vcenter.role import role_argument
from vim25_emulator.vmodl.value import DataObject, MethodFault

_FIRST_SECONDARY: Final = 2  #: `config.ftInfo.role` of a secondary VM, whose permissions are its primary's


# Asking for permissions


@operation("AuthorizationManager", "RetrieveEntityPermissions")
def retrieve_entity_permissions(
    call: Call, manager: ManagedObject, entity: ManagedObject, inherited: bool
) -> tuple[DataObject, ...]:
    """Return the permissions on an entity; if `inherited`, those too that propagate to it from above.

    Of several for one user or group, the nearest is the one that holds and is returned.
    """
    found = list(entity.get("permission"))
    for above in ancestors(call.vcenter.inventory, entity) if inherited else ():
        found += [
            each
            for each in above.get("permission")
            if each.propagate and not any(same_principal(each, nearer) for nearer in found)
        ]
    return tuple(found)


@operation("AuthorizationManager", "RetrieveAllPermissions")
def retrieve_all_permissions(call: Call, manager: ManagedObject) -> tuple[DataObject, ...]:
    """Return all permissions on entities that the caller may see [derived]."""
    return tuple(_all(call))


@operation("AuthorizationManager", "RetrieveRolePermissions")
def retrieve_role_permissions(call: Call, manager: ManagedObject, roleId: int) -> tuple[DataObject, ...]:
    """Return those of all permissions that give a role; raise NotFound for an unknown role."""
    _require_role(call, roleId)
    return tuple(each for each in _all(call) if each.roleId == roleId)


def _all(call: Call) -> Iterator[DataObject]:
    for entity in call.vcenter.authorization.holders():
        if call.rights.see(entity):
            yield from entity.get("permission")


# Changing permissions


@operation("AuthorizationManager", "SetEntityPermissions")
def set_entity_permissions(
    call: Call, manager: ManagedObject, entity: ManagedObject, permission: tuple[DataObject, ...] = ()
) -> None:
    """Add permissions to an entity, in place of those that it has for the same users and groups.

    Raises UserNotFound, NotFound for an unknown role, InvalidArgument for a role that cannot be granted
    [derived] and for a secondary VM, and AuthMinimumAdminPermission if the root folder would be left without
    an administrator.
    """
    given = _checked(call, entity, permission)
    held = entity.get("permission")
    kept = [each for each in held if not any(same_principal(each, new) for new in given)]
    _replace(call, entity, (*kept, *given))


@operation("AuthorizationManager", "ResetEntityPermissions")
def reset_entity_permissions(
    call: Call, manager: ManagedObject, entity: ManagedObject, permission: tuple[DataObject, ...] = ()
) -> None:
    """Let these be all permissions on an entity; raise what `set_entity_permissions` raises."""
    _replace(call, entity, _checked(call, entity, permission))


@operation("AuthorizationManager", "RemoveEntityPermission")
def remove_entity_permission(
    call: Call, manager: ManagedObject, entity: ManagedObject, user: str, isGroup: bool
) -> None:
    """Take a user's or group's permission on an entity away; raise NotFound if there is none."""
    principal = call.vcenter.authorization.directory.find(user, group=isGroup) or user
    held = entity.get("permission")
    kept = tuple(each for each in held if (each.principal, each.group) != (principal, isGroup))
    if len(kept) == len(held):
        raise MethodFault("NotFound")
    _replace(call, entity, kept)


@operation("AuthorizationManager", "MergePermissions")
def merge_permissions(call: Call, manager: ManagedObject, srcRoleId: int, dstRoleId: int) -> None:
    """Let all permissions that give one role give another one instead.

    Raises NotFound for an unknown role, AuthMinimumAdminPermission if no administrator would be left.
    """
    for role_id in (srcRoleId, dstRoleId):
        _require_role(call, role_id)
    _require_grantable(call, dstRoleId)
    holders = call.vcenter.authorization.holders()
    merged = {entity: tuple(_merged(entity, srcRoleId, dstRoleId)) for entity in holders}
    for entity, permissions in merged.items():
        _require_administrator(call, entity, permissions)
    for entity, permissions in merged.items():
        _replace(call, entity, permissions)


def _merged(entity: ManagedObject, source: int, target: int) -> Iterator[DataObject]:
    for each in entity.get("permission"):
        yield each.replace(roleId=target) if each.roleId == source else each


def _checked(call: Call, entity: ManagedObject, permissions: Iterable[DataObject]) -> tuple[DataObject, ...]:
    """Return permissions as they are kept; the last one for a user or group counts."""
    checked: dict[tuple[str, bool], DataObject] = {}
    for each in permissions:
        principal = call.vcenter.authorization.directory.find(each.principal, group=each.group)
        if principal is None:
            raise MethodFault("UserNotFound", principal=each.principal, unresolved=True)
        _require_role(call, each.roleId)
        _require_grantable(call, each.roleId)
        checked[principal, each.group] = each.replace(entity=entity.ref, principal=principal)
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
    """Let these be the permissions of an entity, and tell what changed."""
    if entity.is_a("VirtualMachine") and (entity.get("config.ftInfo.role") or 0) >= _FIRST_SECONDARY:
        raise MethodFault("InvalidArgument", invalidProperty="entity")
    _require_administrator(call, entity, permissions)
    before = entity.get("permission")
    call.vcenter.authorization.set(entity, permissions)
    for each in permissions:
        old = next((held for held in before if same_principal(held, each)), None)
        if old is None:
            _tell(call, "PermissionAddedEvent", entity, each, **_rule(call, each))
        elif old != each:
            was = {"prevRole": _role(call, old), "prevPropagate": old.propagate}
            _tell(call, "PermissionUpdatedEvent", entity, each, **_rule(call, each), **was)
    for old in before:
        if not any(same_principal(old, each) for each in permissions):
            _tell(call, "PermissionRemovedEvent", entity, old)


def _tell(call: Call, event: str, entity: ManagedObject, given: DataObject, **fields: Any) -> None:
    place = entity_argument(entity)
    call.vcenter.events.post(
        event, entity, user=call.user, entity=place, principal=given.principal, group=given.group, **fields
    )


def _rule(call: Call, given: DataObject) -> dict[str, Any]:
    return {"role": _role(call, given), "propagate": given.propagate}


def _role(call: Call, given: DataObject) -> DataObject:
    return role_argument(call.vcenter.authorization.roles[given.roleId])

"""AuthorizationManager: the privileges of a user on entities."""

from __future__ import annotations

from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.authorization import Rights
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.privilege import privileges
from vim25_emulator.vmodl.value import DataObject, MethodFault

_MOST_ANSWERS: Final = 200_000  #: entities times privileges in a request


@computed_property("ManagedEntity", "effectiveRole")
def effective_role(call: Call, entity: ManagedObject) -> tuple[int, ...]:
    """Return the ids of the caller's roles on an entity."""
    return tuple(role.id for role in call.rights.roles_on(entity))


@operation("AuthorizationManager", "HasPrivilegeOnEntity")
def has_privilege_on_entity(
    call: Call, manager: ManagedObject, entity: ManagedObject, sessionId: str, privId: tuple[str, ...] = ()
) -> tuple[bool, ...]:
    """Return, for each privilege, whether a session's user has it on an entity."""
    rights = _rights_in(call, sessionId)
    return tuple(rights.grant(entity, privilege) for privilege in privId)


@operation("AuthorizationManager", "HasPrivilegeOnEntities")
def has_privilege_on_entities(
    call: Call,
    manager: ManagedObject,
    entity: tuple[ManagedObject, ...],
    sessionId: str,
    privId: tuple[str, ...] = (),
) -> tuple[DataObject, ...]:
    """Return an EntityPrivilege for each entity: which of the privileges a session's user has on it."""
    return _availability(_rights_in(call, sessionId), entity, privId)


@operation("AuthorizationManager", "HasUserPrivilegeOnEntities")
def has_user_privilege_on_entities(
    call: Call,
    manager: ManagedObject,
    entities: tuple[ManagedObject, ...],
    userName: str,
    privId: tuple[str, ...] = (),
) -> tuple[DataObject, ...]:
    """Return an EntityPrivilege for each entity: which of the privileges a user has on it.

    Raises InvalidArgument for an object without permissions: the parameter takes any object [derived].
    """
    if not all(entity.is_a("ManagedEntity") for entity in entities):
        raise MethodFault("InvalidArgument", invalidProperty="entities")
    return _availability(_rights_of(call, userName), entities, privId)


@operation("AuthorizationManager", "FetchUserPrivilegeOnEntities")
def fetch_user_privilege_on_entities(
    call: Call, manager: ManagedObject, entities: tuple[ManagedObject, ...], userName: str
) -> tuple[DataObject, ...]:
    """Return a UserPrivilegeResult for each entity: all privileges that a user has on it."""
    _require_few(len(entities) * len(privileges()))
    rights = _rights_of(call, userName)
    return tuple(
        DataObject(
            "UserPrivilegeResult",
            entity=entity.ref,
            privileges=tuple(sorted(rights.privileges_on(entity))),
        )
        for entity in entities
    )


def _rights_in(call: Call, session_key: str) -> Rights:
    """Return the rights of a session's user; raise InvalidArgument for an unknown session [derived]."""
    session = call.vcenter.sessions.with_key(session_key)
    if session is None:
        raise MethodFault("InvalidArgument", invalidProperty="sessionId")
    return call.vcenter.authorization.rights(session.user)


def _rights_of(call: Call, user_name: str) -> Rights:
    """Return a user's rights; raise InvalidArgument for an unknown user [derived]."""
    user = call.vcenter.authorization.directory.find(user_name)
    if user is None:
        raise MethodFault("InvalidArgument", invalidProperty="userName")
    return call.vcenter.authorization.rights(user)


def _require_few(number: int) -> None:
    """Raise RestrictedByAdministrator for too many entities times privileges [derived]."""
    if number > _MOST_ANSWERS:
        details = f"a request may be about {_MOST_ANSWERS} privileges on entities"
        raise MethodFault("RestrictedByAdministrator", details=details)


def _availability(
    rights: Rights, entities: tuple[ManagedObject, ...], privilege_ids: tuple[str, ...]
) -> tuple[DataObject, ...]:
    _require_few(len(entities) * len(privilege_ids))
    return tuple(
        DataObject(
            "EntityPrivilege",
            entity=entity.ref,
            privAvailability=tuple(
                DataObject("PrivilegeAvailability", privId=name, isGranted=rights.grant(entity, name))
                for name in privilege_ids
            ),
        )
        for entity in entities
    )

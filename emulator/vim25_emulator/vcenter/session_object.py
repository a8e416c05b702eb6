"""Objects that belong to a session: its filters, property collectors, views and history collectors.

Their moIds have the form `session[…]…`: the session's key, which UserLoginSessionEvent shows to others, and a
random UUID. Neither lets anybody in: for every other session, the object does not exist.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.retained_items import bytes_of
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vcenter.session import Session
from vim25_emulator.vmodl.value import MethodFault, MoRef

MOST_OBJECTS: Final = 10_000  #: maximum number of open objects of one session [derived]
_MEMBER_BYTES: Final = 400  #: of an object in a filter or a view, about
_PREFIX: Final = "session["


def create_for(session: Session, inventory: Inventory, type_name: str, **properties: Any) -> ManagedObject:
    """Create an object that belongs to a session; its moId is `session[…]…` [observed: recordings].

    Raises RestrictedByAdministrator if the session has too many, or all sessions too large ones [derived].
    """
    if len(session.objects) >= MOST_OBJECTS:
        details = f"a session may have {MOST_OBJECTS} open filters, collectors and views"
        raise MethodFault("RestrictedByAdministrator", details=details)
    size = bytes_of(tuple(properties.values()))
    session.usage.take(size)
    created = inventory.create(type_name, f"{_PREFIX}{session.key}]{uuid.uuid4()}", **properties)
    session.objects[created.ref] = size
    return created


def add_members(session: Session, managed: ManagedObject, number: int) -> None:
    """Add the objects that a filter or a view follows to its size; the next one may be refused."""
    session.objects[managed.ref] += number * _MEMBER_BYTES
    session.usage.used += number * _MEMBER_BYTES


def destroy_for(session: Session, inventory: Inventory, managed: ManagedObject) -> None:
    """Destroy an object that belongs to a session."""
    session.usage.used -= session.objects.pop(managed.ref)
    inventory.destroy(managed)


def find_for(session: Session | None, inventory: Inventory, ref: MoRef) -> ManagedObject | None:
    """Return the object of a reference; None if it does not exist, or belongs to another session."""
    mo_id = ref.value
    if mo_id.startswith(_PREFIX) and (session is None or not mo_id.startswith(f"{_PREFIX}{session.key}]")):
        return None
    return inventory.find(ref)


def find_or_ref(session: Session | None, inventory: Inventory, ref: MoRef) -> ManagedObject | MoRef:
    """Return the object of a reference; the reference itself where `find_for` returns None."""
    return find_for(session, inventory, ref) or ref


def require_for(session: Session | None, inventory: Inventory, ref: MoRef) -> ManagedObject:
    """Return the object of a reference; raise ManagedObjectNotFound where `find_for` returns None."""
    target = find_for(session, inventory, ref)
    if target is None:
        raise MethodFault("ManagedObjectNotFound", obj=ref)
    return target

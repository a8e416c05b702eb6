"""Objects that belong to a session: its filters, property collectors, views and history collectors.

Their moIds have the form `session[…]…`: the session's key, which UserLoginSessionEvent shows to others, and a
random UUID. Neither lets anybody in: for every other session, the object does not exist.
"""

from __future__ import annotations

import uuid
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vcenter.session import Session
from vim25_emulator.vmodl.value import MethodFault, MoRef

_PREFIX: Final = "session["


def own_mo_id(session: Session) -> str:
    """Return a moId for an object that belongs to a session: `session[…]…` [observed: recordings]."""
    return f"{_PREFIX}{session.key}]{uuid.uuid4()}"


def find_for(session: Session | None, inventory: Inventory, ref: MoRef) -> ManagedObject | None:
    """Return the object of a reference; None if it does not exist, or belongs to another session."""
    mo_id = ref.value
    if mo_id.startswith(_PREFIX) and (session is None or not mo_id.startswith(f"{_PREFIX}{session.key}]")):
        return None
    return inventory.find(ref)


def require_for(session: Session | None, inventory: Inventory, ref: MoRef) -> ManagedObject:
    """Return the object of a reference; raise ManagedObjectNotFound where `find_for` returns None."""
    target = find_for(session, inventory, ref)
    if target is None:
        raise MethodFault("ManagedObjectNotFound", obj=ref)
    return target

"""What a session has in a property collector: its filters, the rest of cut answers, who waits.

The property collector that every client finds in ServiceContent is one object, but each session has its own
filters in it, as it has in those that it creates. All of it ends with the session.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from emulator.inventory.filter_spec import FilterSpec
from emulator.inventory.store import ManagedObject
from emulator.inventory.update_collector import UpdateCollector
from emulator.vcenter.operation import Call
from emulator.vcenter.session import Session
from emulator.vmodl.value import DataObject, MethodFault, MoRef

Found = tuple[ManagedObject, tuple[str, ...]]  #: an object and the paths to show of it

_KEPT_RESTS: Final = 64  #: cut answers that a session can go on with in one collector


@dataclass
class CollectorSession:
    """One session's part in one property collector."""

    updates: UpdateCollector
    _rests: dict[str, tuple[list[Found], int]] = field(default_factory=dict)
    _tokens: count[int] = field(default_factory=lambda: count(1))

    def keep_rest(self, found: list[Found], limit: int) -> str:
        """Keep what is left of an answer, and how much is sent at once; return the token for it."""
        token = str(next(self._tokens))
        self._rests[token] = found, limit
        if len(self._rests) > _KEPT_RESTS:
            del self._rests[next(iter(self._rests))]
        return token

    def take_rest(self, token: str) -> tuple[list[Found], int]:
        """Return what is left under a token and forget it; raise InvalidArgument for an unknown one."""
        try:
            return self._rests.pop(token)
        except KeyError:
            raise MethodFault("InvalidArgument", invalidProperty="token") from None


@dataclass
class CollectorSessions:
    """All of them: by session key, then by property collector."""

    by_session: dict[str, dict[MoRef, CollectorSession]] = field(default_factory=dict)


def session_of(call: Call) -> Session:
    """Return the caller's session, which dispatch has seen to."""
    if call.session is None:
        raise RuntimeError(f"dispatch lets nobody call {call.method.name} without a session")
    return call.session


def own_mo_id(session: Session) -> str:
    """Return a moId for an object that belongs to a session, as real ones look: `session[…]…`."""
    return f"session[{session.key}]{uuid.uuid4()}"


def collector_session(call: Call, collector: ManagedObject) -> CollectorSession:
    """Return what the caller's session has in a collector.

    Raises ManagedObjectNotFound for a collector that another session created.
    """
    held = _held(call)
    if collector.ref not in held:
        if collector.ref != call.vcenter.service_instance.get("content").propertyCollector:
            raise MethodFault("ManagedObjectNotFound", obj=collector.ref)
        _join(call, collector)
    return held[collector.ref]


def _held(call: Call) -> dict[MoRef, CollectorSession]:
    """Return what the caller's session has in all collectors; it ends with the session."""
    session, vcenter = session_of(call), call.vcenter
    held = vcenter.collector_sessions.by_session.get(session.key)
    if held is None:
        held = vcenter.collector_sessions.by_session[session.key] = {}
        session.at_end(lambda: _end(call))
    return held


def _end(call: Call) -> None:
    for ref in tuple(_held(call)):
        leave(call, call.vcenter.inventory[ref])
    del call.vcenter.collector_sessions.by_session[session_of(call).key]


def _join(call: Call, collector: ManagedObject) -> None:
    updates = UpdateCollector(call.vcenter.inventory, call.vcenter.clock)
    _held(call)[collector.ref] = CollectorSession(updates)


def create_collector(call: Call) -> ManagedObject:
    """Create a property collector that only the caller's session knows."""
    created = call.vcenter.inventory.create("PropertyCollector", own_mo_id(session_of(call)))
    _join(call, created)
    return created


def leave(call: Call, collector: ManagedObject) -> None:
    """End what the caller's session has in a collector, and the collector if the session created it."""
    updates = collector_session(call, collector).updates
    for ref in tuple(updates.filters):
        close_filter(call, call.vcenter.inventory[ref])
    updates.close()
    del _held(call)[collector.ref]
    if collector.ref.value.startswith("session["):
        call.vcenter.inventory.destroy(collector)


def open_filter(
    call: Call, collector: ManagedObject, spec: DataObject, read: FilterSpec, *, partial: bool
) -> ManagedObject:
    """Create a filter in a collector for the caller's session."""
    held = collector_session(call, collector)
    mo_id = own_mo_id(session_of(call))
    created = call.vcenter.inventory.create("PropertyFilter", mo_id, spec=spec, partialUpdates=partial)
    named = {ref for ref, _ in read.roots}
    held.updates.open(
        created.ref,
        read,
        partial=partial,
        visible=lambda found: found.ref in named or call.rights.see(found),
    )
    return created


def close_filter(call: Call, managed: ManagedObject) -> None:
    """End a filter; raise ManagedObjectNotFound if it is not the caller's session's."""
    for held in _held(call).values():
        if managed.ref in held.updates.filters:
            held.updates.close_filter(managed.ref)
            call.vcenter.inventory.destroy(managed)
            return
    raise MethodFault("ManagedObjectNotFound", obj=managed.ref)

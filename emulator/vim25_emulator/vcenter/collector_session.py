"""What a session has in a property collector: its filters, the rest of cut answers, who waits.

The property collector that every client finds in ServiceContent is one object, but each session has its own
filters in it, as it has in those that it creates. All of it ends with the session.
"""

from __future__ import annotations

import uuid

from vim25_emulator.inventory.filter_spec import FilterSpec
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.update_collector import UpdateCollector
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.collector_registry import CollectorSession
from vim25_emulator.vcenter.session import Session
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef


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
    session, vcenter = call.own_session, call.vcenter
    held = vcenter.collector_sessions.by_session.get(session.key)
    if held is None:
        held = vcenter.collector_sessions.by_session[session.key] = {}
        session.at_end(lambda: _end(call))
    return held


def _end(call: Call) -> None:
    for ref in tuple(_held(call)):
        leave(call, call.vcenter.inventory[ref])
    del call.vcenter.collector_sessions.by_session[call.own_session.key]


def _join(call: Call, collector: ManagedObject) -> None:
    updates = UpdateCollector(call.vcenter.inventory, call.vcenter.clock)
    _held(call)[collector.ref] = CollectorSession(updates)


def create_collector(call: Call) -> ManagedObject:
    """Create a property collector that only the caller's session knows."""
    created = call.vcenter.inventory.create("PropertyCollector", own_mo_id(call.own_session))
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
    mo_id = own_mo_id(call.own_session)
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

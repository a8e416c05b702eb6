"""A session's part of a property collector: its filters and its open retrievals.

The property collector in ServiceContent is one object for all, but every session has its own filters in it.
Filters, and the collectors that a session creates, end with the session.
"""

from __future__ import annotations

from vim25_emulator.inventory.filter_spec import FilterSpec
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.update_collector import UpdateCollector
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.collector_registry import CollectorSession
from vim25_emulator.vcenter.session_object import add_members, create_for, destroy_for
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef


def collector_session(call: Call, collector: ManagedObject) -> CollectorSession:
    """Return the caller's part of a collector.

    Raise ManagedObjectNotFound for a collector that another session created.
    """
    parts = _parts(call)
    if collector.ref not in parts:
        if collector.ref != call.vcenter.service_instance.get("content").propertyCollector:
            raise MethodFault("ManagedObjectNotFound", obj=collector.ref)
        _join(call, collector)
    return parts[collector.ref]


def _parts(call: Call) -> dict[MoRef, CollectorSession]:
    """Return the caller's parts of all collectors, by collector; they end with the session."""
    session, vcenter = call.own_session, call.vcenter
    parts = vcenter.collector_sessions.by_session.get(session.key)
    if parts is None:
        parts = vcenter.collector_sessions.by_session[session.key] = {}
        session.at_end(lambda: _end(call))
    return parts


def _end(call: Call) -> None:
    for ref in tuple(_parts(call)):
        leave(call, call.vcenter.inventory[ref])
    del call.vcenter.collector_sessions.by_session[call.own_session.key]


def _join(call: Call, collector: ManagedObject) -> None:
    updates = UpdateCollector(call.vcenter.inventory, call.vcenter.clock)
    _parts(call)[collector.ref] = CollectorSession(updates, call.own_session.usage)


def create_collector(call: Call) -> ManagedObject:
    """Create a property collector for the caller's session."""
    created = create_for(call.own_session, call.vcenter.inventory, "PropertyCollector")
    _join(call, created)
    return created


def leave(call: Call, collector: ManagedObject) -> None:
    """Close the caller's filters in a collector; destroy the collector if the session created it."""
    part = collector_session(call, collector)
    for ref in tuple(part.updates.filters):
        close_filter(call, call.vcenter.inventory[ref])
    part.close()
    del _parts(call)[collector.ref]
    if collector.ref.value.startswith("session["):
        destroy_for(call.own_session, call.vcenter.inventory, collector)


def open_filter(
    call: Call, collector: ManagedObject, spec: DataObject, read: FilterSpec, *, partial: bool
) -> ManagedObject:
    """Create a filter in a collector for the caller's session."""
    part = collector_session(call, collector)
    session, inventory = call.own_session, call.vcenter.inventory
    created = create_for(session, inventory, "PropertyFilter", spec=spec, partialUpdates=partial)
    roots = {ref.value for ref, _ in read.roots}
    try:
        part.updates.open(
            created.ref,
            read,
            partial=partial,
            visible=lambda entity: entity.ref.value in roots or call.rights.see(entity),
        )
    except MethodFault:
        destroy_for(session, inventory, created)
        raise
    add_members(session, created, len(part.updates.filters[created.ref]))
    return created


def close_filter(call: Call, managed: ManagedObject) -> None:
    """Close a filter; raise ManagedObjectNotFound if it belongs to another session."""
    for part in _parts(call).values():
        if managed.ref in part.updates.filters:
            part.updates.close_filter(managed.ref)
            destroy_for(call.own_session, call.vcenter.inventory, managed)
            return
    raise MethodFault("ManagedObjectNotFound", obj=managed.ref)

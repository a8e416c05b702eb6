"""EventManager: asking for events, following them, and adding a user's own."""

from __future__ import annotations

from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject

_QUERY_LIMIT: Final = 1000  #: events that QueryEvents answers at most, the newest ones


@operation("EventManager", "QueryEvents")
def query(
    call: Call,
    manager: ManagedObject,
    filter: DataObject,  # the method's parameter
    eventViewSpec: DataObject | None = None,
) -> tuple[DataObject, ...]:
    """Return the newest events that match a filter, oldest first, at most `maxCount` or 1,000."""
    matches = call.vcenter.collectors["events"].matcher(call.vcenter.inventory, filter)
    found = [event for event in call.vcenter.events.posted if matches(event)]
    limit = min(filter.maxCount or _QUERY_LIMIT, _QUERY_LIMIT)
    shown = found[-limit:]
    if filter.disableFullMessage:
        return tuple(event.replace(fullFormattedMessage=None) for event in shown)
    return tuple(shown)


@operation("EventManager", "CreateCollectorForEvents")
def create_collector(call: Call, manager: ManagedObject, filter: DataObject) -> ManagedObject:
    """Create a collector of the events that match a filter."""
    return call.vcenter.collectors["events"].open(
        call.vcenter.inventory, call.own_session, filter, call.vcenter.events.posted
    )


@operation("EventManager", "LogUserEvent")
def log_user_event(call: Call, manager: ManagedObject, entity: ManagedObject, msg: str) -> None:
    """Post a user's own note about an entity."""
    call.vcenter.events.post(
        "GeneralUserEvent", entity, user=call.user, message=msg, fullFormattedMessage=msg
    )

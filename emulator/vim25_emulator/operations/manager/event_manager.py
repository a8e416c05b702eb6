"""EventManager: querying events, collectors of events, and logging a user event."""

from __future__ import annotations

from itertools import islice
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.event_argument import entity_argument
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.history_access import visible_in
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject

_QUERY_LIMIT: Final = 1000  #: maximum number of events that QueryEvents returns


@operation("EventManager", "QueryEvents")
def query(
    call: Call,
    manager: ManagedObject,
    filter: DataObject,  # the method's parameter
    eventViewSpec: DataObject | None = None,
) -> tuple[DataObject, ...]:
    """Return the newest events that match a filter, oldest first, at most `maxCount`, at most 1,000."""
    matches = call.vcenter.collectors["events"].matcher(call.vcenter.inventory, filter)
    visible = visible_in(call.vcenter, call.own_session)
    matching = (event for event in reversed(call.vcenter.events.posted) if matches(event) and visible(event))
    newest = list(islice(matching, min(filter.maxCount or _QUERY_LIMIT, _QUERY_LIMIT)))[::-1]
    if filter.disableFullMessage:
        return tuple(event.replace(fullFormattedMessage=None) for event in newest)
    return tuple(newest)


@computed_property("EventManager", "latestEvent")
def latest_event(call: Call, manager: ManagedObject) -> DataObject | None:
    """Return the latest event that the caller may see."""
    if call.rights.unrestricted:
        latest: DataObject | None = manager.get("latestEvent")
        return latest
    visible = visible_in(call.vcenter, call.own_session)
    return next(filter(visible, reversed(call.vcenter.events.posted)), None)


@operation("EventManager", "CreateCollectorForEvents")
def create_collector(call: Call, manager: ManagedObject, filter: DataObject) -> ManagedObject:
    """Create a collector of the events that match a filter."""
    return call.vcenter.collectors["events"].open(
        call.vcenter.inventory,
        call.own_session,
        filter,
        call.vcenter.events.posted,
        visible_in(call.vcenter, call.own_session),
    )


@operation("EventManager", "LogUserEvent")
def log_user_event(call: Call, manager: ManagedObject, entity: ManagedObject, msg: str) -> None:
    """Post a GeneralUserEvent about an entity."""
    texts = {"message": msg, "fullFormattedMessage": msg}
    about = entity_argument(entity)
    call.vcenter.events.post("GeneralUserEvent", entity, user=call.user, entity=about, **texts)

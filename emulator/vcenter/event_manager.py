"""EventManager: asking for events, following them, and adding a user's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from emulator.inventory.store import Inventory, ManagedObject
from emulator.vcenter.event_category import category_of
from emulator.vcenter.history_collector import Predicate, about, by_user, within
from emulator.vcenter.operation import Call, operation
from emulator.vmodl.value import DataObject, MoRef

#: Properties of an event that name an entity, the most specific first: the first one set is its subject.
_ARGUMENTS: Final = ("vm", "host", "computeResource", "ds", "net", "dvs", "datacenter")

_QUERY_LIMIT: Final = 1000  #: events that QueryEvents answers at most, the newest ones


def _places(event: DataObject) -> list[MoRef]:
    """Return what an event names, its subject first."""
    named = (event.__dict__.get(name) for name in _ARGUMENTS)
    refs = (value for argument in named if argument for value in argument.__dict__.values())
    return [ref for ref in refs if isinstance(ref, MoRef)]


def _about(inventory: Inventory, event: DataObject, wanted: DataObject) -> bool:
    places = _places(event)
    return about(inventory, places[0] if places else None, set(places), wanted)


def type_id_of(event: DataObject) -> str:
    """Return the id that filters know an event by: EventEx carries its own, others go by their VMODL type."""
    return event.__dict__.get("eventTypeId") or event.type_.vmodl_name


def _of_type(event: DataObject, wanted: tuple[str, ...]) -> bool:
    return any(event.is_a(name) or event.type_.vmodl_name == name for name in wanted)


#: Property of EventFilterSpec → whether an event matches it.
EVENT_PREDICATES: Final[Mapping[str, Predicate]] = {
    "entity": _about,
    "time": lambda _, event, wanted: within(event.createdTime, wanted),
    "userName": lambda _, event, wanted: by_user(event.userName, wanted),
    "eventChainId": lambda _, event, wanted: event.chainId == wanted,
    "category": lambda _, event, wanted: category_of(event) in wanted,
    "type": lambda _, event, wanted: _of_type(event, wanted),
    "tag": lambda _, event, wanted: event.changeTag in wanted,
    "eventTypeId": lambda _, event, wanted: type_id_of(event) in wanted,
    # How an answer is written and how much of it, not which events match:
    "disableFullMessage": lambda *_: True,
    "maxCount": lambda *_: True,
    "delayedInit": lambda *_: True,
}


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
    return call.vcenter.collectors["events"].open(call, filter, call.vcenter.events.posted)


@operation("EventManager", "LogUserEvent")
def log_user_event(call: Call, manager: ManagedObject, entity: ManagedObject, msg: str) -> None:
    """Post a user's own note about an entity."""
    call.vcenter.events.post(
        "GeneralUserEvent", entity, user=call.user, message=msg, fullFormattedMessage=msg
    )

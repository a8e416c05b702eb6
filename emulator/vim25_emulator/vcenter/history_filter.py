"""Filters of tasks and events as tables: one predicate per property of the filter spec.

An unset property matches everything; a property without a predicate is not supported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.event_category import category_of
from vim25_emulator.vmodl.value import DataObject, MoRef

Predicate = Callable[[Inventory, DataObject, Any], bool]


def within(when: datetime | None, criterion: DataObject) -> bool:
    """Return whether a time is within a filter's bounds, both included; an unset time never is."""
    if when is None:
        return False
    begin, end = criterion.beginTime, criterion.endTime
    return (begin is None or when >= begin) and (end is None or when <= end)


def by_user(user: str, criterion: DataObject) -> bool:
    """Return whether a user name matches a filter; system tasks and events have no user name."""
    return user in criterion.userList or bool(criterion.systemUser and not user)


def about(inventory: Inventory, places: Sequence[MoRef], criterion: DataObject) -> bool:
    """Return whether an item about `places`, its subject first, matches the filter's entity.

    Recursion: `self` is the entity, `children` its descendants, `all` both. What has no subject, such as a
    login, is about the root folder [derived].
    """
    itself = places[0] == criterion.entity if places else _is_root(inventory, criterion.entity)
    if criterion.recursion == "self" or (itself and criterion.recursion == "all"):
        return itself
    return not itself and any(_within(inventory, place, criterion.entity) for place in places)


def _is_root(inventory: Inventory, ref: MoRef) -> bool:
    entity = inventory.find(ref)
    return entity is not None and entity.get("parent") is None


def _within(inventory: Inventory, ref: MoRef, ancestor: MoRef) -> bool:
    if ref == ancestor:
        return True
    place = inventory.find(ref)
    while place is not None and place.ref != ancestor:
        place = inventory.find(place.get("parent"))
    return place is not None


#: Properties of an event that name what it is about, most specific first; the first one that is set is the
#: subject. Others, such as `sourceHost`, name objects that are only involved.
_ARGUMENTS: Final = (
    "entity",
    "resourcePool",
    "vm",
    "host",
    "computeResource",
    "ds",
    "datastore",
    "net",
    "dvs",
    "datacenter",
)


def places_of(event: DataObject) -> list[MoRef]:
    """Return the entities that an event is about, its subject first; empty for an event of the vCenter."""
    task = event.__dict__.get("info")
    arguments = (task, *(event.__dict__.get(name) for name in _ARGUMENTS))
    refs = (value for argument in arguments if argument for value in argument.__dict__.values())
    return [ref for ref in refs if isinstance(ref, MoRef) and ref.type != "Task"]


def _event_about(inventory: Inventory, event: DataObject, criterion: DataObject) -> bool:
    return about(inventory, places_of(event), criterion)


def type_ids_of(event: DataObject) -> tuple[str, ...]:
    """Return the ids of an event for filters.

    EventEx and ExtendedEvent are known by their own id [documented], others by the WSDL name and by the VMODL
    name of their type [observed: clients use both].
    """
    own = event.__dict__.get("eventTypeId")
    return (own,) if own else (event.type_.name, event.type_.vmodl_name)


def _of_type(event: DataObject, criterion: tuple[str, ...]) -> bool:
    return any(event.is_a(name) or event.type_.vmodl_name == name for name in criterion)


def _argument(event: DataObject, name: str) -> MoRef | None:
    """Return the object that an event's argument of the same name refers to."""
    argument = event.__dict__.get(name)
    return argument.__dict__.get(name) if argument is not None else None


#: Property of EventFilterSpec → predicate of an event.
EVENT_PREDICATES: Final[Mapping[str, Predicate]] = {
    "entity": _event_about,
    "time": lambda _, event, criterion: within(event.createdTime, criterion),
    "userName": lambda _, event, criterion: by_user(event.userName, criterion),
    "eventChainId": lambda _, event, criterion: event.chainId == criterion,
    "category": lambda _, event, criterion: category_of(event) in criterion,
    "type": lambda _, event, criterion: _of_type(event, criterion),
    "tag": lambda _, event, criterion: event.changeTag in criterion,
    "eventTypeId": lambda _, event, criterion: not set(criterion).isdisjoint(type_ids_of(event)),
    "alarm": lambda _, event, criterion: _argument(event, "alarm") == criterion,
    "scheduledTask": lambda _, event, criterion: _argument(event, "scheduledTask") == criterion,
    # These control the form and size of an answer, not which events match:
    "disableFullMessage": lambda *_: True,
    "maxCount": lambda *_: True,
    "delayedInit": lambda *_: True,
}
_TIMES: Final = {"queuedTime": "queueTime", "startedTime": "startTime", "completedTime": "completeTime"}


def _task_about(inventory: Inventory, info: DataObject, criterion: DataObject) -> bool:
    return about(inventory, [info.entity] if info.entity else [], criterion)


#: Property of TaskFilterSpec → predicate of a TaskInfo.
TASK_PREDICATES: Final[Mapping[str, Predicate]] = {
    "entity": _task_about,
    "time": lambda _, info, criterion: within(getattr(info, _TIMES[criterion.timeType]), criterion),
    "userName": lambda _, info, criterion: by_user(info.reason.__dict__.get("userName", ""), criterion),
    "state": lambda _, info, criterion: info.state in criterion,
    "alarm": lambda _, info, criterion: info.reason.__dict__.get("alarm") == criterion,
    "scheduledTask": lambda _, info, criterion: info.reason.__dict__.get("scheduledTask") == criterion,
    "activationId": lambda _, info, criterion: info.activationId in criterion,
    "eventChainId": lambda _, info, criterion: info.eventChainId in criterion,
    "tag": lambda _, info, criterion: info.changeTag in criterion,
    "parentTaskKey": lambda _, info, criterion: info.parentTaskKey in criterion,
    "rootTaskKey": lambda _, info, criterion: info.rootTaskKey in criterion,
}

"""Windows over the tasks and events that match a filter, one per HistoryCollector."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.event_category import category_of
from vim25_emulator.model.service_content import MAX_COLLECTORS
from vim25_emulator.vcenter.session import Session
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

PAGE_SIZE: Final = 10
Predicate = Callable[[Inventory, DataObject, Any], bool]


@dataclass
class Window:
    """What one collector has collected, and where it stands."""

    managed: ManagedObject
    matches: Callable[[DataObject], bool]
    by_key: dict[Any, DataObject] = field(default_factory=dict)
    page_size: int = PAGE_SIZE
    position: int = 0

    @property
    def items(self) -> list[DataObject]:
        """What was collected, oldest first."""
        return list(self.by_key.values())

    def collect(self, item: DataObject) -> None:
        """Take an item in if it matches, in place of an earlier state of it, and show the latest page."""
        if self.matches(item):
            self.by_key[item.key] = item
            self.show()

    def show(self) -> None:
        """Publish the latest page, newest first [derived order]."""
        self.managed.set("latestPage", tuple(reversed(self.items[-self.page_size :])))

    def reset(self) -> None:
        """Stand immediately before the latest page."""
        self.position = max(0, len(self.items) - self.page_size)

    def read_next(self, count: int) -> tuple[DataObject, ...]:
        """Return up to `count` newer items, oldest first, and stand after them."""
        found = tuple(self.items[self.position : self.position + count])
        self.position += len(found)
        return found

    def read_previous(self, count: int) -> tuple[DataObject, ...]:
        """Return up to `count` older items, newest first [derived order], and stand before them."""
        start = max(0, self.position - count)
        found = tuple(reversed(self.items[start : self.position]))
        self.position = start
        return found


class Collectors:
    """The open collectors of one kind (tasks or events) of one vCenter."""

    def __init__(self, type_name: str, predicates: Mapping[str, Predicate]) -> None:
        self._type_name = type_name
        self._predicates = predicates
        self._windows: dict[MoRef, Window] = {}

    def matcher(self, inventory: Inventory, spec: DataObject) -> Callable[[DataObject], bool]:
        """Return the test that a filter spec describes; raise NotSupported for a filter nobody wrote yet."""
        tests = []
        for name, wanted in spec.__dict__.items():
            if name not in self._predicates:
                raise MethodFault("NotSupported")
            tests.append((self._predicates[name], wanted))
        return lambda item: all(test(inventory, item, wanted) for test, wanted in tests)

    def open(
        self, inventory: Inventory, session: Session, spec: DataObject, present: Iterable[DataObject]
    ) -> ManagedObject:
        """Create a collector for a session; raise InvalidState if it has too many."""
        if self._count(session.key) >= MAX_COLLECTORS:
            raise MethodFault("InvalidState")
        matches = self.matcher(inventory, spec)
        number = inventory.new_mo_id(self._type_name)
        managed = inventory.create(self._type_name, f"session[{session.key}]{number}", filter=spec)
        window = Window(managed, matches, {item.key: item for item in present if matches(item)})
        window.show()
        window.reset()
        self._windows[managed.ref] = window
        session.at_end(lambda: self.close(inventory, managed))
        return managed

    def _count(self, session_key: str) -> int:
        return sum(ref.value.startswith(f"session[{session_key}]") for ref in self._windows)

    def close(self, inventory: Inventory, managed: ManagedObject) -> None:
        """Destroy a collector; one that is closed already stays so."""
        if self._windows.pop(managed.ref, None) is not None:
            inventory.destroy(managed)

    def collect(self, item: DataObject) -> None:
        """Offer a new item to every open collector."""
        for window in self._windows.values():
            window.collect(item)

    def window(self, managed: ManagedObject) -> Window:
        """Return the window of a collector object."""
        return self._windows[managed.ref]


def within(when: datetime | None, wanted: DataObject) -> bool:
    """Whether a time lies in a filter's span, both ends included; no time lies in none."""
    if when is None:
        return False
    begin, end = wanted.beginTime, wanted.endTime
    return (begin is None or when >= begin) and (end is None or when <= end)


def by_user(user: str, wanted: DataObject) -> bool:
    """Whether a user name matches a filter: the system's own work has no user name."""
    return user in wanted.userList or bool(wanted.systemUser and not user)


def about(inventory: Inventory, subject: MoRef | None, places: set[MoRef], wanted: DataObject) -> bool:
    """Whether an item about `subject`, which stands in `places`, is about the filter's entity.

    Recursion: `self` the entity itself, `children` what is below it, `all` both.
    """
    itself = bool(subject == wanted.entity)
    if wanted.recursion == "self" or (itself and wanted.recursion == "all"):
        return itself
    return not itself and bool(wanted.entity in places or _below(inventory, subject, wanted.entity))


def _below(inventory: Inventory, subject: MoRef | None, ancestor: MoRef) -> bool:
    place = inventory.find(subject)
    while place is not None and place.ref != ancestor:
        place = inventory.find(place.get("parent"))
    return place is not None


#: Properties of an event that name an entity, the most specific first: the first one set is its subject.
_ARGUMENTS: Final = ("vm", "host", "computeResource", "ds", "net", "dvs", "datacenter")


def _places(event: DataObject) -> list[MoRef]:
    """Return what an event names, its subject first."""
    named = (event.__dict__.get(name) for name in _ARGUMENTS)
    refs = (value for argument in named if argument for value in argument.__dict__.values())
    return [ref for ref in refs if isinstance(ref, MoRef)]


def _event_about(inventory: Inventory, event: DataObject, wanted: DataObject) -> bool:
    places = _places(event)
    return about(inventory, places[0] if places else None, set(places), wanted)


def type_id_of(event: DataObject) -> str:
    """Return the id that filters know an event by: EventEx carries its own, others go by their VMODL type."""
    return event.__dict__.get("eventTypeId") or event.type_.vmodl_name


def _of_type(event: DataObject, wanted: tuple[str, ...]) -> bool:
    return any(event.is_a(name) or event.type_.vmodl_name == name for name in wanted)


#: Property of EventFilterSpec → whether an event matches it.
EVENT_PREDICATES: Final[Mapping[str, Predicate]] = {
    "entity": _event_about,
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
_TIMES: Final = {"queuedTime": "queueTime", "startedTime": "startTime", "completedTime": "completeTime"}


def _task_about(inventory: Inventory, info: DataObject, wanted: DataObject) -> bool:
    return about(inventory, info.entity, set(), wanted)


#: Property of TaskFilterSpec → whether a TaskInfo matches it.
TASK_PREDICATES: Final[Mapping[str, Predicate]] = {
    "entity": _task_about,
    "time": lambda _, info, wanted: within(getattr(info, _TIMES[wanted.timeType]), wanted),
    "userName": lambda _, info, wanted: by_user(info.reason.__dict__.get("userName", ""), wanted),
    "state": lambda _, info, wanted: info.state in wanted,
    "activationId": lambda _, info, wanted: info.activationId in wanted,
    "eventChainId": lambda _, info, wanted: info.eventChainId in wanted,
    "tag": lambda _, info, wanted: info.changeTag in wanted,
    "parentTaskKey": lambda _, info, wanted: info.parentTaskKey in wanted,
    "rootTaskKey": lambda _, info, wanted: info.rootTaskKey in wanted,
}

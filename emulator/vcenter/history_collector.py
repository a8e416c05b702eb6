"""HistoryCollector: a movable window over the tasks or events that match a filter.

A collector begins with what is there and goes on collecting. Its position is the number of items older than
the next one to read: reset puts it before the latest page, rewind before the oldest item. Filters are tables:
one predicate per property of the filter spec, and an unset property matches everything. It ends with its
session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from emulator.inventory.store import Inventory, ManagedObject
from emulator.vcenter.operation import Call, operation
from emulator.vmodl.value import DataObject, MethodFault, MoRef

MAX_COLLECTORS: Final = 32  #: collectors of one kind that a session may have, as `maxCollector` says
PAGE_SIZE: Final = 10
_MAX_PAGE_SIZE: Final = 1000

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

    def open(self, call: Call, spec: DataObject, present: Iterable[DataObject]) -> ManagedObject:
        """Create a collector for the caller's session; raise InvalidState if it has too many."""
        session = call.session
        if session is None or self._count(session.key) >= MAX_COLLECTORS:
            raise MethodFault("InvalidState")
        matches = self.matcher(call.vcenter.inventory, spec)
        number = call.vcenter.inventory.new_mo_id(self._type_name)
        managed = call.vcenter.inventory.create(
            self._type_name, f"session[{session.key}]{number}", filter=spec
        )
        window = Window(managed, matches, {item.key: item for item in present if matches(item)})
        window.show()
        window.reset()
        self._windows[managed.ref] = window
        session.at_end(lambda: self.close(call.vcenter.inventory, managed))
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


def window_of(call: Call, managed: ManagedObject) -> Window:
    """Return the window behind a collector object, of either kind."""
    kinds = call.vcenter.collectors
    return kinds["tasks" if managed.is_a("TaskHistoryCollector") else "events"].window(managed)


@operation("HistoryCollector", "SetCollectorPageSize")
def set_page_size(call: Call, collector: ManagedObject, maxCount: int) -> None:
    """Set how many items the latest page shows, 1 to 1,000."""
    if not 1 <= maxCount <= _MAX_PAGE_SIZE:
        raise MethodFault("InvalidArgument", invalidProperty="maxCount")
    window = window_of(call, collector)
    window.page_size = maxCount
    window.show()
    window.reset()


@operation("HistoryCollector", "RewindCollector")
def rewind(call: Call, collector: ManagedObject) -> None:
    """Stand before the oldest item."""
    window_of(call, collector).position = 0


@operation("HistoryCollector", "ResetCollector")
def reset(call: Call, collector: ManagedObject) -> None:
    """Stand before the latest page."""
    window_of(call, collector).reset()


@operation("HistoryCollector", "DestroyCollector")
def destroy(call: Call, collector: ManagedObject) -> None:
    """End the collector before its session ends."""
    kind = "tasks" if collector.is_a("TaskHistoryCollector") else "events"
    call.vcenter.collectors[kind].close(call.vcenter.inventory, collector)


def read_next(call: Call, collector: ManagedObject, maxCount: int) -> tuple[DataObject, ...]:
    """Return up to `maxCount` newer items."""
    return window_of(call, collector).read_next(_positive(maxCount))


def read_previous(call: Call, collector: ManagedObject, maxCount: int) -> tuple[DataObject, ...]:
    """Return up to `maxCount` older items."""
    return window_of(call, collector).read_previous(_positive(maxCount))


for _kind, _noun in (("TaskHistoryCollector", "Tasks"), ("EventHistoryCollector", "Events")):
    operation(_kind, f"ReadNext{_noun}")(read_next)
    operation(_kind, f"ReadPrevious{_noun}")(read_previous)


def _positive(count: int) -> int:
    if count <= 0:
        raise MethodFault("InvalidArgument", invalidProperty="maxCount")
    return count


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

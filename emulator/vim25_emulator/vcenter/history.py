"""History collectors: a movable window over the tasks or events that match a filter.

A window starts with the present items and collects later ones, of those that its session may see. It contains
no item that the history has dropped. Its position is the number of items older than the next one to read:
reset moves it before the latest page, rewind before the oldest item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.retained_items import RetainedItems
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.service_content import MAX_COLLECTORS
from vim25_emulator.vcenter.history_filter import Predicate
from vim25_emulator.vcenter.session import Session
from vim25_emulator.vcenter.session_object import create_for, destroy_for
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

PAGE_SIZE: Final = 10
MAX_PAGE_SIZE: Final = 1000
MOST_ITEMS: Final = 2_000_000  #: maximum number of items in all windows of one kind

Test = Callable[[DataObject], bool]


@dataclass
class Window:
    """The items and the position of one collector; `visible` says what its session may see at the moment."""

    managed: ManagedObject
    matches: Test
    visible: Test
    by_key: dict[Any, DataObject] = field(default_factory=dict)
    page_size: int = PAGE_SIZE
    position: int = 0
    full_messages: bool = True
    is_published: bool = False
    forget: Callable[[], None] = lambda: None  #: cancels what is to be done at the end of the session

    def collect(self, item: DataObject) -> None:
        """Add, replace or remove an item, as its new state matches, and publish the latest page."""
        if self.matches(item) and self.visible(item):
            self.by_key[item.key] = item
            self.publish()
        elif item.key in self.by_key:
            self._remove(item.key)
            self.publish()

    def _remove(self, key: Any) -> None:
        """Remove an item; the position stays before the same next item."""
        if list(self.by_key).index(key) < self.position:
            self.position -= 1
        del self.by_key[key]

    def drop(self, number: int) -> None:
        """Remove the oldest items."""
        for key in tuple(islice(self.by_key, number)):
            del self.by_key[key]
        self.position = max(0, self.position - number)

    def drop_while(self, dropped: Test) -> None:
        """Remove the oldest items for as long as the history has dropped them."""
        number = 0
        for item in self.by_key.values():
            if not dropped(item):
                break
            number += 1
        if number:
            self.drop(number)

    def shown(self, item: DataObject) -> DataObject:
        """Return an item as the collector shows it."""
        return item if self.full_messages else item.replace(fullFormattedMessage=None)

    def publish(self) -> None:
        """Publish the latest page."""
        self.is_published = True
        self.managed.set("latestPage", self.latest_page())

    def latest_page(self) -> tuple[DataObject, ...]:
        """Return the latest page, newest first [derived]; empty before it was published."""
        newest = filter(self.visible, reversed(self.by_key.values()))
        return tuple(map(self.shown, islice(newest, self.page_size))) if self.is_published else ()

    def reset(self) -> None:
        """Move before the latest page."""
        self.position = max(0, len(self.by_key) - self.page_size)

    def read_next(self, count: int) -> tuple[DataObject, ...]:
        """Return up to `count` newer items, oldest first, and move after them."""
        page: list[DataObject] = []
        for item in islice(self.by_key.values(), self.position, None):
            if len(page) == count:
                break
            self.position += 1
            if self.visible(item):
                page.append(self.shown(item))
        return tuple(page)

    def read_previous(self, count: int) -> tuple[DataObject, ...]:
        """Return up to `count` older items, newest first [derived], and move before them."""
        page: list[DataObject] = []
        newer = len(self.by_key) - self.position
        for item in islice(reversed(self.by_key.values()), newer, None):
            if len(page) == count:
                break
            self.position -= 1
            if self.visible(item):
                page.append(self.shown(item))
        return tuple(page)


class Collectors:
    """The open collectors of one kind (tasks or events) of one vCenter, and their history."""

    def __init__(self, type_name: str, predicates: Mapping[str, Predicate], history: RetainedItems) -> None:
        self._type_name = type_name
        self._predicates = predicates
        self._history = history
        self._windows: dict[MoRef, Window] = {}

    def matcher(self, inventory: Inventory, spec: DataObject) -> Test:
        """Return the predicate of a filter spec.

        Raise NotSupported for a property without one, ManagedObjectNotFound for an unknown entity,
        InvalidArgument for a negative number of items.
        """
        if spec.entity is not None and inventory.find(spec.entity.entity) is None:
            raise MethodFault("ManagedObjectNotFound", obj=spec.entity.entity)
        if (spec.__dict__.get("maxCount") or 0) < 0:
            raise MethodFault("InvalidArgument", invalidProperty="filter.maxCount")
        tests = []
        for name, criterion in spec.__dict__.items():
            if name not in self._predicates:
                raise MethodFault("NotSupported")
            tests.append((self._predicates[name], criterion))
        return lambda item: all(test(inventory, item, criterion) for test, criterion in tests)

    def open(
        self,
        inventory: Inventory,
        session: Session,
        spec: DataObject,
        present: Iterable[DataObject],
        visible: Test,
    ) -> ManagedObject:
        """Create a collector for a session; raise InvalidState if it has too many."""
        if self._count(session.key) >= MAX_COLLECTORS:
            raise MethodFault("InvalidState")
        matches = self.matcher(inventory, spec)
        window = Window(
            create_for(session, inventory, self._type_name, filter=spec),
            matches,
            visible,
            {item.key: item for item in present if matches(item) and visible(item)},
            page_size=min(spec.__dict__.get("maxCount") or PAGE_SIZE, MAX_PAGE_SIZE),
            full_messages=not spec.__dict__.get("disableFullMessage"),
        )
        if not spec.__dict__.get("delayedInit"):
            window.publish()
        window.reset()
        self._windows[window.managed.ref] = window
        self._drop_too_many()
        window.forget = session.at_end(lambda: self.close(session, inventory, window.managed))
        return window.managed

    def _count(self, session_key: str) -> int:
        return sum(ref.value.startswith(f"session[{session_key}]") for ref in self._windows)

    def close(self, session: Session, inventory: Inventory, managed: ManagedObject) -> None:
        """Destroy a collector of a session."""
        self._windows.pop(managed.ref).forget()
        destroy_for(session, inventory, managed)

    def collect(self, item: DataObject) -> None:
        """Offer a new item to every open collector."""
        for window in self._windows.values():
            window.collect(item)
            window.drop_while(self._is_dropped)
        self._drop_too_many()

    def _is_dropped(self, item: DataObject) -> bool:
        is_open = item.__dict__.get("state") in ("queued", "running")  # such a task is not in the history yet
        return not is_open and item.key not in self._history

    def _drop_too_many(self) -> None:
        excess = sum(len(window.by_key) for window in self._windows.values()) - MOST_ITEMS
        if excess > 0:
            max(self._windows.values(), key=lambda window: len(window.by_key)).drop(excess)

    def window(self, managed: ManagedObject) -> Window:
        """Return the window of a collector object."""
        return self._windows[managed.ref]

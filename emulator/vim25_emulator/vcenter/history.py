"""History collectors: a movable window over the tasks or events that match a filter.

A window starts with the present items and collects later ones. Its position is the number of items older than
the next one to read: reset moves it before the latest page, rewind before the oldest item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.service_content import MAX_COLLECTORS
from vim25_emulator.vcenter.history_filter import Predicate
from vim25_emulator.vcenter.session import Session
from vim25_emulator.vcenter.session_object import own_mo_id
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

PAGE_SIZE: Final = 10
MAX_PAGE_SIZE: Final = 1000


@dataclass
class Window:
    """The items and the position of one collector."""

    managed: ManagedObject
    matches: Callable[[DataObject], bool]
    by_key: dict[Any, DataObject] = field(default_factory=dict)
    page_size: int = PAGE_SIZE
    position: int = 0
    full_messages: bool = True

    @property
    def items(self) -> list[DataObject]:
        """The collected items, oldest first."""
        return list(self.by_key.values())

    def collect(self, item: DataObject) -> None:
        """Add, replace or remove an item, as its new state matches, and publish the latest page."""
        if self.matches(item):
            self.by_key[item.key] = self.shown(item)
            self.publish()
        elif item.key in self.by_key:
            self._remove(item.key)
            self.publish()

    def _remove(self, key: Any) -> None:
        """Remove an item; the position stays before the same next item."""
        if list(self.by_key).index(key) < self.position:
            self.position -= 1
        del self.by_key[key]

    def shown(self, item: DataObject) -> DataObject:
        """Return an item as the collector shows it."""
        return item if self.full_messages else item.replace(fullFormattedMessage=None)

    def publish(self) -> None:
        """Publish the latest page, newest first [derived]."""
        self.managed.set("latestPage", tuple(reversed(self.items[-self.page_size :])))

    def reset(self) -> None:
        """Move before the latest page."""
        self.position = max(0, len(self.items) - self.page_size)

    def read_next(self, count: int) -> tuple[DataObject, ...]:
        """Return up to `count` newer items, oldest first, and move after them."""
        page = tuple(self.items[self.position : self.position + count])
        self.position += len(page)
        return page

    def read_previous(self, count: int) -> tuple[DataObject, ...]:
        """Return up to `count` older items, newest first [derived], and move before them."""
        start = max(0, self.position - count)
        page = tuple(reversed(self.items[start : self.position]))
        self.position = start
        return page


class Collectors:
    """The open collectors of one kind (tasks or events) of one vCenter."""

    def __init__(self, type_name: str, predicates: Mapping[str, Predicate]) -> None:
        self._type_name = type_name
        self._predicates = predicates
        self._windows: dict[MoRef, Window] = {}

    def matcher(self, inventory: Inventory, spec: DataObject) -> Callable[[DataObject], bool]:
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
        self, inventory: Inventory, session: Session, spec: DataObject, present: Iterable[DataObject]
    ) -> ManagedObject:
        """Create a collector for a session; raise InvalidState if it has too many."""
        if self._count(session.key) >= MAX_COLLECTORS:
            raise MethodFault("InvalidState")
        matches = self.matcher(inventory, spec)
        managed = inventory.create(self._type_name, own_mo_id(session), filter=spec)
        window = Window(
            managed,
            matches,
            page_size=min(spec.__dict__.get("maxCount") or PAGE_SIZE, MAX_PAGE_SIZE),
            full_messages=not spec.__dict__.get("disableFullMessage"),
        )
        window.by_key = {item.key: window.shown(item) for item in present if matches(item)}
        if not spec.__dict__.get("delayedInit"):
            window.publish()
        window.reset()
        self._windows[managed.ref] = window
        session.at_end(lambda: self.close(inventory, managed))
        return managed

    def _count(self, session_key: str) -> int:
        return sum(ref.value.startswith(f"session[{session_key}]") for ref in self._windows)

    def close(self, inventory: Inventory, managed: ManagedObject) -> None:
        """Destroy a collector; no-op if it is closed."""
        if self._windows.pop(managed.ref, None) is not None:
            inventory.destroy(managed)

    def collect(self, item: DataObject) -> None:
        """Offer a new item to every open collector."""
        for window in self._windows.values():
            window.collect(item)

    def window(self, managed: ManagedObject) -> Window:
        """Return the window of a collector object."""
        return self._windows[managed.ref]

"""Managed objects, and the journal of their changes.

Every change goes through `ManagedObject.set`, `add` and `remove`, or the inventory's `create` and `destroy`,
so the journal is complete. Values are immutable; a property is changed by replacing its value.

A watcher of an object is called for that object's changes only, so the cost of a change depends on the number
of its watchers, never on the size of the inventory. Watchers are called synchronously and must only record
the change; work and responses follow later, on the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from functools import lru_cache
from typing import Any, Final, NamedTuple

from vim25_emulator.inventory import path as paths
from vim25_emulator.inventory.mirrored_property import mirrored
from vim25_emulator.inventory.property_type import reachable_type
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.type_description import ManagedType
from vim25_emulator.vmodl.value import MoRef

#: Fragments that one object caches: all properties in many versions, and no more made-up paths than that.
MOST_FRAGMENTS: Final = 512
FRAGMENT_OVERHEAD: Final = 250  #: bytes of a fragment's key and entry, about


class Op(Enum):
    """The kind of a change of an object or one of its properties."""

    ENTER = "enter"
    LEAVE = "leave"
    ASSIGN = "assign"
    ADD = "add"
    REMOVE = "remove"


class Change(NamedTuple):
    """An entry of the journal: number, object, property path ("" for ENTER and LEAVE), and kind of change.

    `value` is the new value (ASSIGN), or the element that was added (ADD) or removed (REMOVE).
    """

    number: int
    object: ManagedObject
    path: str
    op: Op
    value: Any


Watcher = Callable[[Change], None]


class Journal:
    """Numbers changes and notifies watchers in the order of their registration."""

    def __init__(self) -> None:
        self.number = 0
        self.fragment_bytes = 0  #: of the fragments that all objects cache, about
        self._membership_watchers: list[Watcher] = []
        self._leaving_watchers: dict[object, Watcher] = {}

    def advance(self) -> int:
        """Return a new number for a moment without a change, such as the creation of a filter."""
        self.number += 1
        return self.number

    def record(self, changed: ManagedObject, path: str, op: Op, value: Any = None) -> None:
        """Record a change; notify the watchers of the object, then those of all objects."""
        self.number += 1
        change = Change(self.number, changed, path, op, value)
        for watcher in tuple(changed.watchers):
            watcher(change)
        if op is Op.ENTER or op is Op.LEAVE or path == "parent":
            for watcher in tuple(self._membership_watchers):
                watcher(change)
        if op is Op.LEAVE:
            for watcher in tuple(self._leaving_watchers.values()):
                watcher(change)

    def watch_leaving(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` for every object that leaves; return a function that stops it."""
        token = object()
        self._leaving_watchers[token] = watcher

        def stop() -> None:
            del self._leaving_watchers[token]

        return stop

    def watch_membership(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` for every object that enters, leaves or moves; return a function that stops it."""
        self._membership_watchers.append(watcher)
        return lambda: self._membership_watchers.remove(watcher)


class ManagedObject:
    """A managed object: its reference, its type, and its properties by name.

    `fragments` caches written values: (path, slot of binding and version) → fragment, dropped when the path
    changes.
    `Inventory.cache_fragment` adds them, within bounds.
    """

    __slots__ = ("fragments", "journal", "properties", "ref", "type", "watchers")

    def __init__(self, ref: MoRef, journal: Journal, properties: dict[str, Any]) -> None:
        self.ref = ref
        self.type: ManagedType = managed_type(ref.type)
        self.journal = journal
        self.properties = properties
        self.watchers: list[Watcher] = []
        self.fragments: dict[tuple[str, int], bytes] = {}

    def __repr__(self) -> str:
        return f"<{self.ref}>"

    def is_a(self, name: str) -> bool:
        """Whether this object is of the named type or a subtype."""
        return self.type.is_a(name)

    def get(self, path: str) -> Any:
        """Return the value at a property path, None if it is unset.

        An unset array property is (), unless its value is None: servers omit some [observed: recordings].
        Raises KeyError for a path that the type does not have.
        """
        first, *rest = paths.split(path)
        value = self.properties.get(first.name)
        if first.key is not None:
            value = paths.element(value, first.key)
        for segment in rest:
            value = paths.step(value, segment)
        if value is None:
            unset = _unset(self.type.name, path)
            return None if first.name in self.properties else unset
        return value

    def set(self, path: str, value: Any) -> None:
        """Set the value at a property path, and at all paths that mirror it; None unsets it.

        Setting an equal value is not recorded as a change. Raises KeyError for a property that the type does
        not have, ValueError if the data object to set it on is unset.
        """
        value = tuple(value) if isinstance(value, list) else value
        if self._assign(path, value):
            names = tuple(ancestor.name for ancestor in self.type.ancestors)
            for source, target in mirrored(names, path):
                owner, _, _ = target.rpartition(".")
                if not owner or self.get(owner) is not None:
                    self._assign(target, self.get(source))

    def _assign(self, path: str, value: Any) -> bool:
        first, *rest = paths.split(path)
        if first.name not in self.type.properties:
            raise KeyError(f"{self.type.name} has no property {first.name!r}")
        if self.get(path) == value:
            return False
        current = self.properties.get(first.name)
        new = paths.replaced(current, tuple(rest), value) if rest else value
        if new is None:
            self.properties.pop(first.name, None)
        else:
            self.properties[first.name] = new
        self._changed(path, Op.ASSIGN, value)
        return True

    def add(self, path: str, element: Any) -> None:
        """Append an element to the array at a path."""
        self._splice(path, (*(self.get(path) or ()), element), Op.ADD, element)

    def remove(self, path: str, element: Any) -> None:
        """Remove an element from the array at a path; no-op if the array does not contain it."""
        elements = self.get(path) or ()
        if element in elements:
            self._splice(path, tuple(e for e in elements if e != element), Op.REMOVE, element)

    def _splice(self, path: str, elements: tuple[Any, ...], op: Op, element: Any) -> None:
        first, *rest = paths.split(path)
        if first.name not in self.type.properties:
            raise KeyError(f"{self.type.name} has no property {first.name!r}")
        current = self.properties.get(first.name)
        self.properties[first.name] = paths.replaced(current, tuple(rest), elements) if rest else elements
        self._changed(path, op, element)

    def drop_fragments(self) -> None:
        """Empty the cache of encoded values."""
        self._drop(tuple(self.fragments))

    def _drop(self, keys: Iterable[tuple[str, int]]) -> None:
        for key in keys:
            self.journal.fragment_bytes -= FRAGMENT_OVERHEAD + len(self.fragments.pop(key))

    def _changed(self, path: str, op: Op, value: Any) -> None:
        if self.fragments:
            self._drop([key for key in self.fragments if paths.overlaps(key[0], path)])
        self.journal.record(self, path, op, value)


@lru_cache(maxsize=8192)
def _unset(type_name: str, path: str) -> tuple[()] | None:
    """Return what an unset place reads: () for an array property; KeyError if the type has no such path."""
    declared = reachable_type(type_name, path)
    if declared is None:
        raise KeyError(f"{type_name} has no property {path!r}")
    return () if declared.array and len(paths.split(path)) == 1 else None

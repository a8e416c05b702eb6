"""Managed objects, and the journal of their changes.

Every change goes through `ManagedObject.set`, `add` and `remove`, or the inventory's `create` and `destroy`,
so the journal misses nothing. Values inside are immutable; a property is changed by replacing it.

A watcher of an object hears of that object's changes only, so what a change costs depends on who looks
and never on how much there is. Watchers are called at once and must only note what they heard; work and
answers come later, on the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from vim25_emulator.inventory import path as paths
from vim25_emulator.inventory.mirror import mirrored
from vim25_emulator.inventory.property_type import declared_type
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.type_description import ManagedType
from vim25_emulator.vmodl.value import MoRef
from vim25_emulator.vmodl.version import NEWEST


class Op(Enum):
    """What happened to an object or to one of its properties."""

    ENTER = "enter"
    LEAVE = "leave"
    ASSIGN = "assign"
    ADD = "add"
    REMOVE = "remove"


class Change(NamedTuple):
    """One entry: its number, the object, the property path ("" for enter and leave), what happened.

    `value` is the new value (ASSIGN), the element added (ADD) or the element taken away (REMOVE).
    """

    number: int
    object: ManagedObject
    path: str
    op: Op
    value: Any


Watcher = Callable[[Change], None]


class Journal:
    """Numbers changes and tells watchers of them, in the order in which they watch."""

    def __init__(self) -> None:
        self.number = 0
        self._of_all: list[Watcher] = []

    def advance(self) -> int:
        """Return a new number for a moment at which no object changed, such as a filter's beginning."""
        self.number += 1
        return self.number

    def record(self, changed: ManagedObject, path: str, op: Op, value: Any = None) -> None:
        """Enter a change and tell the watchers of the object, then those of the whole inventory."""
        self.number += 1
        change = Change(self.number, changed, path, op, value)
        for watcher in tuple(changed.watchers):
            watcher(change)
        if op is Op.ENTER or op is Op.LEAVE or path == "parent":
            for watcher in tuple(self._of_all):
                watcher(change)

    def watch_membership(self, watcher: Watcher) -> Callable[[], None]:
        """Tell `watcher` of every object that enters, leaves or moves; return what stops it."""
        self._of_all.append(watcher)
        return lambda: self._of_all.remove(watcher)


class ManagedObject:
    """One managed object: its reference, its type, and its properties by name.

    `fragments` is the encoder's: (path, version position) → encoded value, dropped when the path changes.
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
        """Whether this object is of the named type or of one that extends it."""
        return self.type.is_a(name)

    def get(self, path: str) -> Any:
        """Return the value at a property path; None where it is unset.

        An array property is () then, unless it holds None: some servers leave some of them out (seen).
        Raises KeyError for a path that the type does not have.
        """
        first, *rest = paths.split(path)
        value = self.properties.get(first.name)
        if first.key is not None and value is not None:
            value = next((element for element in value if paths.key_of(element) == first.key), None)
        for segment in rest:
            value = paths.step(value, segment)
        if value is None:
            unset = _unset(self.type.name, path)
            return None if first.name in self.properties else unset
        return value

    def set(self, path: str, value: Any) -> None:
        """Set the value at a property path, and at all places that mirror it; None unsets.

        Setting an equal value is no change and is not recorded.
        Raises KeyError for a property that the type does not have, ValueError where the owner of the
        place is unset.
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
        held = self.properties.get(first.name)
        new = paths.replaced(held, tuple(rest), value) if rest else value
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
        """Take an element out of the array at a path; nothing happens if it is not there."""
        held = self.get(path) or ()
        if element in held:
            self._splice(path, tuple(e for e in held if e != element), Op.REMOVE, element)

    def _splice(self, path: str, elements: tuple[Any, ...], op: Op, element: Any) -> None:
        first, *rest = paths.split(path)
        if first.name not in self.type.properties:
            raise KeyError(f"{self.type.name} has no property {first.name!r}")
        held = self.properties.get(first.name)
        self.properties[first.name] = paths.replaced(held, tuple(rest), elements) if rest else elements
        self._changed(path, op, element)

    def _changed(self, path: str, op: Op, value: Any) -> None:
        if self.fragments:
            stale = [key for key in self.fragments if paths.overlaps(key[0], path)]
            for key in stale:
                del self.fragments[key]
        self.journal.record(self, path, op, value)


@lru_cache(maxsize=8192)
def _unset(type_name: str, path: str) -> tuple[()] | None:
    """Return what an unset place reads: () for an array property; KeyError if the type has no such path."""
    declared = declared_type(type_name, path, NEWEST.position)
    if declared is None:
        raise KeyError(f"{type_name} has no property {path!r}")
    return () if declared.array and len(paths.split(path)) == 1 else None

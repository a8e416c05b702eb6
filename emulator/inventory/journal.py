"""The journal: every change of the inventory, numbered, told to those who watch the object concerned.

A watcher of an object hears of that object's changes only, so what a change costs depends on who looks
and never on how much there is. Watchers are called at once and must only note what they heard; work and
answers come later, on the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from emulator.inventory.store import ManagedObject


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

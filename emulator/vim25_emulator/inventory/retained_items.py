"""The items that a history retains: the newest ones, with a bound in number and a bound in bytes.

Clients decide how large an item is: a message, a user name or the result of a search may be megabytes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Final

from vim25_emulator.vmodl.value import DataObject, Tagged

_VALUE_BYTES: Final = 60  #: of a value with its name and place
_OBJECT_BYTES: Final = 250


class RetainedItems:
    """Data objects by key, in the order of their first addition; the oldest ones are dropped."""

    def __init__(self, entries: int, limit: int) -> None:
        self._entries = entries
        self._limit = limit
        self._items: dict[Hashable, tuple[DataObject, int]] = {}
        self.size = 0  #: bytes of all items, about

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[DataObject]:
        """Yield the items, oldest first."""
        return (item for item, _ in self._items.values())

    def __reversed__(self) -> Iterator[DataObject]:
        """Yield the items, newest first."""
        return (item for item, _ in reversed(self._items.values()))

    def put(self, key: Hashable, item: DataObject) -> int:
        """Add an item, or replace the one with its key; return the number of items that were dropped.

        The newest item is never dropped.
        """
        size = bytes_of(item)
        _, before = self._items.get(key, (None, 0))
        self._items[key] = item, size
        self.size += size - before
        dropped = 0
        while len(self._items) > self._entries or (self.size > self._limit and len(self._items) > 1):
            _, freed = self._items.pop(next(iter(self._items)))
            self.size -= freed
            dropped += 1
        return dropped


def bytes_of(value: Any) -> int:
    """Return the bytes that a value takes, about; parts that other values share are counted each time."""
    size, pending = 0, [value]
    for part in pending:  # the loop extends the list
        size += _VALUE_BYTES
        kind = type(part)
        if kind is str or kind is bytes:
            size += len(part)
        elif kind is DataObject:
            size += _OBJECT_BYTES
            pending += part.__dict__.values()
        elif kind is tuple or kind is list:
            pending += part
        elif kind is Tagged:
            pending.append(part.value)
    return size

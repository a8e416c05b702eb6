"""A small cache for requests that clients repeat: polling clients send the same bytes every time.

A key is cached from its second occurrence on. One that occurs once, such as a request with an operation id,
takes no space, and does not age in the garbage collector.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_SEEN_PER_CACHED: Final = 4


class RepeatCache(Generic[K, V]):
    """A cache of at most `size` values for keys that recently occurred more than once."""

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._values: dict[K, V] = {}
        self._seen: set[int] = set()

    def get_or_create(self, key: K, create: Callable[[K], V]) -> V:
        """Return the value of a key, created if it is not cached; errors of `create` are not cached."""
        cached = self._values.get(key)
        if cached is not None:
            return cached
        value = create(key)
        if hash(key) in self._seen:
            self._store(key, value)
        else:
            self._mark_seen(hash(key))
        return value

    def _store(self, key: K, value: V) -> None:
        if len(self._values) >= self._size:
            del self._values[next(iter(self._values))]  # the oldest
        self._values[key] = value

    def _mark_seen(self, key_hash: int) -> None:
        if len(self._seen) >= self._size * _SEEN_PER_CACHED:
            self._seen.clear()
        self._seen.add(key_hash)

"""A small cache for requests that clients repeat: polling clients send the same bytes every time.

A key is cached from its second occurrence on. One that occurs once, such as a request with an operation id,
takes no space, and does not age in the garbage collector. The cache has a bound in bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_SEEN_PER_CACHED: Final = 4


class RepeatCache(Generic[K, V]):
    """A cache of values for keys that recently occurred more than once.

    It has at most `entries` values, and their keys and values together at most `limit` bytes, of which
    `weigh` returns an estimate for a key.
    """

    def __init__(self, weigh: Callable[[K], int], entries: int = 256, limit: int = 8 << 20) -> None:
        self._weigh = weigh
        self._entries = entries
        self._limit = limit
        self._bytes = 0
        self._values: dict[K, V] = {}
        self._seen: set[int] = set()

    @property
    def size(self) -> int:
        """The bytes that are used, as `weigh` estimates them."""
        return self._bytes

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
        self._values[key] = value
        self._bytes += self._weigh(key)
        while len(self._values) > self._entries or self._bytes > self._limit:
            oldest = next(iter(self._values))
            del self._values[oldest]
            self._bytes -= self._weigh(oldest)

    def _mark_seen(self, key_hash: int) -> None:
        if len(self._seen) >= self._entries * _SEEN_PER_CACHED:
            self._seen.clear()
        self._seen.add(key_hash)

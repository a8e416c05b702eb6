"""A small memory for what clients say over and over: those that poll send the same bytes each time.

Only what comes a second time is kept. What comes once, as requests with an id of their own do, then costs no
room, and the collector of garbage does not meet it again and again on its way out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_SEEN_PER_KEPT: Final = 4


class Memory(Generic[K, V]):
    """What was made of the keys that came more than once lately, at most `size` of them."""

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._kept: dict[K, V] = {}
        self._seen: set[int] = set()

    def recall(self, key: K, make: Callable[[K], V]) -> V:
        """Return what was made of a key, or make it now; what `make` raises is not kept."""
        found = self._kept.get(key)
        if found is not None:
            return found
        made = make(key)
        if hash(key) in self._seen:
            self._keep(key, made)
        else:
            self._note(hash(key))
        return made

    def _keep(self, key: K, made: V) -> None:
        if len(self._kept) >= self._size:
            del self._kept[next(iter(self._kept))]  # the one kept longest
        self._kept[key] = made

    def _note(self, mark: int) -> None:
        if len(self._seen) >= self._size * _SEEN_PER_KEPT:
            self._seen.clear()
        self._seen.add(mark)

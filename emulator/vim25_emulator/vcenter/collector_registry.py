"""The property collectors of all sessions: their filters and open retrievals."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.retained_items import bytes_of
from vim25_emulator.inventory.update_collector import UpdateCollector
from vim25_emulator.vcenter.session import SessionUsage
from vim25_emulator.vmodl.value import MethodFault, MoRef

Found = tuple[ManagedObject, tuple[str, ...]]  #: an object and the property paths to return
PAGE: Final = 100  #: objects in an answer unless the client says otherwise [observed: recordings, clients]
_FOUND_BYTES: Final = 80  #: of an object in the rest of an answer
_MOST_RESTS: Final = 64  #: open retrievals per session and collector


@dataclass
class _Rest:
    """What remains of an answer, its page size, and the bytes that it takes."""

    found: list[Found]
    limit: int
    size: int


@dataclass
class CollectorSession:
    """One session's part of one property collector."""

    updates: UpdateCollector
    usage: SessionUsage
    _rests: dict[str, _Rest] = field(default_factory=dict)
    _tokens: count[int] = field(default_factory=lambda: count(1))

    def keep_rest(self, found: list[Found], limit: int) -> str:
        """Store the rest of an answer with its page size; return its token.

        Raise RestrictedByAdministrator if sessions use too many bytes.
        """
        if len(self._rests) >= _MOST_RESTS:
            self._drop(next(iter(self._rests)))
        paths = {id(paths): paths for _, paths in found}  # objects of a type share theirs
        size = len(found) * _FOUND_BYTES + bytes_of(tuple(paths.values()))
        self.usage.take(size)
        token = str(next(self._tokens))
        self._rests[token] = _Rest(found, limit, size)
        return token

    def take_rest(self, token: str) -> tuple[list[Found], int]:
        """Return and remove the rest of an answer; raise InvalidArgument for an unknown token."""
        if token not in self._rests:
            raise MethodFault("InvalidArgument", invalidProperty="token")
        rest = self._drop(token)
        return rest.found, rest.limit

    def _drop(self, token: str) -> _Rest:
        rest = self._rests.pop(token)
        self.usage.used -= rest.size
        return rest

    def close(self) -> None:
        """Close all filters, end all waits, and drop the rests of answers."""
        self.updates.close()
        for token in tuple(self._rests):
            self._drop(token)


@dataclass
class CollectorSessions:
    """By session key, then by property collector."""

    by_session: dict[str, dict[MoRef, CollectorSession]] = field(default_factory=dict)

"""The property collectors of all sessions: their filters and open retrievals."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.update_collector import UpdateCollector
from vim25_emulator.vmodl.value import MethodFault, MoRef

Found = tuple[ManagedObject, tuple[str, ...]]  #: an object and the property paths to return
PAGE: Final = 100  #: objects in an answer unless the client says otherwise [observed: recordings, clients]
_MOST_RESTS: Final = 64  #: open retrievals per session and collector


@dataclass
class CollectorSession:
    """One session's part of one property collector."""

    updates: UpdateCollector
    _rests: dict[str, tuple[list[Found], int]] = field(default_factory=dict)
    _tokens: count[int] = field(default_factory=lambda: count(1))

    def keep_rest(self, rest: list[Found], limit: int) -> str:
        """Store the rest of an answer with its page size; return its token."""
        token = str(next(self._tokens))
        self._rests[token] = rest, limit
        if len(self._rests) > _MOST_RESTS:
            del self._rests[next(iter(self._rests))]
        return token

    def take_rest(self, token: str) -> tuple[list[Found], int]:
        """Return and remove the rest of an answer; raise InvalidArgument for an unknown token."""
        try:
            return self._rests.pop(token)
        except KeyError:
            raise MethodFault("InvalidArgument", invalidProperty="token") from None


@dataclass
class CollectorSessions:
    """By session key, then by property collector."""

    by_session: dict[str, dict[MoRef, CollectorSession]] = field(default_factory=dict)

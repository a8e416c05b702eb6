"""The property collectors of all sessions: their filters and what is left of partial answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.update_collector import UpdateCollector
from vim25_emulator.vmodl.value import MethodFault, MoRef

Found = tuple[ManagedObject, tuple[str, ...]]  #: an object and the paths to show of it
_KEPT_RESTS: Final = 64  #: cut answers that a session can go on with in one collector


@dataclass
class CollectorSession:
    """One session's part in one property collector."""

    updates: UpdateCollector
    _rests: dict[str, tuple[list[Found], int]] = field(default_factory=dict)
    _tokens: count[int] = field(default_factory=lambda: count(1))

    def keep_rest(self, found: list[Found], limit: int) -> str:
        """Keep what is left of an answer, and how much is sent at once; return the token for it."""
        token = str(next(self._tokens))
        self._rests[token] = found, limit
        if len(self._rests) > _KEPT_RESTS:
            del self._rests[next(iter(self._rests))]
        return token

    def take_rest(self, token: str) -> tuple[list[Found], int]:
        """Return what is left under a token and forget it; raise InvalidArgument for an unknown one."""
        try:
            return self._rests.pop(token)
        except KeyError:
            raise MethodFault("InvalidArgument", invalidProperty="token") from None


@dataclass
class CollectorSessions:
    """All of them: by session key, then by property collector."""

    by_session: dict[str, dict[MoRef, CollectorSession]] = field(default_factory=dict)

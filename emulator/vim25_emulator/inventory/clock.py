"""Time, as the emulator knows it: one clock that tests can hold still and move by hand.

Nothing else reads the system's time or sleeps, so a test waits for nothing and a run can be repeated.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Final, Protocol


class Clock(Protocol):
    """What the emulator asks of a clock."""

    def now(self) -> datetime:
        """Return the time of day, aware and in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when this many seconds have passed."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the time of day, aware and in UTC."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return when this many seconds have passed."""
        await asyncio.sleep(seconds)


#: Turns of the loop that let everything woken at one instant come to rest before time moves on.
_SETTLING_TURNS: Final = 50


class ManualClock:
    """A clock that stands still until `advance` moves it. For tests; used on one event loop only."""

    def __init__(self, start: datetime = datetime(2024, 1, 1, tzinfo=timezone.utc)) -> None:
        self._start = start
        self._elapsed = 0.0
        self._numbers = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Return the time that it has been moved to."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Return the seconds that it has been moved by."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Return when it has been moved this far."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._numbers), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Move time, waking each sleeper at its own instant, and let what they do come to rest."""
        until = self._elapsed + seconds
        await self._settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            self._elapsed, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
            await self._settle()
        self._elapsed = until

    @staticmethod
    async def _settle() -> None:
        for _ in range(_SETTLING_TURNS):
            await asyncio.sleep(0)

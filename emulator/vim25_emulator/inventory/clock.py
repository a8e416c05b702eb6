"""The emulator's clock, which tests replace with one that they advance themselves.

Nothing else reads the system time or sleeps, so tests never wait and a run is repeatable.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Final, Protocol


class Clock(Protocol):
    """The interface of a clock."""

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
    """The clock of the system."""

    def now(self) -> datetime:
        """Return the time of day, aware and in UTC."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return when this many seconds have passed."""
        await asyncio.sleep(seconds)


#: Iterations of the loop that finish all work of one instant before time advances.
_SETTLING_TURNS: Final = 50


class ManualClock:
    """A clock that only `advance` moves; for tests, on one event loop."""

    def __init__(self, start: datetime = datetime(2024, 1, 1, tzinfo=timezone.utc)) -> None:
        self._start = start
        self._elapsed = 0.0
        self._numbers = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Return the start time plus all advances."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Return the sum of all advances in seconds."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Return when the clock has advanced by this many seconds."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._numbers), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Advance time, wake every sleeper at its instant, and finish the work that follows."""
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

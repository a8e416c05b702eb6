from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone

from vim25_emulator.inventory.clock import ManualClock, SystemClock

START = datetime(2024, 5, 1, tzinfo=timezone.utc)


def test_sleepers_wake_in_order_at_their_instants() -> None:
    clock = ManualClock(START)
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, *naps: float) -> None:
        for nap in naps:
            await clock.sleep(nap)
            woken.append((name, clock.monotonic()))

    async def scenario() -> None:
        sleepers = [asyncio.ensure_future(sleeper("late", 5)), asyncio.ensure_future(sleeper("twice", 2, 1))]
        await clock.advance(4)
        assert woken == [("twice", 2), ("twice", 3)]
        assert clock.now() == START + timedelta(seconds=4)
        await clock.advance(1)
        await asyncio.gather(*sleepers)

    asyncio.run(scenario())
    assert woken == [("twice", 2), ("twice", 3), ("late", 5)]


def test_a_canceled_sleeper_does_not_block_the_clock() -> None:
    clock = ManualClock(START)

    async def scenario() -> None:
        sleeper = asyncio.ensure_future(clock.sleep(1))
        await asyncio.sleep(0)
        sleeper.cancel()
        await clock.advance(2)

    asyncio.run(scenario())
    assert clock.monotonic() == 2


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)

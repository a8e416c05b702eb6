"""Wait until the server has parked a call, or has none left."""

from __future__ import annotations

import asyncio

from vim25_emulator import Emulator


def is_there_soon(emulator: Emulator, *, a_call: bool) -> bool:
    """Run the loop until a call is parked, or until none is; return False if that does not happen."""

    async def turn() -> bool:
        for _ in range(500):
            if any("Endpoint._wait" in repr(task) for task in asyncio.all_tasks()) is a_call:
                return True
            await asyncio.sleep(0.01)
        return False

    reached: bool = emulator.call(turn)
    return reached

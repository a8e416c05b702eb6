"""The event loop: uvloop's where available, since its TLS costs less than asyncio's."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end on a new event loop."""
    if sys.platform == "win32":  # uvloop does not support Windows
        asyncio.run(main)
    else:
        import uvloop

        uvloop.run(main)

"""A vCenter that starts on a laptop: vim25 over SOAP, made for vSphere Fault Tolerance.

The public entry point is `Emulator`, imported lazily: a program that needs only the types does not load the
server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vim25_emulator.server import Emulator

__version__ = "0.1.0"
__all__ = ["Emulator", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Emulator":
        from vim25_emulator.server import Emulator

        return Emulator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

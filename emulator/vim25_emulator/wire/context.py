"""Spyne's context of one call, without what its generality costs.

A context of Spyne's guards each of its forty attributes against misspelling, and makes an empty set for each
of a dozen events that nobody listens to. Both are invisible to those who use it, and half of its time.
"""

from __future__ import annotations

from typing import Any

from vim25_emulator.wire.spyne_shim import importable

with importable():
    from spyne import EventManager
    from spyne.server.http import HttpMethodContext


class SpyneEvents(EventManager):  # type: ignore[misc]  # Spyne has no types
    """Spyne's event manager, which does nothing where nobody listens."""

    def fire_event(self, event_name: str, ctx: Any, *args: Any, **kwargs: Any) -> None:
        """Tell the listeners of an event."""
        for handler in self.handlers.get(event_name, ()):
            handler(ctx, *args, **kwargs)


class Context(HttpMethodContext):  # type: ignore[misc]
    """One call: `transport.req` is the HTTP request, `udc` an `Exchange`."""

    transport: Any
    event: Any
    __setattr__ = object.__setattr__

    def fire_event(self, event: str, *args: Any, **kwargs: Any) -> None:
        """Tell the listeners of the application, and of the service that the method belongs to."""
        for handler in self.app.event_manager.handlers.get(event, ()):
            handler(self, *args, **kwargs)
        described = self.descriptor
        if described is not None:
            for manager in described.event_managers:
                for handler in manager.handlers.get(event, ()):
                    handler(self, *args, **kwargs)

    def close(self) -> None:
        """End the call, and let go of what points back here, so that no collector has to find it."""
        super().close()
        self.transport = self.event = None

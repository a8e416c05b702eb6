"""Spyne's context of a call, without the cost of features that are not used here.

A context of Spyne's checks the name of every attribute that is set, and creates an empty set for a dozen
events without listeners. Both together are half of its time.
"""

from __future__ import annotations

from typing import Any

from vim25_emulator.wire.spyne_shim import importable

with importable():
    from spyne import EventManager
    from spyne.server.http import HttpMethodContext


class SpyneEvents(EventManager):  # type: ignore[misc]  # Spyne has no types
    """Spyne's event manager, without work for events that have no listeners."""

    def fire_event(self, event_name: str, ctx: Any, *args: Any, **kwargs: Any) -> None:
        """Call the listeners of an event."""
        for handler in self.handlers.get(event_name, ()):
            handler(ctx, *args, **kwargs)


class Context(HttpMethodContext):  # type: ignore[misc]
    """A call: `transport.req` is the HTTP request, `udc` a `CallExchange`."""

    transport: Any
    event: Any
    __setattr__ = object.__setattr__

    def fire_event(self, event: str, *args: Any, **kwargs: Any) -> None:
        """Call the listeners of the application, and of the method's service."""
        for handler in self.app.event_manager.handlers.get(event, ()):
            handler(self, *args, **kwargs)
        descriptor = self.descriptor
        if descriptor is not None:
            for manager in descriptor.event_managers:
                for handler in manager.handlers.get(event, ()):
                    handler(self, *args, **kwargs)

    def close(self) -> None:
        """End the call, and break reference cycles, which the garbage collector would otherwise have to."""
        super().close()
        self.transport = self.event = None

"""One TCP connection: uvicorn's HTTP/1.1 protocol, and what a half-sent request may cost.

A request must be whole within a time after its first byte, and its head within a size; a client that sends
less, or more, is told so and hung up on. Between requests a connection may rest for longer than clients keep
theirs pooled (pyVmomi: 900 seconds), so that none finds a dead one in its pool.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEEP_ALIVE_SECONDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may be: bytes of its head and body, and seconds until it is whole."""

    head_bytes: int = 64 * 1024
    body_bytes: int = 32 * 1024 * 1024
    seconds: float = 60.0


def _refusal(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode()


_TOO_SLOW: Final = _refusal("408 Request Timeout")
_HEAD_TOO_LARGE: Final = _refusal("431 Request Header Fields Too Large")


class Connection(HttpToolsProtocol):
    """An HTTP connection with a deadline for each request and a limit for its head."""

    def __init__(self, *, limits: Limits, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self.limits = limits
        self._deadline: asyncio.TimerHandle | None = None
        self._awaits_head = True
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; the first request is awaited no longer than a whole one."""
        super().connection_made(transport)
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came; the callbacks below note how far the request is."""
        if self._awaits_head:
            self._head_bytes += len(data)
            if self._deadline is None:
                self._arm()
        super().data_received(data)
        if self._awaits_head and self._head_bytes > self.limits.head_bytes:
            self._refuse(_HEAD_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._awaits_head = False
        self._head_bytes = 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole: from here on the client waits for us."""
        self._awaits_head = True
        self._disarm()
        super().on_message_complete()

    @property
    def busy(self) -> bool:
        """Whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def _arm(self) -> None:
        self._deadline = self.loop.call_later(self.limits.seconds, self._refuse, _TOO_SLOW)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, answer: bytes) -> None:
        """Hang up, with an answer if the client is not in the middle of reading another."""
        if self.transport.is_closing():
            return
        if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
            self.transport.write(answer)
        self.transport.close()

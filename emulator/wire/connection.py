"""One TCP connection: uvicorn's HTTP/1.1 protocol, and what a half-sent request may cost.

A request must be whole within a time after its first byte, and its head within a size; a client that sends
less, or more, is told so and hung up on. Between requests a connection may rest for longer than clients keep
theirs pooled (pyVmomi: 900 seconds), so that none finds a dead one in its pool.

What is written in one turn of the loop leaves in one piece: uvicorn writes head and body apart, which would
be two TLS records, two system calls, and for some clients two reads.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEEP_ALIVE_SECONDS: Final = 1000
_GATHERED_BYTES: Final = 64 * 1024


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


class _Gathering:
    """A transport that sends small pieces written in the same turn of the loop together."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._pieces: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, piece: bytes) -> None:
        if len(piece) > _GATHERED_BYTES:
            self._flush()
            self._transport.write(piece)
            return
        if not self._pieces:
            self._loop.call_soon(self._flush)
        self._pieces.append(piece)

    def _flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        if pieces and not self._transport.is_closing():
            self._transport.write(b"".join(pieces))

    def close(self) -> None:
        self._flush()
        self._transport.close()


class Connection(HttpToolsProtocol):
    """An HTTP connection with a deadline for each request and a limit for its head.

    Who made it must call `check_deadline` from time to time: that is cheaper than a timer for each request.
    """

    def __init__(self, *, limits: Limits, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self.limits = limits
        self._awaited_since: float | None = None
        self._awaits_head = True
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; the first request is awaited no longer than a whole one."""
        super().connection_made(transport)
        self.transport = _Gathering(transport, self.loop)  # type: ignore[assignment]  # all that is used of one
        self._awaited_since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Parse what came; the callbacks below note how far the request is."""
        if self._awaits_head:
            self._head_bytes += len(data)
            if self._awaited_since is None:
                self._awaited_since = self.loop.time()
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
        self._awaited_since = None
        super().on_message_complete()

    @property
    def busy(self) -> bool:
        """Whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def check_deadline(self, now: float) -> None:
        """Hang up if the request has been awaited for too long; `now` is the loop's time."""
        if self._awaited_since is not None and now - self._awaited_since > self.limits.seconds:
            self._refuse(_TOO_SLOW)

    def _refuse(self, answer: bytes) -> None:
        """Hang up, with an answer if the client is not in the middle of reading another."""
        if self.transport.is_closing():
            return
        if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
            self.transport.write(answer)
        self.transport.close()

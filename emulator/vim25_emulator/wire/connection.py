"""One TCP connection: uvicorn's HTTP/1.1 protocol, and what a half-sent request may cost.

A request must be whole within a time after its first byte, and its head within a size; a client that sends
less, or more, is told so and hung up on. Between requests a connection may rest for longer than clients keep
theirs pooled (pyVmomi: 900 seconds), so that none finds a dead one in its pool.

Short requests are handed on whole, and a reply leaves in one piece: clients send head and body apart, and so
would uvicorn, which for each request would be a second turn of the loop, TLS record and system call.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEEP_ALIVE_SECONDS: Final = 1000
_SHORT_BYTES: Final = 64 * 1024  #: what is held back of a request or reply to have it in one piece


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
    """A transport that holds back what is written of a reply until it is complete, or no longer short."""

    def __init__(self, transport: asyncio.Transport, connection: Connection) -> None:
        self._transport = transport
        self._connection = connection
        self._pieces: list[bytes] = []
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, piece: bytes) -> None:
        if len(piece) <= _SHORT_BYTES and self._connection.replying:
            self._pieces.append(piece)
        else:
            self.flush()
            self._transport.write(piece)

    def flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        if pieces and not self.is_closing():
            self._transport.write(b"".join(pieces))

    def close(self) -> None:
        self.flush()
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
        self._body: list[bytes] | None = None  #: of a request that is held back until it is whole

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; the first request is awaited no longer than a whole one."""
        super().connection_made(transport)
        self._gathering = _Gathering(transport, self)
        self.transport = self._gathering  # type: ignore[assignment]  # all that is used of one
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
        if self._is_short():
            self._body = []
        else:
            super().on_headers_complete()

    def _is_short(self) -> bool:
        """Whether the request has a body that is worth waiting for, by a client that waits for nothing."""
        length = next((value for name, value in self.headers if name == b"content-length"), b"0")
        return 0 < int(length) <= _SHORT_BYTES and not self.expect_100_continue

    def on_body(self, body: bytes) -> None:
        """A piece of the body is there."""
        if self._body is None:
            super().on_body(body)
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """The request is whole: from here on the client waits for us."""
        self._awaits_head = True
        self._awaited_since = None
        if self._body is not None:
            super().on_headers_complete()
            super().on_body(b"".join(self._body))
            self._body = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The reply is written: off with it."""
        self._gathering.flush()
        super().on_response_complete()

    @property
    def busy(self) -> bool:
        """Whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def replying(self) -> bool:
        """Whether a reply is being written."""
        return self.busy and self.cycle.response_started

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

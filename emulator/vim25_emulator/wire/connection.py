"""A TCP connection: uvicorn's HTTP/1.1 protocol, with limits for incomplete requests.

A request must be complete within a time after its first byte, and its head must not exceed a size; otherwise
the client gets an error, and the connection is closed. So is that of a client that does not read, and of one
that sends much between the parts of a body or behind it: extensions of chunks, and trailers. An idle
connection stays open longer than clients pool theirs (pyVmomi: 900 seconds), so that no client uses a closed
one from its pool.

Short requests are passed on as a whole, and a response is written at once: clients send head and body
separately, and so would uvicorn, at the cost of one more loop iteration, TLS record and system call per
request.

An offer to upgrade to another protocol is declined, as HTTP allows, by reading the request without it: Java's
client offers HTTP/2 in its first request. The parser would end such a request before its body.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEEP_ALIVE_SECONDS: Final = 1000
_SHORT_BYTES: Final = 64 * 1024  #: largest part of a request or response that is buffered
_FRAMED: Final = 8  #: bytes that a byte of a body may take: alone in a chunk, it takes six


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a request: bytes of its head and body, and seconds until it is complete.

    `unread_seconds` is how long a client may not read anything of a response.
    """

    head_bytes: int = 64 * 1024
    body_bytes: int = 32 * 1024 * 1024
    seconds: float = 60.0
    unread_seconds: float = 60.0

    @property
    def check_seconds(self) -> float:
        """The time between two checks of the limits."""
        return min(self.seconds, self.unread_seconds) / 4


def _error_response(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode()


_TOO_SLOW: Final = _error_response("408 Request Timeout")
_HEAD_TOO_LARGE: Final = _error_response("431 Request Header Fields Too Large")


class _BufferedTransport:
    """A transport that buffers a response until it is complete or too long."""

    def __init__(self, transport: asyncio.Transport, connection: Connection) -> None:
        self._transport = transport
        self._connection = connection
        self._pieces: list[bytes] = []
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, piece: bytes) -> None:
        if self.is_closing():
            return
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
    """An HTTP connection with a deadline for every request and a limit for its head.

    The owner must call `check_deadline` periodically, which is cheaper than a timer for every request.
    """

    def __init__(self, *, limits: Limits, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self.limits = limits
        self._awaited_since: float | None = None
        self._awaits_head = True
        self._head_bytes = 0
        self._framing_bytes = 0  #: bytes since the head, minus what the body may need for its framing
        self._is_closed = False  #: whether the connection was closed before the last check
        self._body: list[bytes] | None = None  #: parts of a short request's body until it is complete
        self._unread = 0  #: bytes of responses that the client had not read yet at the last check
        self._stalled_checks = 0  #: checks since it last read any; a busy loop makes none

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the connection, and with it the deadline of the first request."""
        super().connection_made(transport)
        self._buffered = _BufferedTransport(transport, self)
        self.transport = self._buffered  # type: ignore[assignment]  # has all methods that uvicorn calls
        self._awaited_since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Parse the data; the callbacks below record the progress of the request."""
        if self._awaits_head:
            self._head_bytes += len(data)
            if self._awaited_since is None:
                self._awaited_since = self.loop.time()
        else:
            self._framing_bytes += len(data)
        self._unset_keepalive_if_required()
        try:
            self._parse(data)
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
            return
        most = self.limits.head_bytes
        if (self._head_bytes if self._awaits_head else self._framing_bytes) > most:
            self._close(_HEAD_TOO_LARGE)

    def _parse(self, data: bytes) -> None:
        rest = self._rest(data)
        while rest:
            rest = self._rest(rest)

    def _rest(self, data: bytes) -> bytes:
        """Parse the data; after an offer to upgrade, return its head without it and what follows."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._offers_upgrade():
                head = self._head_without_upgrade()
                self.parser = httptools.HttpRequestParser(self)
                return head + data[upgrade.args[0] :]
        return b""

    def _offers_upgrade(self) -> bool:
        return self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"

    def _head_without_upgrade(self) -> bytes:
        first = b"%b %b HTTP/%b" % (
            self.parser.get_method(),
            self.url,
            self.parser.get_http_version().encode(),
        )
        fields = (b"%b: %b" % header for header in self.headers if header[0] != b"upgrade")
        return b"\r\n".join((first, *fields, b"", b""))

    def on_headers_complete(self) -> None:
        """Handle the end of the head."""
        if self._offers_upgrade():
            return  # `_parse` reads the request again
        self._awaits_head = False
        self._head_bytes = self._framing_bytes = 0
        if self._is_short():
            self._body = []
        else:
            super().on_headers_complete()

    def _is_short(self) -> bool:
        """Whether the body is short enough to buffer, and the client does not wait for 100 Continue."""
        length = next((value for name, value in self.headers if name == b"content-length"), b"0")
        return 0 < int(length) <= _SHORT_BYTES and not self.expect_100_continue

    def on_header(self, name: bytes, value: bytes) -> None:
        """Handle a header field; one behind the body means nothing to anyone."""
        if self._awaits_head:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """Handle a part of the body."""
        self._framing_bytes -= _FRAMED * len(body)
        if self._body is None:
            super().on_body(body)
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """Handle the end of the request, and of its deadline."""
        if self._offers_upgrade():
            return
        self._awaits_head = True
        self._awaited_since = None
        if self._body is not None:
            super().on_headers_complete()
            super().on_body(b"".join(self._body))
            self._body = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Send the complete response; read no more while requests are queued, which uvicorn would."""
        self._buffered.flush()
        super().on_response_complete()
        if self.pipeline:
            self.flow.pause_reading()

    @property
    def busy(self) -> bool:
        """Whether a request is being processed."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def replying(self) -> bool:
        """Whether a response is being written."""
        return self.busy and self.cycle.response_started

    def check_deadline(self, now: float) -> None:
        """Close the connection if the request has passed its deadline, or the client has stopped reading.

        `now` is the loop's time.
        """
        if self._awaited_since is not None and now - self._awaited_since > self.limits.seconds:
            self._close(_TOO_SLOW)
        before, self._unread = self._unread, self.transport.get_write_buffer_size()
        self._stalled_checks = self._stalled_checks + 1 if self._unread and self._unread == before else 0
        is_stalled = self._stalled_checks * self.limits.check_seconds > self.limits.unread_seconds
        if is_stalled or (
            self._is_closed and not self._unread
        ):  # TLS waits for a client that goes on sending
            self.transport.abort()
        self._is_closed = self.transport.is_closing()

    def _close(self, response: bytes) -> None:
        """Close the connection, with an error response unless another response is being written."""
        if self.transport.is_closing():
            return
        if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
            self.transport.write(response)
        self.transport.close()

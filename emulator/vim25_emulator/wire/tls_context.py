"""A TLS context that answers a plain HTTP request with an explanation.

A client with `http://` in its URL would only see the connection close. How a real vCenter reacts on this port
is unknown; web servers answer with status 400 [derived].
"""

from __future__ import annotations

import ssl
from typing import Any, Final

_TEXT: Final = b"This port requires TLS; use https:// instead of http://.\n"
_ANSWER: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(_TEXT), _TEXT)
)


class _Connection(ssl.SSLObject):
    """A connection; `outgoing` is what the event loop sends after each step of the handshake."""

    outgoing: ssl.MemoryBIO
    _is_plain = False

    def do_handshake(self) -> None:
        """Continue the handshake; answer once if the client speaks HTTP, and ignore what follows."""
        if self._is_plain:
            raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, "the client does not speak TLS")
        try:
            super().do_handshake()
        except ssl.SSLError as error:
            if error.reason != "HTTP_REQUEST":
                raise
            self._is_plain = True
            self.outgoing.write(_ANSWER)
            raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, "the client does not speak TLS") from error


class ServerContext(ssl.SSLContext):
    """The TLS context of a server."""

    sslobject_class = _Connection

    def wrap_bio(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *rest: Any, **named: Any) -> Any:
        """Return a connection that can answer before its handshake."""
        connection = super().wrap_bio(incoming, outgoing, *rest, **named)
        connection.outgoing = outgoing  # type: ignore[attr-defined]  # a `_Connection`
        return connection

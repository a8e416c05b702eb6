"""Addresses to listen on, bound before anything else is created.

A port in use is reported at once, and a client that connects before the server is ready waits instead of
being refused.
"""

from __future__ import annotations

import errno
import socket
from typing import Final

BACKLOG: Final = 512  #: connections that wait to be accepted

#: errno → reason and advice.
_REASONS: Final = {
    errno.EADDRINUSE: "address already in use; choose another port, or 0 to pick a free one",
    errno.EADDRNOTAVAIL: "not an address of this machine; choose 127.0.0.1, or 0.0.0.0 for all addresses",
    errno.EACCES: "permission denied; choose a port above 1023, or 0 to pick a free one",
}


class ListenError(OSError):
    """The server cannot listen on the address; the message says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address, for port 0 on a free one; raise `ListenError`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ListenError(f"cannot listen on {host!r}: {error.strerror or error}") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        raise ListenError(f"cannot listen on {host}:{port}: {_reason(error)}") from error
    return bound


def _reason(error: OSError) -> str:
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)

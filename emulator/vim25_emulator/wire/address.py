"""Addresses to listen on, bound before anything else is made.

So a port in use is known at once, the address is told early, and a client that comes before the server is
ready waits a moment instead of being refused.
"""

from __future__ import annotations

import errno
import socket
from typing import Final

_BACKLOG: Final = 512


class ListenError(OSError):
    """The address cannot be listened on; the message says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address, port 0 for any free one; raise `ListenError`."""
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
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise ListenError(f"cannot listen on {host}:{port}: {_reason(error)}") from error
    return bound


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program does; choose another port, or 0 for any free one"
    return error.strerror or str(error)

"""A response of HTTP that has to be complete within the timeout of its connection.

A socket's timeout bounds the silence between two bytes; a server that drips a byte now and then would hold a
client for hours.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import Any


class _BoundedReader(io.RawIOBase):
    """The bytes of a socket until a deadline; TimeoutError after it."""

    def __init__(self, connection: socket.socket, raw: Any) -> None:
        self._connection, self._raw = connection, raw
        self._limit = connection.gettimeout()
        self._deadline = time.monotonic() + (self._limit or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._limit is None:
            return self._read(buffer)
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer is not complete")
        self._connection.settimeout(left)
        try:
            return self._read(buffer)
        finally:
            self._connection.settimeout(self._limit)

    def _read(self, buffer: Any) -> int | None:
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class BoundedResponse(http.client.HTTPResponse):
    """A response whose reading ends with TimeoutError when the connection's timeout has passed in total."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_BoundedReader(sock, self.fp.detach()))  # type: ignore[assignment,type-var,unused-ignore]  # typeshed narrows fp

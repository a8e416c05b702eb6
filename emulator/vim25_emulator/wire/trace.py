"""The trace: every request and response as it was on the wire, for debugging.

A trace is text to read, search and share. An exchange is one block, and every block is appended with one
write, so a killed server leaves no incomplete block, and two servers may share a file:

    === 17  2026-01-31T09:30:00.123456Z  127.0.0.1:40822  POST /sdk  CreateSecondaryVM_Task  200  1.9 ms
    > soapaction: "urn:vim25/8.0.2.0"
    <?xml version="1.0" …
    < content-type: text/xml; charset=utf-8
    <?xml version="1.0" …

`>` starts a header of the request and `<` one of the response. Bodies follow their headers unchanged, except
for secrets, which are replaced with `***`: passwords and other values that the API marks as secret, tickets,
cookies, tokens, and session keys anywhere. What cannot be parsed as XML in UTF-8 cannot be searched for
secrets, so it is replaced, too.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Final

from vim25_emulator.inventory.clock import Clock
from vim25_emulator.wire.http import Reply, Request
from vim25_emulator.wire.redaction import HIDDEN, Redacted, redacted

_LOG = logging.getLogger(__name__)

_HIDDEN_HEADERS: Final = re.compile(r"cookie|authori|session|token", re.IGNORECASE)


class Trace:
    """A file, or for `-` the standard output, that exchanges are appended to. Raises OSError."""

    def __init__(self, target: str | Path, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count(1)
        self._is_broken = False
        self._owned = str(target) != "-"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._descriptor = os.open(target, flags, 0o600) if self._owned else sys.stdout.fileno()

    def record(self, request: Request, reply: Reply | None) -> None:
        """Append an exchange; `reply` is None if the client disconnected before it."""
        milliseconds = (time.perf_counter() - request.began) * 1000
        ended = self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        peer = ":".join(map(str, request.client))
        first = f"=== {next(self._numbers)}  {ended}  {peer}  {request.method} {request.path}"
        first += f"  {(reply and reply.call) or '-'}  {reply.status if reply else 'hung up'}"
        asked = _request(request.body)
        blocks = [f"{_lines('>', request.headers.items())}{asked.text}\n"]
        if reply is not None:
            answer = _reply(reply.body, result_is_secret=asked.asks_for_secret)
            blocks.append(f"{_lines('<', reply.headers)}{answer}\n")
        if not self._is_broken:
            self._write(f"{first}  {milliseconds:.1f} ms\n{''.join(blocks)}\n".encode())

    def _write(self, block: bytes) -> None:
        """Append a block. A full disk or a closed pipe ends the trace, not the server."""
        try:
            while block:
                block = block[os.write(self._descriptor, block) :]
        except OSError as error:
            self._is_broken = True
            _LOG.error("the trace ends here: %s", error)

    def close(self) -> None:
        """Close the file."""
        if self._owned:
            os.close(self._descriptor)


def _lines(mark: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
    return "".join(f"{mark} {_header(name.decode('latin-1'), value)}\n" for name, value in headers)


def _header(name: str, value: bytes) -> str:
    return f"{name}: {HIDDEN if _HIDDEN_HEADERS.search(name) else value.decode('latin-1')}"


def _request(body: bytes) -> Redacted:
    """Return a request's body without secrets; only its size if they cannot be located."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" not in text and text.lstrip("\ufeff \t\r\n")[:1] in ("<", ""):  # UTF-16 has zeros
        return redacted(body)
    return Redacted(f"{HIDDEN} ({len(body)} bytes that are not XML in UTF-8)")


def _reply(body: bytes, *, result_is_secret: bool) -> str:
    if not body.lstrip().startswith(b"<"):  # a plain text of our own
        return body.decode(errors="replace")
    return redacted(body, result_is_secret=result_is_secret).text

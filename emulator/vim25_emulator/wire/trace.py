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
cookies, tokens, and session keys anywhere. What cannot be parsed as XML in UTF-8 or as JSON cannot be
searched for secrets, so it is replaced, too.
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
from urllib.parse import quote

from vim25_emulator.inventory.clock import Clock
from vim25_emulator.wire.automation_api import SESSION_PATH
from vim25_emulator.wire.http import Reply, Request
from vim25_emulator.wire.json_redaction import redacted_json, without_session_keys
from vim25_emulator.wire.redaction import HIDDEN, Redacted, is_secret_path, redacted

_LOG = logging.getLogger(__name__)

#: The HTTP status of the first failure.
_FAILED: Final = 400
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
        first = f"=== {next(self._numbers)}  {ended}  {peer}  {request.method} {_path(request)}"
        first += f"  {(reply and reply.call) or '-'}  {reply.status if reply else 'hung up'}"
        asked = _request(request)
        blocks = [f"{_lines('>', request.headers.items())}{asked.text}\n"]
        if reply is not None:
            answer = _reply(request, reply, result_is_secret=asked.asks_for_secret)
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


def _path(request: Request) -> str:
    """Return a request's path as one word without secrets."""
    return quote(without_session_keys(request.path), safe="/:[]()*,;=@!$&+'")


def _lines(mark: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
    return "".join(f"{mark} {_header(name.decode('latin-1'), value)}\n" for name, value in headers)


def _header(name: str, value: bytes) -> str:
    return f"{name}: {HIDDEN if _HIDDEN_HEADERS.search(name) else value.decode('latin-1')}"


def _request(request: Request) -> Redacted:
    """Return a request's body without secrets; only its size if they cannot be located."""
    body, member = request.body, _member(request)
    if not body:
        return Redacted("", asks_for_secret=is_secret_path(member))
    if _is_xml(body):
        return redacted(body)
    is_object = body.lstrip()[:1] == b"{"  # nothing else is a request
    found = redacted_json(body, member) if is_object else None
    return found or Redacted(f"{HIDDEN} ({len(body)} bytes that are neither XML in UTF-8 nor JSON)")


def _reply(request: Request, reply: Reply, *, result_is_secret: bool) -> str:
    """Return a reply's body without secrets. `result_is_secret`: the request asked for one."""
    if reply.body.lstrip().startswith(b"<"):
        return redacted(reply.body, result_is_secret=result_is_secret).text
    if not any(value.startswith(b"application/json") for _, value in reply.headers):
        return without_session_keys(reply.body.decode(errors="replace"))  # a plain text of our own
    is_ticket = _member(request).endswith("Ticket") and reply.body.startswith(b'"')
    is_secret = reply.status < _FAILED and (result_is_secret or is_ticket or _opens_session(request))
    found = redacted_json(reply.body, is_secret=is_secret) if reply.body else Redacted("")
    return found.text if found is not None else f"{HIDDEN} ({len(reply.body)} bytes that are not JSON)"


def _is_xml(body: bytes) -> bool:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return "\0" not in text and text.lstrip("\ufeff \t\r\n")[:1] in ("<", "")  # UTF-16 has zeros


def _member(request: Request) -> str:
    """Return the method or property that the path of a JSON request names."""
    return request.path.rstrip("/").rpartition("/")[2]


def _opens_session(request: Request) -> bool:
    return (request.method, request.path.rstrip("/")) == ("POST", SESSION_PATH)

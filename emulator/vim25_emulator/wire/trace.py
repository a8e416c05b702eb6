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
cookies, and session keys anywhere. A request body that is not XML in UTF-8 cannot be searched for secrets, so
it is replaced with `***` and its size.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

from vim25_emulator.inventory.clock import Clock
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.type_description import SECRET
from vim25_emulator.wire.http import Reply, Request

_LOG = logging.getLogger(__name__)

HIDDEN: Final = "***"
_HIDDEN_HEADERS: Final = re.compile(r"cookie|authori|session|token", re.IGNORECASE)

#: Names that are secret in some types, but so common in others that a trace without them is useless.
_TOO_COMMON: Final = frozenset({"value", "defaultValue", "key", "id", "token"})
#: Names that are not marked in the registry, but allow taking over a session.
_UNMARKED: Final = frozenset({"sessionId", "sessionID", "sessionTicket", "vcSessionCookie", "base64Token"})

#: Secrets that their element's name does not reveal.
_ELSEWHERE: Final = re.compile(
    r"(?<=<key>)[0-9a-f-]{36}(?=</key><userName>)"  # the key of a UserSession
    r"|(?<=session\[)[^\]]+(?=\])"  # the same key in the moIds of a session's objects
    r"|(?<=TicketResponse xmlns=\"urn:vim25\"><returnval>)[^<]+"  # a ticket that is a plain string
    r"|(?<=PRIVATE KEY-----).+?(?=-----END)"
    r"|<(?P<prefix>(?:\w+:)?)Security\b.*?</(?P=prefix)Security\s*>",  # WS-Security tokens
    re.DOTALL,
)


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
        blocks = [_block(">", request.headers.items(), request.body)]
        if reply is not None:
            blocks.append(_block("<", reply.headers, reply.body))
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


def _block(mark: str, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> str:
    lines = "".join(f"{mark} {_header(name.decode('latin-1'), value)}\n" for name, value in headers)
    return f"{lines}{_request_text(body) if mark == '>' else redacted(body.decode(errors='replace'))}\n"


def _request_text(body: bytes) -> str:
    """Return a request's body as text without secrets; only its size if they cannot be located."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    is_xml = "\0" not in text and text.lstrip("\ufeff \t\r\n")[:1] in ("<", "")  # UTF-16 has zeros
    return redacted(text) if is_xml else f"{HIDDEN} ({len(body)} bytes that are not XML in UTF-8)"


def _header(name: str, value: bytes) -> str:
    return f"{name}: {HIDDEN if _HIDDEN_HEADERS.search(name) else value.decode('latin-1')}"


def redacted(text: str) -> str:
    """Return an XML text without its secrets."""
    return _ELSEWHERE.sub(HIDDEN, _secret_elements().sub(rf"\1{HIDDEN}", text))


@cache
def _secret_elements() -> re.Pattern[str]:
    """Return a pattern for the elements with secret content, with any prefix."""
    marked = {
        name for name, flags in _declared() if flags & SECRET or name.lower().endswith(("password", "passwd"))
    }
    names = "|".join(sorted((marked | _UNMARKED) - _TOO_COMMON))
    return re.compile(rf"(<((?:\w+:)?(?:{names}))\b[^>]*(?<!/)>).*?(?=</\2\s*>|\Z)", re.DOTALL)


def _declared() -> Iterator[tuple[str, int]]:
    """Yield the name and flags of each property of a data object, and each parameter of a method."""
    for type_name in registry.data_type_names():
        yield from ((prop.name, prop.flags) for prop in registry.data_type(type_name).own)
    for type_name in registry.managed_type_names():
        for method in registry.managed_type(type_name).own_methods:
            yield from ((parameter.name, parameter.flags) for parameter in method.parameters)

"""The trace: every exchange as it was on the wire, for the person who must find out what happened.

It is text to read, search and mail around. One exchange is one block, and each block one write at the end of
the file, so a server that is killed leaves no half of one, and two servers may share a file:

    === 17  2026-01-31T09:30:00.123456Z  127.0.0.1:40822  POST /sdk  CreateSecondaryVM_Task  200  1.9 ms
    > soapaction: "urn:vim25/8.0.2.0"
    <?xml version="1.0" …
    < content-type: text/xml; charset=utf-8
    <?xml version="1.0" …

`>` begins what the client sent and `<` what it was answered; bodies follow their headers unchanged, but for
what must not be passed on: passwords and other values that the API marks secret, tickets, cookies, and the
keys of sessions wherever they stand. Those read `***`. So does what a client sent that is not XML in UTF-8,
with its size, since nothing can be found in it.
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

#: Secret in some place, but so common elsewhere that a trace without them would be of no use.
_TOO_COMMON: Final = frozenset({"value", "defaultValue", "key", "id", "token"})
#: Not marked in the registry, but good for taking over a session.
_UNMARKED: Final = frozenset({"sessionId", "sessionID", "sessionTicket", "vcSessionCookie", "base64Token"})

#: Secrets that the name of their element does not tell.
_ELSEWHERE: Final = re.compile(
    r"(?<=<key>)[0-9a-f-]{36}(?=</key><userName>)"  # the key of a UserSession
    r"|(?<=session\[)[^\]]+(?=\])"  # the same key in the moIds of what hangs on a session
    r"|(?<=TicketResponse xmlns=\"urn:vim25\"><returnval>)[^<]+"  # a ticket that is a mere string
    r"|(?<=PRIVATE KEY-----).+?(?=-----END)"
    r"|<(?P<prefix>(?:\w+:)?)Security\b.*?</(?P=prefix)Security\s*>",  # WS-Security tokens
    re.DOTALL,
)


class Trace:
    """A file, or for `-` the standard output, to which exchanges are appended; OSError if it cannot be."""

    def __init__(self, target: str | Path, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count(1)
        self._is_broken = False
        self._owned = str(target) != "-"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._descriptor = os.open(target, flags, 0o600) if self._owned else sys.stdout.fileno()

    def record(self, request: Request, reply: Reply | None) -> None:
        """Append one exchange; without a reply the client hung up before it."""
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
        """Append a block. A full disk or a closed pipe ends the trace and not the server."""
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
    return f"{lines}{_asked(body) if mark == '>' else redacted(body.decode(errors='replace'))}\n"


def _asked(body: bytes) -> str:
    """Return what a client sent as text, with secrets hidden; where they cannot be found, its size alone."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    is_xml = "\0" not in text and text.lstrip("\ufeff \t\r\n")[:1] in ("<", "")  # UTF-16 has zeros
    return redacted(text) if is_xml else f"{HIDDEN} ({len(body)} bytes that are not XML in UTF-8)"


def _header(name: str, value: bytes) -> str:
    return f"{name}: {HIDDEN if _HIDDEN_HEADERS.search(name) else value.decode('latin-1')}"


def redacted(text: str) -> str:
    """Return an XML text without what must not be passed on."""
    return _ELSEWHERE.sub(HIDDEN, _secret_elements().sub(rf"\1{HIDDEN}", text))


@cache
def _secret_elements() -> re.Pattern[str]:
    """Return what finds the elements, by any prefix, whose content is secret."""
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

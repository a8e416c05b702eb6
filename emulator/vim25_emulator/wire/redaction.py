"""Secrets in XML documents, located by what a parser finds, not by what the text looks like.

A prefix of any form, a CDATA section or a comment makes no difference. What cannot be parsed is not shown, so
a secret in it is not either. The time is linear in the size of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from xml.parsers import expat

from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.type_description import SECRET

HIDDEN: Final = "***"

#: Names that are secret in some types, but so common in others that a trace without them is useless.
_TOO_COMMON: Final = frozenset({"value", "defaultValue", "key", "id", "token"})
#: Names that are not marked in the registry, but allow taking over a session.
_UNMARKED: Final = frozenset({"sessionId", "sessionID", "sessionTicket", "vcSessionCookie", "base64Token"})
#: Elements of WS-Security and SAML, which prove an identity as a whole.
_TOKENS: Final = frozenset(
    {"Security", "Assertion", "EncryptedAssertion", "BinarySecurityToken", "RequestedSecurityToken"}
)
#: Elements that name a property, and those with its value behind them.
NAMES: Final = frozenset({"name", "key", "prop"})
VALUES: Final = frozenset({"val", "value"})
#: Properties that contain the key of a session as `key`.
_SESSIONS: Final = ("currentSession", "sessionList")

#: The key of a session in the moIds of its objects.
_IN_MO_ID: Final = re.compile(rb"(?<=session\[)[^\[\]<>]{1,64}(?=\])")
_DECLARATION: Final = b"<?xml"
_ROOT: Final = b"<_>"  #: around the document, which may be cut off or have several roots


@cache
def secret_names() -> frozenset[str]:
    """Return the names of the elements whose content is secret."""
    marked = {
        name for name, flags in _declared() if flags & SECRET or name.lower().endswith(("password", "passwd"))
    }
    return frozenset(marked | _UNMARKED) - _TOO_COMMON


def _declared() -> Iterator[tuple[str, int]]:
    """Yield the name and flags of each property of a data object, and each parameter of a method."""
    for type_name in registry.data_type_names():
        yield from ((prop.name, prop.flags) for prop in registry.data_type(type_name).own)
    for type_name in registry.managed_type_names():
        for method in registry.managed_type(type_name).own_methods:
            yield from ((parameter.name, parameter.flags) for parameter in method.parameters)


def is_secret_path(path: str) -> bool:
    """Return whether a property path or the key of an option leads to a secret."""
    last = path.rpartition(".")[2]
    is_key = last == "key" and path.startswith(_SESSIONS)
    return is_key or last in secret_names() or last.lower().endswith(("password", "passwd"))


@dataclass
class Redacted:
    """A document without its secrets; `asks_for_secret`: a request for a property that is one."""

    text: str
    asks_for_secret: bool = False


def redacted(document: bytes, *, result_is_secret: bool = False) -> Redacted:
    """Return a document, or the beginning of one, without secrets.

    `result_is_secret`: the content of `returnval` is one.
    """
    finder = _Finder(document, secret_names() | ({"returnval"} if result_is_secret else frozenset()))
    pieces, shown = [], 0
    for begin, end in sorted(finder.spans):
        if end > shown:
            pieces += [document[shown : max(begin, shown)], HIDDEN.encode()]
            shown = end
    text = b"".join((*pieces, document[shown:]))
    return Redacted(_IN_MO_ID.sub(HIDDEN.encode(), text).decode(errors="replace"), finder.asks_for_secret)


@dataclass
class _Open:
    """An element that is being parsed: its name, where it begins, and where its content does."""

    name: str
    begin: int
    content: int = -1
    has_children: bool = False
    text: list[str] = field(default_factory=list)
    key: tuple[int, int] | None = None  #: content of the last child if that is `key`
    names_secret: bool = False  #: a child names a property that is a secret


class _Finder:
    """Finds the spans of a document that are secret; what expat cannot parse is secret, too."""

    def __init__(self, document: bytes, names: frozenset[str]) -> None:
        self.spans: list[tuple[int, int]] = []
        self.asks_for_secret = False
        self._names = names
        self._open = [_Open("", 0, 0)]
        self._closed_token: int | None = None
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = False  # else positions are those of the next event
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.DefaultHandler = lambda _data: self._position()
        self._skipped = _declaration_end(document)
        self._parse(document)

    def _parse(self, document: bytes) -> None:
        size = len(document)
        try:
            self._parser.Parse(_ROOT, False)
            self._parser.Parse(document[self._skipped :], True)
        except expat.ExpatError:
            end = min(self._position(), size)
            if end < size:
                self.spans.append((end, size))
        for element in self._open[1:]:
            if element.name in _TOKENS or element.name in self._names:
                self.spans.append((max(element.content, element.begin), size))

    def _position(self) -> int:
        """Return where the current event begins; it ends the start tag or token before it."""
        position = self._parser.CurrentByteIndex - len(_ROOT) + self._skipped
        if self._open[-1].content < 0:
            self._open[-1].content = position
        if self._closed_token is not None:
            self.spans.append((self._closed_token, position))
            self._closed_token = None
        return position

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        begin = self._position()
        if begin < 0:  # the root around the document
            return
        parent, local = self._open[-1], name.rpartition(":")[2]
        parent.has_children = True
        if local == "userName" and parent.key is not None:  # of a UserSession
            self.spans.append(parent.key)
        parent.key = None
        self._open.append(_Open(local, begin))

    def _text(self, text: str) -> None:
        self._position()
        if not self._open[-1].has_children:
            self._open[-1].text.append(text)

    def _end(self, _name: str) -> None:
        end = self._position()
        if len(self._open) == 1:
            return
        element = self._open.pop()
        parent, span = self._open[-1], (element.content, end)
        if element.name in _TOKENS:
            self._closed_token = element.begin
        elif span[1] > span[0] and self._is_secret(element, parent):
            self.spans.append(span)
        if not element.has_children:
            self._learn(element, parent, span)

    def _is_secret(self, element: _Open, parent: _Open) -> bool:
        return (
            element.name in self._names
            or (element.name in VALUES and parent.names_secret)
            or (not element.has_children and self._is_secret_text(element, parent))
        )

    @staticmethod
    def _is_secret_text(element: _Open, parent: _Open) -> bool:
        is_ticket = element.name == "returnval" and parent.name.endswith("TicketResponse")
        return is_ticket or "PRIVATE KEY-----" in "".join(element.text)

    def _learn(self, element: _Open, parent: _Open, span: tuple[int, int]) -> None:
        """Note what an element without children says about its siblings."""
        if element.name in NAMES and is_secret_path("".join(element.text).strip()):
            parent.names_secret = True
            self.asks_for_secret = self.asks_for_secret or element.name == "prop"
        if element.name == "key":
            parent.key = span


def _declaration_end(document: bytes) -> int:
    """Return where a document begins behind the byte order mark and the XML declaration."""
    start = 3 if document.startswith(b"\xef\xbb\xbf") else 0
    if not document.startswith(_DECLARATION, start):
        return start
    end = document.find(b"?>", start)
    return end + 2 if end >= 0 else start

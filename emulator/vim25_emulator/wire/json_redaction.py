"""Secrets in JSON texts, located by what a parser finds, not by what the text looks like.

A parser accepts the text first, so its tokens are certain: escapes in a name, a member that is there twice
and any depth make no difference. What is not accepted is not shown. Everything else is shown as it was sent.
The time is linear in the size of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

import msgspec

from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.type_description import SECRET, Property
from vim25_emulator.wire.redaction import HIDDEN, NAMES, VALUES, Redacted, is_secret_path

#: A token of a text that is JSON: a string, an end of an object or array, or another scalar.
_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|[^\s"{}\[\]:,]+', re.DOTALL)
#: The key of a session in the moIds of its objects, encoded or not, and in paths to elements of sessionList.
_SESSION_KEY: Final = re.compile(
    r'(?<=session\[)[^\]]+|(?<=session%5B)[^%]+|(?<=sessionList\[")[^"]+', re.IGNORECASE
)
_SESSION: Final = "session"
_PRIVATE_KEY: Final = "PRIVATE KEY-----"
_TYPE: Final = "_typeName"
_BOXED: Final = "_value"
_NONE: Final[frozenset[str]] = frozenset()
_HIDDEN_VALUE: Final = f'"{HIDDEN}"'.encode()


def without_session_keys(text: str) -> str:
    """Return a text without the keys of sessions in the moIds of their objects."""
    return _SESSION_KEY.sub(HIDDEN, text)


def redacted_json(text: bytes, member: str = "", *, is_secret: bool = False) -> Redacted | None:
    """Return a JSON text without secrets; None if it is not one.

    `member`: the method or property that its path names. `is_secret`: all of it is a secret.
    """
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if is_secret:
        return Redacted(_HIDDEN_VALUE.decode())
    finder = _SecretFinder(text, _secret_parameters(member))
    pieces, shown = [], 0
    for begin, (end, replacement) in sorted(finder.spans.items()):
        if begin >= shown:  # else within another one
            pieces += [text[shown:begin], replacement]
            shown = end
    return Redacted(b"".join((*pieces, text[shown:])).decode(), finder.asks_for_secret)


class _Member(NamedTuple):
    """A member of an object: its name, where its value begins and ends, and its text if it is a string."""

    name: str
    begin: int
    end: int
    text: str | None


@dataclass(slots=True)
class _OpenValue:
    """An object or array that is being read: where it begins, and the members and next name of an object."""

    begin: int
    is_object: bool
    members: list[_Member] = field(default_factory=list)
    name: str | None = None


class _SecretFinder:
    """Finds the spans that are secret: begin → end and what to show instead."""

    def __init__(self, text: bytes, parameters: frozenset[str]) -> None:
        self.spans: dict[int, tuple[int, bytes]] = {}
        self.asks_for_secret = False
        self._parameters = parameters
        self._open = [_OpenValue(0, is_object=False)]
        for token in _TOKEN.finditer(text):
            self._read(token[0], token.start(), token.end())

    def _read(self, token: bytes, begin: int, end: int) -> None:
        first = token[:1]
        if first in b"{[":
            self._open.append(_OpenValue(begin, first == b"{"))
        elif first in b"}]":
            closed = self._open.pop()
            self._judge(closed.members, is_root=len(self._open) == 1)
            boxed = (member.text for member in closed.members if member.name == _BOXED)
            self._value(closed.begin, end, next(boxed, None))
        elif first == b'"':
            plain = b"\\" not in token
            self._string(token[1:-1].decode() if plain else msgspec.json.decode(token), begin, end)
        else:
            self._value(begin, end, None)

    def _string(self, text: str, begin: int, end: int) -> None:
        parent = self._open[-1]
        if parent.is_object and parent.name is None:
            parent.name = text
            return
        if _PRIVATE_KEY in text:
            self.spans[begin] = (end, _HIDDEN_VALUE)
        elif _SESSION in text:
            self.spans[begin] = (end, msgspec.json.encode(without_session_keys(text)))
        self._value(begin, end, text)

    def _value(self, begin: int, end: int, text: str | None) -> None:
        parent = self._open[-1]
        if parent.name is not None:
            parent.members.append(_Member(parent.name, begin, end, text))
            parent.name = None

    def _judge(self, members: list[_Member], *, is_root: bool) -> None:
        """Note the secrets among the members of an object."""
        secret = self._secret_here(members) | (self._parameters if is_root else _NONE)
        for member in members:
            if member.name in secret or is_secret_path(member.name):
                self.spans[member.begin] = (member.end, _HIDDEN_VALUE)

    def _secret_here(self, members: list[_Member]) -> frozenset[str]:
        """Return the names that are secret because of other members: of the type, or of what it names."""
        types = [member.text or "" for member in members if member.name == _TYPE]
        naming = [
            m.name for m in members if m.name in NAMES and m.text is not None and is_secret_path(m.text)
        ]
        self.asks_for_secret = self.asks_for_secret or "prop" in naming
        is_session = "UserSession" in types or _looks_like_session(members)
        return _NONE.union(
            *(_typed_secrets().get(name, _NONE) for name in types),
            (*VALUES, _BOXED) if naming else (),
            ("key",) if is_session else (),
        )


def _looks_like_session(members: Iterable[_Member]) -> bool:
    """Whether members are those of a UserSession without a type; an event's key is a number."""
    texts = {member.name for member in members if member.text is not None}
    return {"key", "userName"} <= texts


@cache
def _typed_secrets() -> dict[str, frozenset[str]]:
    """Return type → its properties that are secret, those with common names, too; of types that have any."""
    described = map(registry.data_type, registry.data_type_names())
    secrets = {kind.name: _marked(kind.properties.values()) for kind in described}
    return {name: properties for name, properties in secrets.items() if properties}


def _secret_parameters(method_name: str) -> frozenset[str]:
    method = registry.method(method_name)
    return _marked(method.parameters) if method is not None else _NONE


def _marked(declared: Iterable[Property]) -> frozenset[str]:
    return frozenset(prop.name for prop in declared if prop.flags & SECRET)

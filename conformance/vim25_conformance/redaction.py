"""Secrets in requests and responses: passwords, session keys, session ids and cookies.

They are located by a parser, so that no form of the markup hides them, in a time that is linear in the size
of the document. What follows an error in the markup is shown only if it does not name a secret; JSON with an
error is shown whole or not at all.
"""

from __future__ import annotations

import codecs
import re
from typing import Any, Final
from xml.parsers import expat

from vim25_conformance.json_redaction import is_secret, redact_json

_HIDDEN: Final = b"***"
_ROOT: Final = b"<_>"  #: around the document, which may have several roots
_DECLARATION: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^>]*>)?")

#: Secrets outside the structure: cookies, and the key of a session in the moIds of its objects.
_IN_TEXT: Final = (
    (re.compile(rb"(vmware_soap_session=)\S+"), rb"\1***"),
    (re.compile(rb"(session\[)[0-9a-fA-F-]+(\])"), rb"\1***\2"),
)
#: What the rest of a document must not contain, lest it be hidden.
_TELLTALE: Final = re.compile(rb"password|<key|LoginResponse|UserSession|sessionId", re.IGNORECASE)


def redact(document: bytes) -> str:
    """Return the text of a request or response without passwords, session keys and cookies."""
    is_xml = document.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"<", b"")
    return redact_text(_redact_xml(document) if is_xml else redact_json(document))


def redact_text(document: bytes) -> str:
    """Return a text without what is secret wherever it stands."""
    for pattern, replacement in _IN_TEXT:
        document = pattern.sub(replacement, document)
    return document.decode("utf-8", "replace")


def _redact_xml(document: bytes) -> bytes:
    pieces, shown = [], 0
    for begin, end in sorted(_Secrets(document).spans):
        pieces += [document[shown:begin], _HIDDEN]
        shown = end
    return b"".join((*pieces, document[shown:]))


class _Secrets:
    """The spans of a document that are secret."""

    def __init__(self, document: bytes) -> None:
        self.spans: list[tuple[int, int]] = []
        self._names: list[str] = [""]
        self._content = 0
        self._is_leaf = False
        self._key: tuple[int, int] | None = None  #: content of the last element if that is `key`
        self._skipped = match.end() if (match := _DECLARATION.match(document)) else 0
        self._starts_content = False
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = False  # else positions are those of the next event
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.DefaultHandler = self._other
        self._parse(document)

    def _parse(self, document: bytes) -> None:
        try:
            self._parser.Parse(_ROOT, False)
            self._parser.Parse(document[self._skipped :], True)
        except expat.ExpatError:
            error = self._position()
            if self._is_secret(self._names[-1]):
                self.spans.append((self._content, len(document)))
            elif _TELLTALE.search(document, error):
                self.spans.append((error, len(document)))

    def _position(self) -> int:
        """Return where the current event begins, which is where the content of a new element does."""
        position = self._parser.CurrentByteIndex - len(_ROOT) + self._skipped
        if self._starts_content:
            self._content, self._starts_content = position, False
        return position

    def _other(self, _data: Any) -> None:
        self._position()

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if self._position() < 0:  # the root around the document
            return
        local = name.rpartition(":")[2]
        if local == "userName" and self._key is not None:  # of a UserSession
            self.spans.append(self._key)
        self._key = None
        self._names.append(local)
        self._starts_content = self._is_leaf = True

    def _end(self, _name: str) -> None:
        end = self._position()
        if len(self._names) == 1:
            return
        local, span = self._names.pop(), (self._content, end)
        if self._is_leaf and end > self._content:
            if self._is_secret(local):
                self.spans.append(span)
            elif local == "key":
                self._key = span
        self._is_leaf = False

    def _is_secret(self, local: str) -> bool:
        return is_secret(local) or (local == "key" and "LoginResponse" in self._names[:4])

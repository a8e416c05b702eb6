"""Parse requests that differ only in the texts of their elements once, as most requests of a client do.

Parsing is the largest part of a small call's cost. A document is therefore split into its plain texts and the
markup between them. Documents with the same markup share one parsed tree, the template, into which the texts
of the current document are inserted.

Only printable ASCII without markup counts as a plain text. It is enclosed by two tags, so replacing it with
another such text changes nothing else in the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from vim25_emulator.soap.soap_decoder import Envelope, parse_envelope
from vim25_emulator.soap.xml_tree import Element

_TEXT: Final = re.compile(rb">([!-%'-;=?-~][ -%'-;=?-~]*)<")


def split_texts(document: bytes) -> tuple[tuple[bytes, ...], list[bytes]]:
    """Return the markup between the plain texts of a document, and the texts."""
    pieces = _TEXT.split(document)
    return tuple(pieces[::2]), pieces[1::2]


@dataclass(slots=True)
class RequestTemplate:
    """A parsed request, and the elements with its plain texts; None if the tree cannot be shared."""

    envelope: Envelope
    slots: list[Element] | None
    texts: list[bytes] | None = None  #: the texts that the slots contain now

    @classmethod
    def of(cls, document: bytes, texts: list[bytes] | None = None) -> RequestTemplate:
        """Return the template of a document with these texts; raise ParseFault as `parse_envelope` does.

        Without texts, the template serves only this document.
        """
        envelope = parse_envelope(document)
        if texts is None:
            return cls(envelope, None)
        slots = [element for element in envelope.root.walk() if element.text and not element.text.isspace()]
        is_shared = (
            b"<!" not in document  # a comment has no text, and CDATA ends differently
            and document.find(b"<?", 1) < 0
            and not any(slots)  # text beside elements
            and [slot.text.encode() for slot in slots] == texts
        )
        return cls(envelope, slots if is_shared else None)

    def with_texts(self, document: bytes, texts: list[bytes]) -> Envelope:
        """Return the envelope of a document with this markup; valid until the next call."""
        if self.slots is None:
            return self.envelope if document is self.envelope.document else parse_envelope(document)
        if texts is not self.texts:
            self.texts = texts
            for slot, text in zip(self.slots, texts, strict=True):
                slot.text = text.decode("ascii")
        _, root, body, call = self.envelope
        return Envelope(document, root, body, call)

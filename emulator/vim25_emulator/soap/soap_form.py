"""Requests of one form: alike but for the texts of their elements, as a client's requests mostly are.

Parsing costs more than all else that is done for a small call. So a document is cut at its plain texts; what
stays is its form, of which one parsed tree serves all: the texts are put in their places when it is read.

A text is cut out only if it is printable ASCII without markup. It stands between the end of a tag and the
beginning of another, so any other such text could stand there, and nothing else of the document would change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from vim25_emulator.soap.soap_decoder import Envelope, parse_envelope
from vim25_emulator.soap.xml_tree import Element

_TEXT: Final = re.compile(rb">([!-%'-;=?-~][ -%'-;=?-~]*)<")


def cut(document: bytes) -> tuple[tuple[bytes, ...], list[bytes]]:
    """Return what stays of a document without its plain texts, and these."""
    pieces = _TEXT.split(document)
    return tuple(pieces[::2]), pieces[1::2]


@dataclass(slots=True)
class Form:
    """A parsed request, and the elements that its plain texts stand in; None if one tree cannot serve all."""

    envelope: Envelope
    places: list[Element] | None
    texts: list[bytes] | None = None  #: those that are in their places now

    @classmethod
    def of(cls, document: bytes, texts: list[bytes] | None = None) -> Form:
        """Return the form of a document with these texts; raise ParseFault as `parse_envelope` does.

        Without texts it is the form of this document alone.
        """
        envelope = parse_envelope(document)
        if texts is None:
            return cls(envelope, None)
        places = [element for element in envelope.root.walk() if element.text and not element.text.isspace()]
        fits = (
            b"<!" not in document  # in a comment is no text, in CDATA it would have another end
            and document.find(b"<?", 1) < 0
            and not any(places)  # text beside elements
            and [place.text.encode() for place in places] == texts
        )
        return cls(envelope, places if fits else None)

    def with_texts(self, document: bytes, texts: list[bytes]) -> Envelope:
        """Return the envelope of a document of this form; it is good until the next one is asked for."""
        if self.places is None:
            return self.envelope if document is self.envelope.document else parse_envelope(document)
        if texts is not self.texts:
            self.texts = texts
            for place, text in zip(self.places, texts, strict=True):
                place.text = text.decode("ascii")
        _, root, body, called = self.envelope
        return Envelope(document, root, body, called)

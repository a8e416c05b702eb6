"""What a server answers to a request that it cannot read: a first line, and where it was reading.

The text is a stack of frames, the innermost first, with blank lines between them; most tell line and column.
Clients show it to people, and some people grep it, so it follows what servers were seen to send.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from vim25_emulator.soap.xml_tree import Element, positions_of
from vim25_emulator.vmodl.value import DataObject

SERVER_CODE: Final = "ServerFaultCode"
CLIENT_CODE: Final = "ClientFaultCode"
BEFORE_METHOD: Final = "while parsing HTTP request before method was determined\nat line 1, column 0"


class Frame(NamedTuple):
    """What was being read, and the element it began at if its position is told."""

    text: str
    element: Element | None = None


class MisreadError(ValueError):
    """A value is not what its place declares. `frames` grows while the finding travels outwards."""

    def __init__(self, first_line: str, *frames: Frame) -> None:
        super().__init__(first_line)
        self.first_line = first_line
        self.frames = list(frames)


class ParseFault(Exception):  # noqa: N818  # the API's word
    """The answer to a request that cannot be read.

    `code` is the faultcode, `text` the faultstring, `fault` what the detail holds; None: no detail.
    """

    def __init__(self, text: str, fault: str | None = "InvalidRequest", code: str = SERVER_CODE) -> None:
        super().__init__(text)
        self.text = text
        self.fault = DataObject(fault) if fault else None
        self.code = code


def not_well_formed(message: str) -> ParseFault:
    """Return the answer to what is not XML; `message` is expat's."""
    first_line = f"Error returned by expat parser: {message}"
    return ParseFault(f"{first_line}\n\n{BEFORE_METHOD}", fault=None, code=CLIENT_CODE)


def misread(found: MisreadError, root: Element, body: bytes, last: str = BEFORE_METHOD) -> ParseFault:
    """Return the answer to a request that was misread; `last` is the outermost frame."""
    located = [frame.element for frame in found.frames if frame.element is not None]
    positions = iter(positions_of(located, root, body))
    blocks = [found.first_line]
    for frame in found.frames:
        where = "" if frame.element is None else "\nat line {}, column {}".format(*next(positions))
        blocks.append(frame.text + where)
    return ParseFault("\n\n".join((*blocks, last)))

"""The fault for a request that cannot be parsed: a first line, and a stack of what was being parsed.

The text lists the frames, the innermost first, separated by blank lines; most have a line and column. Clients
show it to users, and scripts match it, so it follows real servers [observed: recordings].
"""

from __future__ import annotations

from typing import Final, NamedTuple

from vim25_emulator.soap.xml_tree import Element, positions_of
from vim25_emulator.vmodl.value import DataObject

SERVER_CODE: Final = "ServerFaultCode"
CLIENT_CODE: Final = "ClientFaultCode"
BEFORE_METHOD: Final = "while parsing HTTP request before method was determined\nat line 1, column 0"


class Frame(NamedTuple):
    """What was being parsed, and the element it starts at if the frame shows a position."""

    text: str
    element: Element | None = None


class MisreadError(ValueError):
    """A value does not have its declared type. Callers append their frames while the error propagates."""

    def __init__(self, first_line: str, *frames: Frame) -> None:
        super().__init__(first_line)
        self.first_line = first_line
        self.frames = list(frames)


class ParseFault(Exception):  # noqa: N818  # the API's word
    """The fault for a request that cannot be parsed.

    `code` is the faultcode, `text` the faultstring, `fault` the fault in the detail; None omits the detail.
    """

    def __init__(self, text: str, fault: str | None = "InvalidRequest", code: str = SERVER_CODE) -> None:
        super().__init__(text)
        self.text = text
        self.fault = DataObject(fault) if fault else None
        self.code = code


def not_well_formed(message: str) -> ParseFault:
    """Return the fault for a document that is not XML; `message` is expat's."""
    first_line = f"Error returned by expat parser: {message}"
    return ParseFault(f"{first_line}\n\n{BEFORE_METHOD}", fault=None, code=CLIENT_CODE)


def misread(error: MisreadError, root: Element, body: bytes, last: str = BEFORE_METHOD) -> ParseFault:
    """Return the fault for a request that could not be parsed; `last` is the outermost frame."""
    located = [frame.element for frame in error.frames if frame.element is not None]
    positions = iter(positions_of(located, root, body))
    blocks = [error.first_line]
    for frame in error.frames:
        position = "" if frame.element is None else "\nat line {}, column {}".format(*next(positions))
        blocks.append(frame.text + position)
    return ParseFault("\n\n".join((*blocks, last)))

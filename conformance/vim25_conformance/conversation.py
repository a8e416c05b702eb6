"""The requests and responses exchanged with a target, recorded byte for byte in the client."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers.expat import ExpatError

from lxml import etree
from pyVmomi import VmomiSupport

from vim25_conformance.binding import HTTP, JSON, SOAP
from vim25_conformance.envelope import read_reply
from vim25_conformance.json_reply import read_json_reply
from vim25_conformance.json_value import UndecodableError
from vim25_conformance.outcome import PRESENT, Dropped, Refused, Reply, Returned, Unreadable, Wire
from vim25_conformance.redaction import redact

#: What a socket raises if the server is missing or disconnects.
LOST: Final = (OSError, http.client.HTTPException)
#: What the client library raises for an answer that is no document of its binding.
GARBLED: Final = (ExpatError, UndecodableError)

#: What the client saw of a lost connection → the cause.
CAUSES: Final = {
    "BadStatusLine": "the answer is not HTTP",
    "BrokenPipeError": "it was closed while the request was sent",
    "CaseTimeoutError": "the case took longer than it may",
    "ConnectionRefusedError": "it was refused",
    "ConnectionResetError": "it was reset",
    "IncompleteRead": "the answer ended early",
    "RemoteDisconnected": "it was closed without an answer",
    "SSLEOFError": "it was closed within TLS",
    "TimeoutError": "no complete answer in time",
}
#: How the reasons begin by which an answer is no document of its binding at all.
NO_DOCUMENT: Final = ("not XML", "not JSON", "no SOAP body")
#: Statuses by which a gateway says that the target does not answer.
AWAY: Final = (http.client.BAD_GATEWAY, http.client.SERVICE_UNAVAILABLE, http.client.GATEWAY_TIMEOUT)


def indented(document: bytes) -> str:
    """Return a request or response for display: redacted, and indented if it is XML or JSON."""
    text = redact(document)
    with contextlib.suppress(ValueError, RecursionError):
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return text
    etree.indent(root)
    return str(etree.tostring(root, encoding="unicode"))


def declared_faults(info: Any) -> tuple[str, ...]:
    """Return the WSDL names of the faults that a method declares; Fetch declares none."""
    faults = (VmomiSupport.GetVmodlType(name) for name in getattr(info, "faults", None) or ())
    return tuple(VmomiSupport.GetWsdlName(kind) for kind in faults)


@dataclass
class Exchange:
    """One request and its response; without a response `status` is 0 and `error` says why.

    `headers` are those of the response, their names in lower case.
    """

    method: str
    request: bytes
    result: Any = None
    declared_faults: tuple[str, ...] = ()
    version: str | None = None
    binding: str = SOAP
    line: str = ""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = b""
    error: str = ""
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether the response is missing or is not a success."""
        return self.status not in (http.client.OK, http.client.NO_CONTENT)

    @property
    def text(self) -> str:
        """Return the text of the first fault in the response, empty if it has none."""
        try:
            root = etree.fromstring(self.body, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            return ""
        texts = (root.findtext(f".//{name}") for name in ("{*}localizedMessage", "faultstring"))
        return next((each for each in texts if each), "")

    def read(self) -> tuple[Reply, Wire]:
        """Return the response as a part of the outcome tree, references still carrying their moIds."""
        if not self.status:
            return Dropped(self.error), Wire()
        if self.binding == HTTP:
            return self._plain()
        expected = (self.result, self.declared_faults, self.version)
        if self.binding == JSON:
            return read_json_reply(self.status, self.headers, self.body, *expected)
        return read_reply(self.status, self.body, *expected)

    def _plain(self) -> tuple[Reply, Wire]:
        """Return a response that is no vim25: whether it succeeded, and its form."""
        media_type = self.headers.get("content-type", "").partition(";")[0]
        wire = Wire(self.status, media_type=media_type)
        if self.status >= http.client.MULTIPLE_CHOICES:
            return Refused(f"HTTP {self.status}"), wire
        return Returned(PRESENT if self.body else None), wire


@dataclass
class Conversation:
    """All exchanges of one case, in order."""

    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def last(self) -> Exchange:
        """Return the latest exchange."""
        return self.exchanges[-1]

    @property
    def last_failed(self) -> Exchange:
        """Return the latest exchange that failed, the latest one if none did."""
        return next((each for each in reversed(self.exchanges) if each.failed), self.last)

    def review(self) -> tuple[tuple[str, ...], str]:
        """Return violations of the type registry, prefixed with the method, and how the connection failed.

        Both are without duplicates; the second is empty for a connection that did not fail.
        """
        complaints: dict[str, None] = {}
        broken = ""
        for each in self.exchanges:
            reply, wire = each.read()
            complaints.update({f"{each.method}: {complaint}": None for complaint in wire.complaints})
            broken = broken or _broken(each, reply)
        return tuple(complaints), broken


def _broken(exchange: Exchange, reply: Reply) -> str:
    """Return how the connection failed in an exchange, empty if it did not."""
    if isinstance(reply, Dropped):
        return f"connection lost at {exchange.method}: {CAUSES.get(reply.why, reply.why)}"
    if exchange.status in AWAY:
        return f"no answer of the target to {exchange.method}: HTTP {exchange.status}, as of a gateway"
    is_raw = exchange.method.isupper()  # an answer to malformed bytes may have any form
    if isinstance(reply, Unreadable) and not is_raw and reply.why.startswith(NO_DOCUMENT):
        return f"garbled answer to {exchange.method} (HTTP {exchange.status}): {reply.why}"
    return ""


def connection_error(error: Exception) -> str:
    """Return the cause if the error means that the connection failed, empty otherwise.

    A bare HTTPException is raised for an answer, by its status.
    """
    if not isinstance(error, LOST) or type(error) is http.client.HTTPException:
        return ""
    return f"connection lost: {CAUSES.get(type(error).__name__, type(error).__name__)}"

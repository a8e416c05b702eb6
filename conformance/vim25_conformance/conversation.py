"""The requests and responses exchanged with a target, recorded byte for byte in the client."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree
from pyVmomi import VmomiSupport

from vim25_conformance.binding import HTTP, JSON, SOAP
from vim25_conformance.envelope import read_reply
from vim25_conformance.json_reply import read_json_reply
from vim25_conformance.outcome import PRESENT, Dropped, Refused, Reply, Returned, Wire
from vim25_conformance.redaction import redact

#: What a socket raises if the server is missing or disconnects.
LOST: Final = (OSError, http.client.HTTPException)


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

    def complaints(self) -> tuple[str, ...]:
        """Return violations of the type registry, without duplicates, prefixed with the method."""
        complaints = {
            f"{each.method}: {complaint}": None
            for each in self.exchanges
            for complaint in each.read()[1].complaints
        }
        return tuple(complaints)

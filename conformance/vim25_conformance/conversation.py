"""The conversation with a target, kept byte for byte at the client's boundary.

`RecordingStub` is pyVmomi's own stub over a connection that keeps what it sends and hears, so requests are
exactly those of a real client. What leaves this module for a person or a file goes through `redact`.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree
from pyVmomi import SoapStubAdapter, VmomiSupport

from vim25_conformance.envelope import read_reply
from vim25_conformance.outcome import Dropped, Reply, Wire

_SECRETS: Final = (
    (re.compile(rb"(<(?:\w+:)?password\b[^>]*>)[^<]*"), rb"\1***"),
    (re.compile(rb"(<LoginResponse\b.*?<key>)[^<]*", re.DOTALL), rb"\1***"),
    (re.compile(rb'(xsi:type="UserSession"[^>]*>\s*<key>)[^<]*', re.DOTALL), rb"\1***"),
    (re.compile(rb"(vmware_soap_session=)\S+"), rb"\1***"),
    (re.compile(rb"(session\[)[0-9a-fA-F-]+(\])"), rb"\1***\2"),
)


def redact(document: bytes) -> str:
    """The text of a request or an answer without passwords, session keys and cookies."""
    for pattern, replacement in _SECRETS:
        document = pattern.sub(replacement, document)
    return document.decode("utf-8", "replace")


def indented(document: bytes) -> str:
    """A request or an answer to be read by a person: redacted, and laid out if it is XML."""
    text = redact(document)
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return text
    etree.indent(root)
    return str(etree.tostring(root, encoding="unicode"))


def declared_faults(info: Any) -> tuple[str, ...]:
    """WSDL names of the faults that a method declares; Fetch, which is in no WSDL, declares none."""
    faults = (VmomiSupport.GetVmodlType(name) for name in getattr(info, "faults", None) or ())
    return tuple(VmomiSupport.GetWsdlName(kind) for kind in faults)


@dataclass
class Exchange:
    """One request and its answer; `status` 0 and an empty body when none came (`error` says why)."""

    method: str
    request: bytes
    result: Any = None
    declared_faults: tuple[str, ...] = ()
    version: str | None = None
    status: int = 0
    body: bytes = b""
    error: str = ""
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether there was no answer, or one that is not a success."""
        return self.status != http.client.OK

    def read(self) -> tuple[Reply, Wire]:
        """The answer as a part of the outcome tree, references still carrying their moIds."""
        if not self.status:
            return Dropped(self.error), Wire()
        return read_reply(self.status, self.body, self.result, self.declared_faults, self.version)


@dataclass
class Conversation:
    """All exchanges of one case in order."""

    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def last(self) -> Exchange:
        """The exchange that was heard last."""
        return self.exchanges[-1]

    def complaints(self) -> tuple[str, ...]:
        """Breaches of the type registry in any answer, each once, led by the method."""
        found = {
            f"{each.method}: {complaint}": None
            for each in self.exchanges
            for complaint in each.read()[1].complaints
        }
        return tuple(found)


class _Heard(io.BytesIO):
    """An answer that has been read whole, with what pyVmomi asks of an HTTPResponse."""

    def __init__(self, answer: http.client.HTTPResponse, body: bytes) -> None:
        super().__init__(body)
        self.status, self.reason, self._answer = answer.status, answer.reason, answer

    def getheader(self, name: str, default: str | None = None) -> str | None:
        return self._answer.getheader(name, default)


class _Recording:
    """Mixed into an HTTP connection: keeps each exchange in `stub.conversation`.

    Its methods are narrower than those of HTTPConnection: they take and give what pyVmomi uses.
    """

    def __init__(self, stub: RecordingStub, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stub = stub

    def request(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Send, and begin the exchange."""
        self._exchange = self._stub.begin(body)
        self._started = time.perf_counter()
        with self._noting_errors():
            super().request(method, url, body, headers)  # type: ignore[misc]

    def getresponse(self) -> _Heard:
        """Hear the whole answer, and end the exchange."""
        with self._noting_errors():
            answer = super().getresponse()  # type: ignore[misc]
            body = answer.read()
        self._exchange.status, self._exchange.body = answer.status, body
        self._exchange.seconds = time.perf_counter() - self._started
        return _Heard(answer, body)

    def _noting_errors(self) -> _Noting:
        return _Noting(self._exchange)


@dataclass
class _Noting:
    exchange: Exchange

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is not None:
            self.exchange.error = kind.__name__


class _RecordingHttp(_Recording, http.client.HTTPConnection):  # type: ignore[misc]  # see _Recording
    pass


class _RecordingHttps(_Recording, http.client.HTTPSConnection):  # type: ignore[misc]  # see _Recording
    pass


def _age(version: str) -> int:
    return len(VmomiSupport.GetVersionParents(version))


class RecordingStub(SoapStubAdapter):  # type: ignore[misc]
    """pyVmomi's stub that keeps the conversation.

    `version` is an API version id such as `8.0.2.0`; see `spoken` for lying about it.
    """

    def __init__(
        self, host: str, port: int, path: str, *, tls: ssl.SSLContext | None, version: str, timeout: float
    ) -> None:
        super().__init__(
            host=host,
            port=port if tls else -port,
            path=path,
            version=VmomiSupport.versionMap[f"vim25/{version}"],
            sslContext=tls,
            acceptCompressedResponses=False,
            httpConnectionTimeout=timeout,
        )
        self.scheme = functools.partial(_RecordingHttps if tls else _RecordingHttp, self)
        self.conversation = Conversation()
        self.versionId: str
        self._next: Exchange = Exchange("", b"")
        self.expected = self.version
        """VMODL name of the API version whose types answers are checked by."""

    def begin(self, body: bytes) -> Exchange:
        """A connection is about to send `body`."""
        self._next.request = body
        self.conversation.exchanges.append(self._next)
        return self._next

    def InvokeMethod(self, mo: Any, info: Any, args: Any, outerStub: Any = None) -> Any:  # noqa: N802, N803 - pyVmomi's
        """Send one call; the exchange knows the method's result and declared faults."""
        self._next = Exchange(info.wsdlName, b"", info.result, declared_faults(info), self.expected)
        return super().InvokeMethod(mo, info, args, outerStub)

    @contextlib.contextmanager
    def speaking(self, version: str) -> Iterator[None]:
        """Claim another API version (`5.5`) towards the server; requests stay what they are."""
        own = self.versionId, self.expected
        self.versionId = f'"urn:vim25/{version}"'
        self.expected = min(self.expected, VmomiSupport.versionMap[f"vim25/{version}"], key=_age)
        try:
            yield
        finally:
            self.versionId, self.expected = own

    def expect_at_most(self, version: str) -> None:
        """The server's own API version is this: nothing newer can be asked of it."""
        if name := VmomiSupport.versionMap.get(f"vim25/{version}"):
            self.expected = min(self.expected, name, key=_age)

    def post(self, method: str, body: bytes) -> Exchange:
        """Send bytes as they are, with the session's cookie; never raises for what the server does."""
        self._next = Exchange(method, body, version=self.expected)
        headers = {
            "Cookie": self.cookie,
            "SOAPAction": self.versionId,
            "Content-Type": "text/xml; charset=utf-8",
        }
        connection = None
        try:
            connection = self.GetConnection()
            connection.request("POST", self.path, body, headers)
            connection.getresponse()
            self.ReturnConnection(connection)
        except (OSError, http.client.HTTPException) as error:
            self._next.error = type(error).__name__
            if connection is None:
                self.begin(body)
            self.DropConnections()
        return self.conversation.last

"""The requests and responses exchanged with a target, recorded byte for byte in the client.

`RecordingStub` is pyVmomi's own stub on connections that record what they send and receive, so requests are
exactly those of a real client.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from pyVmomi import SoapStubAdapter, VmomiSupport

from vim25_conformance.envelope import read_reply
from vim25_conformance.outcome import Dropped, Reply, Wire
from vim25_conformance.redaction import redact


def indented(document: bytes) -> str:
    """Return a request or response for display: redacted, and indented if it is XML."""
    text = redact(document)
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
    """One request and its response; without a response `status` is 0 and `error` says why."""

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
        """Whether the response is missing or is not a success."""
        return self.status != http.client.OK

    def read(self) -> tuple[Reply, Wire]:
        """Return the response as a part of the outcome tree, references still carrying their moIds."""
        if not self.status:
            return Dropped(self.error), Wire()
        return read_reply(self.status, self.body, self.result, self.declared_faults, self.version)


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


class _Response(io.BytesIO):
    """A response that was read completely, with what pyVmomi uses of HTTPResponse."""

    def __init__(self, answer: http.client.HTTPResponse, body: bytes) -> None:
        super().__init__(body)
        self.status, self.reason, self._answer = answer.status, answer.reason, answer

    def getheader(self, name: str, default: str | None = None) -> str | None:
        return self._answer.getheader(name, default)


class _Recording:
    """Mixin of an HTTP connection that records each exchange in `stub.conversation`.

    Its methods are narrower than those of HTTPConnection: they accept what pyVmomi passes.
    """

    def __init__(self, stub: RecordingStub, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stub = stub

    def request(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Send the request and begin the exchange."""
        self._exchange = self._stub.begin(body)
        self._started = time.perf_counter()
        with self._recording_errors():
            super().request(method, url, body, headers)  # type: ignore[misc]

    def getresponse(self) -> _Response:
        """Read the whole response and end the exchange."""
        with self._recording_errors():
            answer = super().getresponse()  # type: ignore[misc]
            body = answer.read()
        self._exchange.status, self._exchange.body = answer.status, body
        self._exchange.seconds = time.perf_counter() - self._started
        return _Response(answer, body)

    def _recording_errors(self) -> _ErrorRecorder:
        return _ErrorRecorder(self._exchange)


@dataclass
class _ErrorRecorder:
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
    """pyVmomi's stub with a recorded conversation.

    `version` is an API version id such as `8.0.2.0`; `speaking` claims another one.
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
        #: VMODL name of the API version by whose types responses are checked.
        self.expected = self.version

    def begin(self, body: bytes) -> Exchange:
        """Record that a connection is about to send `body`; return the exchange."""
        self._next.request = body
        self.conversation.exchanges.append(self._next)
        return self._next

    def InvokeMethod(self, mo: Any, info: Any, args: Any, outerStub: Any = None) -> Any:  # noqa: N802, N803 - pyVmomi's
        """Send one call; its exchange has the method's result type and declared faults."""
        self._next = Exchange(info.wsdlName, b"", info.result, declared_faults(info), self.expected)
        return super().InvokeMethod(mo, info, args, outerStub)

    @contextlib.contextmanager
    def speaking(self, version: str) -> Iterator[None]:
        """Claim another API version (`5.5`) towards the server; requests stay the same."""
        own = self.versionId, self.expected
        self.versionId = f'"urn:vim25/{version}"'
        self.expected = min(self.expected, VmomiSupport.versionMap[f"vim25/{version}"], key=_age)
        try:
            yield
        finally:
            self.versionId, self.expected = own

    def expect_at_most(self, version: str) -> None:
        """Expect nothing newer than the server's own API version."""
        if name := VmomiSupport.versionMap.get(f"vim25/{version}"):
            self.expected = min(self.expected, name, key=_age)

    def post(self, method: str, body: bytes) -> Exchange:
        """Send bytes unchanged, with the session's cookie; never raise for what the server does."""
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

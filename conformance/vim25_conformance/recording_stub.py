"""The connections of pyVmomi's stub, recording byte for byte what they send and receive.

So requests are exactly those of a real client, and a recorded conversation is what was on the wire.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import math
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyVmomi import SoapStubAdapter, VmomiSupport

from vim25_conformance.binding import SOAP
from vim25_conformance.bounded_response import BoundedResponse
from vim25_conformance.conversation import LOST, Conversation, Exchange, declared_faults


class Response(io.BytesIO):
    """A response that was read completely, with what pyVmomi uses of HTTPResponse."""

    def __init__(self, answer: http.client.HTTPResponse, body: bytes) -> None:
        super().__init__(body)
        self.status, self.reason, self._answer = answer.status, answer.reason, answer

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """Return a header of the response."""
        return self._answer.getheader(name, default)


class _Recording:
    """Mixin of an HTTP connection that records each exchange in `stub.conversation`.

    Its methods are narrower than those of HTTPConnection: they accept what pyVmomi passes.
    """

    response_class = BoundedResponse

    def __init__(self, stub: RecordingStub, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stub = stub

    def request(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Send the request and begin the exchange."""
        self._exchange = self._stub.begin(f"{method} {url}", body)
        self._started = time.perf_counter()
        with self._recording_errors():
            self._stub.check_time()
            super().request(method, url, body or None, headers)  # type: ignore[misc]

    def getresponse(self) -> Response:
        """Read the whole response and end the exchange."""
        with self._recording_errors():
            answer = super().getresponse()  # type: ignore[misc]
            body = answer.read()
        self._exchange.status, self._exchange.body = answer.status, body
        self._exchange.headers = {name.lower(): value for name, value in answer.getheaders()}
        self._exchange.seconds = time.perf_counter() - self._started
        return Response(answer, body)

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


class CaseTimeoutError(TimeoutError):
    """The case takes longer than it may."""


class RecordingStub(SoapStubAdapter):  # type: ignore[misc]
    """pyVmomi's stub with a recorded conversation; its connections serve any binding.

    `version` is an API version id such as `8.0.2.0`; `speaking` claims another one.
    """

    binding = SOAP

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
        #: Time, as of `time.monotonic`, from which on nothing is sent.
        self.deadline = math.inf
        self.versionId: str
        self.sessionId: str | None
        self._next: Exchange = Exchange("", b"")
        #: VMODL name of the API version by whose types responses are checked.
        self.expected = self.version

    def check_time(self) -> None:
        """Raise CaseTimeoutError after the deadline."""
        if time.monotonic() > self.deadline:
            raise CaseTimeoutError("the case takes longer than it may")

    def begin(self, line: str, body: bytes) -> Exchange:
        """Record that a connection is about to send a request; return the exchange."""
        self._next.line, self._next.request = line, body
        self.conversation.exchanges.append(self._next)
        return self._next

    def InvokeMethod(self, mo: Any, info: Any, args: Any, outerStub: Any = None) -> Any:  # noqa: N802, N803 - pyVmomi's
        """Send one call; its exchange has the method's result type and declared faults."""
        self._next = Exchange(
            info.wsdlName, b"", info.result, declared_faults(info), self.expected, self.binding
        )
        return self.invoke(mo, info, args, outerStub)

    def invoke(self, mo: Any, info: Any, args: Any, outer: Any) -> Any:
        """Send one call and return its value, or raise its fault, as the binding does."""
        return super().InvokeMethod(mo, info, args, outer)

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
        headers = {
            "Cookie": self.cookie,
            "SOAPAction": self.versionId,
            "Content-Type": "text/xml; charset=utf-8",
        }
        return self.exchange(Exchange(method, body, version=self.expected), "POST", self.path, headers)

    def exchange(self, exchange: Exchange, verb: str, path: str, headers: Mapping[str, str]) -> Exchange:
        """Send the exchange's request; never raise for what the server does."""
        self._next, begun = exchange, len(self.conversation.exchanges)
        try:
            self.send(verb, path, exchange.request, headers)
        except LOST as error:
            exchange.error = type(error).__name__
            if len(self.conversation.exchanges) == begun:
                self.begin(f"{verb} {path}", exchange.request)
        return exchange

    def send(self, verb: str, path: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """Send a request over a connection of the pool and return the whole response; raise `LOST`."""
        try:
            connection = self.GetConnection()
            connection.request(verb, path, body, headers)
            answer: Response = connection.getresponse()
        except LOST:
            self.DropConnections()
            raise
        self.ReturnConnection(connection)
        return answer

"""The ASGI application: routes requests to handlers, reads bodies and sends replies.

It implements HTTP, not SOAP. A handler takes a request and returns a reply, or an awaitable of one for a call
that waits; if the client disconnects during the wait, the call is canceled.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from typing import Any, Final, NamedTuple

Scope = Mapping[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_FAST: Final = 1  #: level of compression: responses are repetitive, and others wait meanwhile
_GZIP: Final = 31  #: zlib's code for the gzip format with its largest window


@dataclass(slots=True)
class Request:
    """An HTTP request. Header names are lower case, as in ASGI; `began` is a time of `time.perf_counter`."""

    method: str
    path: str
    headers: dict[bytes, bytes]
    client: tuple[str, int]
    secure: bool
    began: float
    body: bytes = b""
    http_version: str = "1.1"
    query: str = ""

    def optional_header(self, name: bytes) -> str | None:
        """Return a header's value, None if the header is missing."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def header(self, name: bytes) -> str:
        """Return a header's value, empty if the header is missing."""
        return self.headers.get(name, b"").decode("latin-1")


@dataclass(slots=True)
class Reply:
    """An HTTP response; content length and date are added later.

    `call` is the name of the called vim25 method, for the trace. `is_whole`: it is sent with its length, and
    neither chunked nor compressed.
    """

    status: int
    body: bytes
    headers: Headers = field(default_factory=list)
    call: str = ""
    is_whole: bool = False


class Transfer(NamedTuple):
    """How replies are sent: `Connection: Keep-Alive`, chunked, compressed if the client accepts it."""

    says_keep_alive: bool = False
    chunks: bool = False
    compresses: bool = False


_WHOLE: Final = Transfer()

Handler = Callable[[Request], Reply | Awaitable[Reply]]
Routes = Mapping[str, Mapping[str, Handler]]

#: Called after every exchange; the reply is None if the client disconnected before it.
Observer = Callable[[Request, Reply | None], None]


def plain(status: int, text: str, headers: Headers | None = None) -> Reply:
    """Return a plain text reply, for requests outside vim25."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *(headers or [])]
    return Reply(status, f"{text}\n".encode(), headers)


class HttpApplication:
    """An ASGI application over a table of routes: path → HTTP method → handler.

    A path that ends in a slash is the route of everything below it.
    """

    def __init__(
        self,
        routes: Routes,
        body_bytes: int,
        observer: Observer | None = None,
        transfer: Transfer = Transfer(),  # noqa: B008  # immutable
    ) -> None:
        self._routes = routes
        self._trees = sorted((path for path in routes if path.endswith("/")), key=len, reverse=True)
        self._body_bytes = body_bytes
        self._observer = observer
        self._transfer = transfer
        self._waiting: set[asyncio.Future[Reply]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            raise NotImplementedError(f"ASGI {scope['type']!r} is not served")
        request = Request(
            scope["method"],
            scope["path"],
            dict(scope["headers"]),
            scope.get("client") or ("", 0),
            scope["scheme"] == "https",
            time.perf_counter(),
            http_version=scope["http_version"],
            query=scope.get("query_string", b"").decode("latin-1"),
        )
        reply = await self._reply(request, receive)
        body = b"" if reply is None else _complete(reply, request, self._transfer)
        if self._observer is not None:
            self._observer(request, reply)
        if reply is not None:
            await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
            await send({"type": "http.response.body", "body": body})

    async def _reply(self, request: Request, receive: Receive) -> Reply | None:
        """Return the reply to a request, None if the client disconnected before."""
        try:
            handler = self._handler(request)
            request.body = await self._body(request, receive)
        except _RejectedError as rejected:
            return rejected.reply
        except _DisconnectedError:
            return None
        reply = handler(request)
        return reply if isinstance(reply, Reply) else await self._wait(reply, receive)

    def _handler(self, request: Request) -> Handler:
        # pyVmomi of 5.5 doubles the first slash, others append one; servers accept both [derived].
        path = f"/{request.path.strip('/')}"
        methods = self._routes.get(request.path) or self._routes.get(path) or self._tree_of(path)
        if methods is None:
            raise _RejectedError(plain(404, f"{request.path} is not here; vim25 is served at /sdk"))
        handler = methods.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            allowed = ", ".join(methods)
            raise _RejectedError(
                plain(405, f"{request.path} takes {allowed}", [(b"allow", allowed.encode())])
            )
        return handler

    def _tree_of(self, path: str) -> Mapping[str, Handler] | None:
        """Return what the longest route serves that a path is below."""
        return next((self._routes[tree] for tree in self._trees if f"{path}/".startswith(tree)), None)

    async def _body(self, request: Request, receive: Receive) -> bytes:
        declared = request.headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._body_bytes:
            raise self._too_large()
        message = await receive()
        parts = [message.get("body", b"")]
        size = len(parts[0])
        while message.get("more_body"):
            message = await receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._body_bytes:
                raise self._too_large()
        if message["type"] == "http.disconnect":
            raise _DisconnectedError
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _too_large(self) -> _RejectedError:
        text = f"a request may have {self._body_bytes} bytes"
        return _RejectedError(plain(413, text, [(b"connection", b"close")]))

    async def _wait(self, reply: Awaitable[Reply], receive: Receive) -> Reply | None:
        """Wait for the reply; None if the client disconnects first, which cancels the call."""
        call = asyncio.ensure_future(reply)
        disconnect = asyncio.ensure_future(receive())
        disconnect.add_done_callback(lambda _: call.cancel())
        self._waiting.add(call)
        try:
            return await call
        except asyncio.CancelledError:
            if not call.cancelled():
                raise  # this request itself is canceled
            return None
        finally:
            self._waiting.discard(call)
            disconnect.cancel()

    def cancel_waiting(self) -> None:
        """Cancel the waiting calls, which reply RequestCanceled."""
        for call in tuple(self._waiting):
            call.cancel()


class _DisconnectedError(Exception):
    """The client disconnected before its request was complete."""


class _RejectedError(Exception):
    """The request gets this reply, without a handler."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply


def _complete(reply: Reply, request: Request, transfer: Transfer) -> bytes:
    """Add the headers of every reply, `connection: close` if the client asks for it; return what is sent."""
    headers, body = reply.headers, reply.body
    if reply.is_whole:
        transfer = _WHOLE
    if transfer.compresses and _accepts_gzip(request.headers.get(b"accept-encoding", b"")):
        body = _compressed(body)
        headers.append((b"content-encoding", b"gzip"))
    if not (transfer.chunks and request.method == "POST" and request.http_version == "1.1"):
        headers.append((b"content-length", b"%d" % len(body)))  # without it, the reply is chunked
    headers.append((b"date", _date(int(time.time()))))
    if b"close" in request.headers.get(b"connection", b"").lower():
        headers.append((b"connection", b"close"))
    elif transfer.says_keep_alive and request.http_version == "1.1":  # uvicorn closes those of 1.0
        headers.append((b"connection", b"Keep-Alive"))
    return body


@lru_cache(maxsize=64)
def _accepts_gzip(accepted: bytes) -> bool:
    """Whether an Accept-Encoding header names gzip, and not with the weight 0."""
    codings = (coding.replace(b" ", b"").lower().split(b";") for coding in accepted.split(b","))
    return any(name == b"gzip" and not _is_zero(weight) for name, *weight in codings)


def _is_zero(weight: list[bytes]) -> bool:
    return bool(weight) and not weight[0].removeprefix(b"q=").strip(b"0.")


def _compressed(body: bytes) -> bytes:
    compressor = zlib.compressobj(_FAST, wbits=_GZIP)
    return compressor.compress(body) + compressor.flush()


@lru_cache(maxsize=1)
def _date(now: int) -> bytes:
    return formatdate(now, usegmt=True).encode()

"""The JSON endpoint: sessions by header, statuses, and what has no body.

Sources agree on 200 and on 500 for every fault; what is absent has no body, of which 204 is the status that
all clients take [derived].
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Final

from vim25_emulator.vcenter.session import Client, Session
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vijson.request_path import is_method
from vim25_emulator.wire.app import CallExchange, VimApplication
from vim25_emulator.wire.endpoint import Endpoint
from vim25_emulator.wire.http import Handler, Headers, Reply, Request, plain
from vim25_emulator.wire.session_header import SESSION_HEADER, session_of
from vim25_emulator.wire.spyne_context import Context
from vim25_emulator.wire.transcoder import LAST_PART, transcoder
from vim25_emulator.wire.vijson_protocol import ViJson

_JSON: Final = (b"content-type", b"application/json")


@dataclass(slots=True)
class ViJsonExchange(CallExchange):
    """Our part of a context of JSON; `found` is the session of the request's header."""

    found: Session | None = None


class ViJsonEndpoint(Endpoint):
    """The endpoint of the JSON binding, everything below `/sdk/vim25/`."""

    def __init__(self, app: VimApplication) -> None:
        super().__init__(app)
        self._version = app.vcenter.release.version

    def exchange(self, request: Request) -> ViJsonExchange:
        """Return session and client of a request; its cookies are ignored [documented]."""
        session = session_of(request, self.app.vcenter.sessions)
        client = Client(request.client[0], request.header(b"user-agent"), session)
        return ViJsonExchange(client, self._version, found=session)

    def reply(self, ctx: Context) -> Reply:
        """Return the response, with the id of a new session in a header."""
        body = b"".join(ctx.out_string)
        headers: Headers = [*self.release_headers(ctx)]
        if body:
            headers.append(_JSON)
        exchange: ViJsonExchange = ctx.udc
        session = exchange.client.session
        if session is not None and session is not exchange.found:
            headers.append((SESSION_HEADER, session.cookie.encode()))
        status = 500 if ctx.out_error is not None else 200 if body else 204
        return Reply(status, body, headers, self._call(ctx), is_whole=True)

    @staticmethod
    def _call(ctx: Context) -> str:
        target = ctx.in_document
        return (target.property or target.method.name) if target is not None else ""


def vijson_endpoint(vcenter: VCenter) -> Handler:
    """Return the handler of the JSON binding of a vCenter. HEAD of a method is refused as other verbs are."""
    endpoint = ViJsonEndpoint(VimApplication(vcenter, ViJson))

    def serve(request: Request) -> Reply | Awaitable[Reply]:
        if request.method == "HEAD" and is_method(request.path):
            return plain(405, f"{request.path} takes POST", [(b"allow", b"POST")])
        is_transcoder = request.path.endswith(LAST_PART)
        return (is_transcoder and transcoder(vcenter, request)) or endpoint(request)

    return serve

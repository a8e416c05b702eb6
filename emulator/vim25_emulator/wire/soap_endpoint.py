"""The SOAP endpoint: the headers of requests and responses."""

from __future__ import annotations

from typing import Final

from vim25_emulator.wire.endpoint import Endpoint
from vim25_emulator.wire.http import Headers, Reply, Request
from vim25_emulator.wire.soap_application import SoapApplication, SoapExchange
from vim25_emulator.wire.spyne_context import Context

_ALWAYS: Final[Headers] = [
    (b"content-type", b"text/xml; charset=utf-8"),
    (b"cache-control", b"no-cache"),
]


class SoapEndpoint(Endpoint):
    """The endpoint of SOAP, `/sdk`."""

    def __init__(self, app: SoapApplication) -> None:
        super().__init__(app)
        self._headers[:0] = _ALWAYS

    def exchange(self, request: Request) -> SoapExchange:
        """Return version, session and client of a request."""
        exchange: SoapExchange = self.app.exchange(
            request.optional_header(b"soapaction"),
            request.header(b"cookie"),
            secure=request.secure,
            address=request.client[0],
            agent=request.header(b"user-agent"),
        )
        return exchange

    def reply(self, ctx: Context) -> Reply:
        """Return the response: 500 for any fault, as SOAP 1.1 prescribes."""
        headers = self.release_headers(ctx)
        exchange: SoapExchange = ctx.udc
        if exchange.applied is not None:
            headers.append((b"x-applied-soapaction", exchange.applied.encode()))
        cookie = ctx.transport.resp_headers.get("Set-Cookie")
        if cookie is not None:
            headers.append((b"set-cookie", cookie.encode()))
        status = 200 if ctx.out_error is None else 500
        return Reply(status, b"".join(ctx.out_string), headers, ctx.method_name or "")

"""An endpoint: passes HTTP requests through Spyne's steps and returns the HTTP responses.

A call that waits (a long poll) returns an awaitable, which is parked on the loop. The client always gets a
response: an unexpected error is logged and sent as the fault SystemError.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from inspect import iscoroutine
from typing import Any

from vim25_emulator.vmodl.value import MethodFault
from vim25_emulator.wire.app import CallExchange, VimApplication
from vim25_emulator.wire.http import Headers, Reply, Request
from vim25_emulator.wire.spyne_context import Context
from vim25_emulator.wire.spyne_shim import importable

with importable():
    from spyne.server import ServerBase


class Endpoint(ServerBase):  # type: ignore[misc]  # Spyne has no types
    """A Spyne transport for complete HTTP requests. It must be called on the vCenter's loop."""

    transport = "http://schemas.xmlsoap.org/soap/http"

    def __init__(self, app: VimApplication) -> None:
        super().__init__(app)
        release = app.vcenter.release
        self._headers: Headers = [(name.encode(), value.encode()) for name, value in release.headers]
        self._time_header = (release.service_time_header or "").encode()

    def exchange(self, request: Request) -> CallExchange:
        """Return version, session and client of a request."""
        raise NotImplementedError

    def reply(self, ctx: Context) -> Reply:
        """Return the HTTP response for a context whose `out_string` is complete."""
        raise NotImplementedError

    def release_headers(self, ctx: Context) -> Headers:
        """Return the headers of every response of the release."""
        headers = self._headers.copy()
        if self._time_header:
            elapsed = time.perf_counter() - ctx.transport.req.began
            headers.append((self._time_header, b"%d" % (elapsed * 1000)))
        return headers

    def __call__(self, request: Request) -> Reply | Awaitable[Reply]:
        """Return the reply to a request, or an awaitable of it if the call waits."""
        ctx = Context(self, request, self.app.out_protocol.mime_type)
        ctx.udc = self.exchange(request)
        ctx.in_string = (request.body,)
        try:
            (ctx,) = self.generate_contexts(ctx)
            if ctx.in_error is None:
                self.get_in_object(ctx)
            if ctx.in_error is None:
                self.get_out_object(ctx)
        except Exception as error:  # a bug in the decoder must not leave the client without a response
            self._fail(ctx, error)
        if ctx.out_error is None and iscoroutine(ctx.out_object[0]):
            return self._wait(ctx, ctx.out_object[0])
        return self._reply(ctx)

    async def _wait(self, ctx: Context, result: Awaitable[Any]) -> Reply:
        """Wait for a call and return its reply; the fault RequestCanceled if the call is canceled."""
        try:
            ctx.out_object = [await result]
        except asyncio.CancelledError:
            self._fail(ctx, MethodFault("RequestCanceled"))
        except Exception as error:
            self._fail(ctx, error)
        return self._reply(ctx)

    def _fail(self, ctx: Context, error: Exception) -> None:
        ctx.out_error = self.app.fault(error, ctx.method_name or "reading a request")
        ctx.fire_event("method_exception_object")

    def _reply(self, ctx: Context) -> Reply:
        try:
            self.get_out_string(ctx)
        except Exception as error:  # a value that does not have its declared type
            ctx.out_document = ctx.out_string = None
            self._fail(ctx, error)
            self.get_out_string(ctx)
        reply = self.reply(ctx)
        ctx.close()
        return reply

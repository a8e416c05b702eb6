"""uvicorn's HTTP protocol on a listening socket: start, deadlines, and clean shutdown."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import ssl
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.server import ServerState

from vim25_emulator.wire.address import BACKLOG
from vim25_emulator.wire.connection import KEEP_ALIVE_SECONDS, Connection, Limits
from vim25_emulator.wire.http import HttpApplication

_GRACE_SECONDS: Final = 2.0  #: time for pending responses when the server stops


class Listener:
    """Serves an ASGI application on a bound socket."""

    def __init__(
        self,
        application: HttpApplication,
        bound: socket.socket,
        context: ssl.SSLContext | None,
        limits: Limits,
    ) -> None:
        self._application = application
        self._bound = bound
        self._context = context
        self._limits = limits
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self._next_check: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Start accepting connections."""
        config = Config(
            self._application,
            http=Connection,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        config.load()
        loop = asyncio.get_running_loop()
        connection = functools.partial(
            Connection, config=config, server_state=self._state, app_state={}, limits=self._limits
        )
        self._server = await loop.create_server(
            connection,
            sock=self._bound,
            backlog=BACKLOG,  # asyncio sets it again, to 100 by default
            ssl=self._context,
            ssl_handshake_timeout=self._limits.seconds if self._context else None,
        )
        self._check_deadlines()

    def _check_deadlines(self) -> None:
        """Close connections whose requests have passed their deadline; repeat periodically."""
        loop = asyncio.get_running_loop()
        for connection in tuple(self._connections):
            connection.check_deadline(loop.time())
        self._next_check = loop.call_later(self._limits.check_seconds, self._check_deadlines)

    async def stop(self) -> None:
        """Stop accepting connections, answer all open requests, and close all connections."""
        if self._server is None or self._next_check is None:
            return
        self._next_check.cancel()
        self._server.close()
        self._application.cancel_waiting()
        for connection in tuple(self._connections):
            connection.shutdown()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._wait_until_idle(), _GRACE_SECONDS)
        await asyncio.sleep(0)  # the last writes happen in the next iteration of the loop
        for connection in tuple(self._connections):
            connection.transport.abort()

    @property
    def _connections(self) -> set[Any]:
        return self._state.connections

    async def _wait_until_idle(self) -> None:
        while any(connection.busy for connection in self._connections):
            await asyncio.sleep(0.01)

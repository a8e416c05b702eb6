"""uvicorn's HTTP protocol on a listening socket: started, watched, and stopped cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import ssl
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.server import ServerState

from vim25_emulator.wire.connection import KEEP_ALIVE_SECONDS, Connection, Limits
from vim25_emulator.wire.http import HttpApplication

_GRACE_SECONDS: Final = 2.0  #: how long a reply that is being sent may take when the server stops


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
        self._sweeping: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Begin to accept connections."""
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
        self._server = await loop.create_server(connection, sock=self._bound, ssl=self._context)
        self._sweep()

    def _sweep(self) -> None:
        """Hang up on clients whose requests do not come to an end; look again soon."""
        loop = asyncio.get_running_loop()
        for connection in tuple(self._connections):
            connection.check_deadline(loop.time())
        self._sweeping = loop.call_later(self._limits.seconds / 4, self._sweep)

    async def stop(self) -> None:
        """Accept no more, let every open request have its answer, and hang up."""
        if self._server is None or self._sweeping is None:
            return
        self._sweeping.cancel()
        self._server.close()
        self._application.cancel_waiting()
        for connection in tuple(self._connections):
            connection.shutdown()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._answered(), _GRACE_SECONDS)
        await asyncio.sleep(0)  # what was written last leaves in the loop's next turn
        for connection in tuple(self._connections):
            connection.transport.abort()

    @property
    def _connections(self) -> set[Any]:
        return self._state.connections

    async def _answered(self) -> None:
        while any(connection.busy for connection in self._connections):
            await asyncio.sleep(0.01)

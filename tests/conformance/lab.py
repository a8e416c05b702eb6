"""An emulator that plays somebody's vCenter, and can do something at a chosen call."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from vim25_conformance.client import Endpoint, endpoint_of
from vim25_emulator import Emulator
from vim25_emulator.wire.http import Observer, Reply, Request


class Lab(Emulator):
    """An emulator that counts changing calls, and does something before one of them is answered."""

    calls = 0
    counted: tuple[str, ...] = ("_Task", "MarkAsTemplate")
    at: tuple[int, Callable[[], object]] = (0, lambda: None)

    def _observer(self, closing: contextlib.AsyncExitStack) -> Observer:
        return self._observe

    def _observe(self, request: Request, reply: Reply | None) -> None:
        if reply is not None and reply.call.endswith(self.counted):
            self.calls += 1
            if self.calls == self.at[0]:
                self.at[1]()

    @property
    def endpoint(self) -> Endpoint:
        """Its address and credentials for the suite."""
        return endpoint_of(self.url, username=self.user, password=self.password, ca_file=str(self.ca_file))

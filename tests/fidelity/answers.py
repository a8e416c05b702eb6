"""Collect the responses of all emulators in this process, for validation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import vim25_emulator.server
from vim25_emulator.wire.http import HttpApplication, Observer, Reply, Request, Routes, Transfer

Exchange = tuple[Request, Reply]


@contextmanager
def answers() -> Iterator[list[Exchange]]:
    """Collect the exchanges of emulators that start inside the block, in addition to their own observers."""
    seen: list[Exchange] = []

    class Observed(HttpApplication):
        def __init__(
            self, routes: Routes, body_bytes: int, observer: Observer | None, transfer: Transfer
        ) -> None:
            def observe(request: Request, reply: Reply | None) -> None:
                if reply is not None:
                    seen.append((request, reply))
                if observer is not None:
                    observer(request, reply)

            super().__init__(routes, body_bytes, observe, transfer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vim25_emulator.server, "HttpApplication", Observed)
        yield seen


def asked_as(request: Request, version: str) -> bool:
    """Whether a request is of this version of vim25."""
    return request.header(b"soapaction").strip('" ') == f"urn:vim25/{version}"

"""The header with the id of a session: that of the JSON binding and of the Automation API."""

from __future__ import annotations

from typing import Final

from vim25_emulator.vcenter.session import Session, Sessions
from vim25_emulator.wire.http import Request

SESSION_HEADER: Final = b"vmware-api-session-id"  #: scripts search for it in lower case [observed: scripts]


def session_of(request: Request, sessions: Sessions) -> Session | None:
    """Return the session that a request's header names; None if it does not exist."""
    return sessions.find(request.header(SESSION_HEADER).strip())  # the parser keeps spaces behind a value

"""Sessions: who is logged in, by which cookie, and what ends with the session.

The cookie's value is not the session's key, which clients can read in UserSession.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest

from emulator.inventory.clock import Clock
from emulator.vmodl.value import DataObject, MethodFault


@dataclass
class Session:
    """A login: its cookie, user and times, and what must be undone when it ends."""

    cookie: str
    opened: DataObject
    user: str
    last_active: datetime
    calls: int = 0
    endings: list[Callable[[], None]] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The session's key, as UserSession shows it."""
        return str(self.opened.key)

    @property
    def info(self) -> DataObject:
        """The UserSession as it stands now."""
        return self.opened.replace(lastActiveTime=self.last_active, callCount=self.calls)

    def at_end(self, ending: Callable[[], None]) -> None:
        """Call `ending` when the session ends."""
        self.endings.append(ending)


@dataclass
class Client:
    """The one who calls, as the transport sees it: address, User-Agent, and the session it speaks in.

    Login sets `session` and Logout clears it; the transport tells the client by the cookie.
    """

    address: str = "127.0.0.1"
    agent: str = ""
    session: Session | None = None


class Sessions:
    """The open sessions of one vCenter, by cookie."""

    def __init__(self, clock: Clock, passwords: dict[str, str]) -> None:
        self._clock = clock
        self._passwords = passwords
        self._by_cookie: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(self._by_cookie.values())

    def new_cookie(self) -> str:
        """Return a cookie value that names no session: 40 hexadecimal digits."""
        return secrets.token_hex(20)

    def login(self, user: str, password: str, client: Client, locale: str | None = None) -> Session:
        """Open a session; raise InvalidLogin for an unknown user or a wrong password alike."""
        expected = self._passwords.get(user)
        if expected is None or not compare_digest(expected.encode(), password.encode()):
            raise MethodFault("InvalidLogin")
        now = self._clock.now()
        info = DataObject(
            "UserSession",
            key=str(uuid.uuid4()),
            userName=user,
            fullName=user,
            loginTime=now,
            lastActiveTime=now,
            locale=locale or "en",
            messageLocale=locale or "en",
            extensionSession=False,
            ipAddress=client.address,
            userAgent=client.agent,
            callCount=0,
        )
        session = Session(self.new_cookie(), info, user, now)
        self._by_cookie[session.cookie] = session
        return session

    def find(self, cookie: str | None) -> Session | None:
        """Return the session that a cookie names, or None."""
        return self._by_cookie.get(cookie) if cookie else None

    def touch(self, session: Session) -> None:
        """Note that the session was used just now."""
        session.last_active = self._clock.now()
        session.calls += 1

    def end(self, session: Session) -> None:
        """Close a session and undo what hangs on it."""
        if self._by_cookie.pop(session.cookie, None) is not None:
            for ending in reversed(session.endings):
                ending()

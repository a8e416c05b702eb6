"""Sessions: their users, cookies and cleanup.

The cookie's value is not the session's key, which clients can read in UserSession. An idle session expires; a
session with a waiting call is not idle. Expiry is checked when sessions are looked up, so an idle vCenter
does nothing.
"""

from __future__ import annotations

import secrets
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from vim25_emulator.inventory.clock import Clock
from vim25_emulator.vcenter.principal import full_name
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

IDLE_SECONDS: Final = 1800.0  #: idle time after which a session expires [derived]
MOST_SESSIONS: Final = 1000  #: maximum number of open sessions [derived]
MOST_BYTES: Final = 512 << 20  #: maximum size of everything that sessions have open [derived]
MOST_TICKETS: Final = 100  #: maximum number of valid clone tickets of a session [derived]
LONGEST_LOCALE: Final = 35  #: characters of the longest language tag, by RFC 5646

#: Form of a cookie's value → generator [observed: recordings of several releases].
_COOKIES: Final[dict[str, Callable[[], str]]] = {
    "uuid": lambda: str(uuid.uuid4()),
    "hex": lambda: secrets.token_hex(20),
}


@dataclass
class SessionUsage:
    """The bytes that all sessions together use for what they have open, about: clients decide how many."""

    most: int = MOST_BYTES
    used: int = 0

    def take(self, size: int) -> None:
        """Use bytes; raise RestrictedByAdministrator if they are too many [derived]."""
        if self.used + size > self.most:
            details = f"sessions may use {self.most} bytes for filters, collectors, views and retrievals"
            raise MethodFault("RestrictedByAdministrator", details=details)
        self.used += size


@dataclass
class Session:
    """A login: its cookie, user, times, clone tickets, and cleanup functions.

    `used` is the monotonic time of the last use, `waiting` the number of waiting calls, `objects` the bytes
    of its open filters, collectors and views, by object.
    """

    cookie: str
    opened: DataObject
    user: str
    last_active: datetime
    used: float
    calls: int = 0
    waiting: int = 0
    usage: SessionUsage = field(default_factory=SessionUsage)
    objects: dict[MoRef, int] = field(default_factory=dict)
    tickets: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_TICKETS))
    endings: dict[object, Callable[[], None]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The session's key, as UserSession shows it."""
        return str(self.opened.key)

    @property
    def info(self) -> DataObject:
        """The current UserSession."""
        return self.opened.replace(lastActiveTime=self.last_active, callCount=self.calls)

    def at_end(self, ending: Callable[[], None]) -> Callable[[], None]:
        """Call `ending` when the session ends; return a function that cancels it."""
        token = object()
        self.endings[token] = ending

        def cancel() -> None:
            self.endings.pop(token, None)

        return cancel

    def new_ticket(self) -> str:
        """Return a ticket that opens one more session of this user while this session is open.

        It voids the oldest of too many tickets [derived].
        """
        ticket = f"cst-VCT-{uuid.uuid4()}"
        self.tickets.append(ticket)
        return ticket

    def become(self, user: str, locale: str | None) -> None:
        """Make this the session of another user."""
        language = require_locale(locale) or self.opened.locale
        self.user = user
        self.opened = self.opened.replace(
            userName=user, fullName=full_name(user), locale=language, messageLocale=language
        )


@dataclass
class Client:
    """The caller, as the transport sees it: address, User-Agent and current session.

    Login sets `session` and Logout clears it; the transport then sets or expires the cookie.
    """

    address: str = "127.0.0.1"
    agent: str = ""
    session: Session | None = None


def require_locale(locale: str | None) -> str | None:
    """Return a locale; raise InvalidLocale for one that is longer than any."""
    if locale is not None and len(locale) > LONGEST_LOCALE:
        raise MethodFault("InvalidLocale")
    return locale


class Sessions:
    """The open sessions of one vCenter, by cookie."""

    def __init__(
        self,
        clock: Clock,
        *,
        idle_seconds: float = IDLE_SECONDS,
        most: int = MOST_SESSIONS,
        cookie_form: str = "hex",
    ) -> None:
        self._clock = clock
        self.new_cookie = _COOKIES[cookie_form]  #: generates an unused cookie value
        self._idle_seconds = idle_seconds
        self._most = most
        self._by_cookie: dict[str, Session] = {}
        self.usage = SessionUsage()

    def __iter__(self) -> Iterator[Session]:
        """Yield the open sessions, oldest first; end expired ones."""
        for session in tuple(self._by_cookie.values()):
            if self._in_use(session):
                yield session

    def with_key(self, key: str) -> Session | None:
        """Return the open session with this key; None if it does not exist."""
        return next((session for session in self if session.key == key), None)

    def open(self, user: str, client: Client, locale: str | None = None) -> Session:
        """Open a session for a user.

        Raise InvalidLocale; RestrictedByAdministrator if too many are open [derived].
        """
        if sum(1 for _ in self) >= self._most:
            raise MethodFault("RestrictedByAdministrator", details=f"at most {self._most} sessions")
        now, language = self._clock.now(), require_locale(locale) or "en"
        info = DataObject(
            "UserSession",
            key=str(uuid.uuid4()),
            userName=user,
            fullName=full_name(user),
            loginTime=now,
            lastActiveTime=now,
            locale=language,
            messageLocale=language,
            extensionSession=False,
            ipAddress=client.address,
            userAgent=client.agent,
            callCount=0,
        )
        cookie, used = self.new_cookie(), self._clock.monotonic()
        session = Session(cookie, info, user, now, used, usage=self.usage)
        self._by_cookie[session.cookie] = session
        return session

    def clone(self, ticket: str, client: Client) -> Session:
        """Open a session like the one that issued the ticket, and void the ticket; raise InvalidLogin."""
        origin = next((session for session in self if ticket in session.tickets), None)
        if origin is None:
            raise MethodFault("InvalidLogin")
        opened = self.open(origin.user, client, origin.opened.locale)
        origin.tickets.remove(ticket)
        return opened

    def find(self, cookie: str | None) -> Session | None:
        """Return the session of a cookie; None if it does not exist."""
        session = self._by_cookie.get(cookie) if cookie else None
        return session if session is not None and self._in_use(session) else None

    def _in_use(self, session: Session) -> bool:
        """Return whether a session is still open; end it if it has expired."""
        if session.waiting or self._clock.monotonic() - session.used < self._idle_seconds:
            return True
        self.end(session)
        return False

    def touch(self, session: Session) -> None:
        """Record that the session was used now."""
        session.used = self._clock.monotonic()

    def count(self, session: Session) -> None:
        """Count a call, after it ran: a call never counts itself [observed: recordings]."""
        session.last_active = self._clock.now()
        session.calls += 1

    async def waiting_in(self, session: Session, call: Awaitable[Any]) -> Any:
        """Await a call; the session does not expire meanwhile."""
        session.waiting += 1
        try:
            return await call
        finally:
            session.waiting -= 1
            session.used = self._clock.monotonic()

    def end(self, session: Session) -> None:
        """Close a session and run its cleanup functions."""
        if self._by_cookie.pop(session.cookie, None) is not None:
            while session.endings:
                session.endings.popitem()[1]()

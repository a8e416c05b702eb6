"""Sessions of VI/JSON: an id in a header, from Login or from /api/session."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from vim25_conformance.binding import FIRST_JSON, JSON, SESSION_HEADER, SOAP
from vim25_conformance.case import case
from vim25_conformance.cases.json_address import TIME
from vim25_conformance.cases.json_answer import content, latest
from vim25_conformance.expectation import derived, documented, observed
from vim25_conformance.matcher import Is, fault
from vim25_conformance.outcome import Ref

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

NOT_AUTHENTICATED: Final = fault("NotAuthenticated")
SESSIONS: Final = "/api/session"
DIGITS: Final = frozenset("0123456789abcdef")


def _carrying(session: str | None) -> dict[str, str]:
    return {SESSION_HEADER: session or "none"}


def _is_id(text: Any) -> bool:
    return isinstance(text, str) and len(text) == 40 and set(text) <= DIGITS


@case(
    "WIRE.JSON.060",
    "Login answers with the session's id in a header, unlike the key in the body",
    ["json.session"],
    documented("login.wire.status", Is(200)),
    documented("facts.an id", Is(True)),
    documented("facts.the key", Is(False)),
    documented("facts.later ones", Is(False)),
    binding=JSON,
    since=FIRST_JSON,
)
def _login(drive: Driver) -> None:
    drive.call("logout", drive.content.sessionManager, "Logout")
    user = drive.client.endpoint
    drive.call("login", drive.content.sessionManager, "Login", user.username, user.password, None, brief=True)
    session = latest(drive).headers.get(SESSION_HEADER)
    drive.note("an id", _is_id(session))
    drive.note("the key", session == (content(latest(drive)) or {}).get("key"))
    drive.call("time", drive.service_instance, "CurrentTime")
    drive.note("later ones", SESSION_HEADER in latest(drive).headers)


@case(
    "WIRE.JSON.061",
    "a failed Login has no header",
    ["json.session"],
    observed("login.failure", fault("InvalidLogin")),
    derived("facts.header", Is(False)),
    binding=JSON,
    since=FIRST_JSON,
)
def _failed_login(drive: Driver) -> None:
    drive.call(
        "login", drive.content.sessionManager, "Login", "nobody@vsphere.local", "not the password", None
    )
    drive.note("header", SESSION_HEADER in latest(drive).headers)


@case(
    "WIRE.JSON.062",
    "without a session, with one that is made up, and with one that has ended: 500 and NotAuthenticated",
    ["json.session", "session.not-authenticated"],
    observed("without.wire.status", Is(500)),
    observed("without.failure", NOT_AUTHENTICATED),
    observed("made up.failure", NOT_AUTHENTICATED),
    documented("ended.failure", NOT_AUTHENTICATED),
    derived("property.failure", fault("NotAuthenticated", object=Is(Ref("Folder", "root")))),
    binding=JSON,
    since=FIRST_JSON,
)
def _no_session(drive: Driver) -> None:
    drive.request("without", "POST", TIME, headers={})
    drive.request("made up", "POST", TIME, headers=_carrying("0" * 40))
    with drive.another_session() as other:
        ended = other.stub.sessionId
    drive.request("ended", "POST", TIME, headers=_carrying(ended))
    drive.request("property", "GET", f"Folder/{drive.content.rootFolder._moId}/name", headers={})


@case(
    "WIRE.JSON.063",
    "the cookie of a SOAP session opens nothing; its value in the header does",
    ["json.cookie"],
    documented("cookie.failure", NOT_AUTHENTICATED),
    derived("header.reply.kind", Is("returned")),
    binding=JSON,
    since=FIRST_JSON,
)
def _soap_session(drive: Driver) -> None:
    with drive.another_session(SOAP) as soap:
        drive.request("cookie", "POST", TIME, headers={"Cookie": soap.stub.cookie})
        drive.request("header", "POST", TIME, headers=_carrying(soap.stub.sessionId))


def _basic(drive: Driver, password: str) -> dict[str, str]:
    pair = f"{drive.client.endpoint.username}:{password}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


@case(
    "WIRE.JSON.064",
    "a session of /api/session is one of VI/JSON",
    ["json.automation-session"],
    observed("create.reply.kind", Is("returned")),
    observed("facts.an id", Is(True)),
    observed("use.wire.status", Is(200)),
    observed("read.reply.kind", Is("returned")),
    observed("delete.reply.kind", Is("returned")),
    documented("ended.failure", NOT_AUTHENTICATED),
    binding=JSON,
    since=FIRST_JSON,
)
def _automation_session(drive: Driver) -> None:
    created = drive.request("create", "POST", SESSIONS, headers=_basic(drive, drive.client.endpoint.password))
    session = content(created)
    drive.note("an id", isinstance(session, str))
    drive.request("use", "POST", TIME, headers=_carrying(session))
    drive.request("read", "GET", SESSIONS, headers=_carrying(session))
    drive.request("delete", "DELETE", SESSIONS, headers=_carrying(session))
    drive.request("ended", "POST", TIME, headers=_carrying(session))


@case(
    "WIRE.JSON.065",
    "a wrong password at /api/session is 401",
    ["json.automation-session"],
    observed("create.wire.status", Is(401)),
    derived("facts.header", Is(False)),
    binding=JSON,
    since=FIRST_JSON,
)
def _wrong_password(drive: Driver) -> None:
    refused = drive.request("create", "POST", SESSIONS, headers=_basic(drive, "not the password"))
    drive.note("header", SESSION_HEADER in refused.headers)

"""What the vSphere Automation API has to do with vim25: sessions, and the negotiation of a release.

Most scripts log in at /api/session, and use the id for the JSON binding. The session is one like any other:
the checks, faults and events are those of Login and Logout. Statuses, members and error types are documented;
the ids of messages, and the 404 of a path that does not exist [observed: pastes of 7.0.2 to 9.1.1].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import parse_qs

import msgspec

from vim25_emulator.vcenter.principal import qualified_name
from vim25_emulator.vcenter.session import Client, Session
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl.value import MethodFault
from vim25_emulator.wire.basic_login import call_session_manager, login
from vim25_emulator.wire.http import Headers, Reply, Request
from vim25_emulator.wire.session_header import session_of

SESSION_PATH: Final = "/api/session"

_JSON: Final[Headers] = [(b"content-type", b"application/json")]
_LONGEST: Final = 200  #: characters of a text with names of the client's
_CHALLENGE: Final = 'Basic realm="VAPI endpoint"'


class _Error(NamedTuple):
    """An error of the API: HTTP status, type, and the id and text of its message."""

    status: int
    type: str
    message_id: str
    text: str


_UNAUTHENTICATED: Final = _Error(
    401,
    "UNAUTHENTICATED",
    "com.vmware.vapi.endpoint.method.authentication.required",
    "Valid credentials or the id of an open session are required.",
)
_UNAVAILABLE: Final = _Error(
    503,
    "SERVICE_UNAVAILABLE",
    "com.vmware.vapi.endpoint.cis.ServiceUnavailable",
    "The session cannot be created or ended now.",
)
_NOT_FOUND: Final = _Error(
    404, "NOT_FOUND", "com.vmware.vapi.rest.httpNotFound", "No operation has this method, path and action."
)
_INVALID: Final = _Error(400, "INVALID_ARGUMENT", "com.vmware.vapi.rest.invalidArgument", "")  # id [derived]

#: Fault → error. Why a login failed is not disclosed [documented], so a missing permission looks the same.
_ERRORS: Final = {
    "InvalidLogin": _UNAUTHENTICATED,
    "NoPermission": _UNAUTHENTICATED,
    "NotAuthenticated": _UNAUTHENTICATED,
}


class _Hello(msgspec.Struct, forbid_unknown_fields=True):
    """The releases that a client knows, most wanted first; limits [documented]."""

    api_releases: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=64)]], msgspec.Meta(min_length=1, max_length=128)
    ]


def automation_api(vcenter: VCenter, request: Request) -> Reply:
    """Return the reply to a request below /api. It must be called on the vCenter's loop."""
    action = parse_qs(request.query).get("action", [""])[0]
    method = "GET" if request.method == "HEAD" else request.method
    operation = _OPERATIONS.get((method, request.path.rstrip("/"), action))
    if operation is None:
        return _failure(_NOT_FOUND)
    try:
        return operation(vcenter, request)
    except MethodFault as fault:
        return _failure(_ERRORS.get(fault.data.type_.name, _UNAVAILABLE))


# Sessions


def _create_session(vcenter: VCenter, request: Request) -> Reply:
    return _json(201, login(vcenter, request).cookie)


def _session_info(vcenter: VCenter, request: Request) -> Reply:
    session = _session(vcenter, request)
    info = {
        "user": qualified_name(session.user),
        "created_time": _date_time(session.opened.loginTime),
        "last_accessed_time": _date_time(session.last_active),
    }
    vcenter.sessions.touch(session)
    return _json(200, info)


def _delete_session(vcenter: VCenter, request: Request) -> Reply:
    client = Client(request.client[0], request.header(b"user-agent"), _session(vcenter, request))
    call_session_manager(vcenter, "Logout", client)
    return Reply(204, b"", is_whole=True)


def _session(vcenter: VCenter, request: Request) -> Session:
    session = session_of(request, vcenter.sessions)
    if session is None:
        raise MethodFault("NotAuthenticated")
    return session


# The negotiation of a release


def _hello(vcenter: VCenter, request: Request) -> Reply:
    """Return the first release of the client's list that the server knows, empty for none."""
    if not vcenter.release.hello:
        return _failure(_NOT_FOUND)
    try:
        hello = msgspec.json.decode(request.body, type=_Hello)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _failure(_INVALID._replace(text=f"{error!s:.{_LONGEST}}"))
    known = (name for name in hello.api_releases if vcenter.release.json_release(name) is not None)
    return _json(200, {"api_release": next(known, "")})


Operation = Callable[[VCenter, Request], Reply]

_SYSTEM_PATH: Final = "/api/vcenter/system"

#: Method, path and action → operation.
_OPERATIONS: Final[Mapping[tuple[str, str, str], Operation]] = {
    ("POST", SESSION_PATH, ""): _create_session,
    ("GET", SESSION_PATH, ""): _session_info,
    ("DELETE", SESSION_PATH, ""): _delete_session,
    ("POST", _SYSTEM_PATH, "hello"): _hello,
}


# Replies


def _json(status: int, content: Any) -> Reply:
    return Reply(status, msgspec.json.encode(content), list(_JSON), is_whole=True)


def _failure(error: _Error) -> Reply:
    message = {"args": [], "default_message": error.text, "id": error.message_id}
    content = {"error_type": error.type, "messages": [message]}
    if error is not _UNAUTHENTICATED:
        return _json(error.status, content)
    reply = _json(error.status, {**content, "challenge": _CHALLENGE})
    reply.headers.append((b"www-authenticate", _CHALLENGE.encode()))
    return reply


def _date_time(when: datetime) -> str:
    return when.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""SessionManager: logging in and out."""

from __future__ import annotations

from emulator.inventory.store import ManagedObject
from emulator.vcenter.operation import Call, operation
from emulator.vcenter.session import Session
from emulator.vmodl.value import DataObject, MethodFault


@operation("SessionManager", "Login")
def login(
    call: Call, manager: ManagedObject, userName: str, password: str, locale: str | None = None
) -> DataObject:
    """Open a session for a user. A client that has one already is told InvalidState on a real server too."""
    if call.session is not None:
        raise MethodFault("InvalidState")
    session = call.vcenter.sessions.login(userName, password, call.client, locale)
    call.client.session = session
    call.vcenter.events.post(
        "UserLoginSessionEvent",
        user=userName,
        ipAddress=call.client.address,
        userAgent=call.client.agent,
        locale=session.info.locale,
        sessionId=session.key,
    )
    return session.info


@operation("SessionManager", "Logout")
def logout(call: Call, manager: ManagedObject) -> None:
    """End the caller's session, with the views, collectors and filters that hang on it."""
    session = _session_of(call)
    call.client.session = None
    call.vcenter.sessions.end(session)
    call.vcenter.events.post(
        "UserLogoutSessionEvent",
        user=session.user,
        ipAddress=call.client.address,
        userAgent=call.client.agent,
        callCount=session.calls,
        sessionId=session.key,
        loginTime=session.info.loginTime,
    )


@operation("SessionManager", "SessionIsActive")
def session_is_active(call: Call, manager: ManagedObject, sessionID: str, userName: str) -> bool:
    """Return whether a session with this key is open for this user."""
    return any(open_.key == sessionID and open_.user == userName for open_ in call.vcenter.sessions)


@operation("SessionManager", "SetLocale")
def set_locale(call: Call, manager: ManagedObject, locale: str) -> None:
    """Set the session's locale. Texts stay English, as on a server without that language's pack."""
    session = _session_of(call)
    session.opened = session.opened.replace(locale=locale)


def _session_of(call: Call) -> Session:
    if call.session is None:
        raise RuntimeError("dispatch lets nobody in without a session")
    return call.session

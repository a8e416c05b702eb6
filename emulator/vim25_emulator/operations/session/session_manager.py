"""SessionManager: logging in and out, and looking after the sessions of others.

Nothing here can check a SAML token, a client certificate or a Kerberos ticket, so the logins that bring one
are refused as if it were wrong.
"""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vcenter.session import Session
from vim25_emulator.vmodl.value import DataObject, MethodFault


@computed_property("SessionManager", "currentSession")
def current_session(call: Call, manager: ManagedObject) -> DataObject | None:
    """Return the caller's own session, nothing to one who has none."""
    return call.session.info if call.session is not None else None


@computed_property("SessionManager", "sessionList")
def session_list(call: Call, manager: ManagedObject) -> tuple[DataObject, ...]:
    """Return the open sessions."""
    return tuple(session.info for session in call.vcenter.sessions)


# Logging in


@operation("SessionManager", "Login")
def login(
    call: Call, manager: ManagedObject, userName: str, password: str, locale: str | None = None
) -> DataObject:
    """Open a session for a user. A client that has one already is told InvalidState [derived].

    Raises InvalidLogin, NoPermission for a user whom no permission lets see anything, and LimitExceeded when
    too many sessions are open [both derived].
    """
    _refuse_second_session(call)
    authorization = call.vcenter.authorization
    user = authorization.directory.authenticated(userName, password)
    if user is None:
        call.vcenter.events.post("BadUsernameSessionEvent", user=userName, ipAddress=call.client.address)
        raise MethodFault("InvalidLogin")
    if not authorization.rights(user).anything:
        call.vcenter.events.post("NoAccessUserEvent", user=user, ipAddress=call.client.address)
        authorization.require(user, call.vcenter.root_folder, "System.View")
    return _begun(call, call.vcenter.sessions.open(user, call.client, locale))


@operation("SessionManager", "CloneSession")
def clone_session(call: Call, manager: ManagedObject, cloneTicket: str) -> DataObject:
    """Open a session of the user who acquired the ticket; raise InvalidLogin for one that is not good."""
    _refuse_second_session(call)
    return _begun(call, call.vcenter.sessions.clone(cloneTicket, call.client))


@operation("SessionManager", "AcquireCloneTicket")
def acquire_clone_ticket(call: Call, manager: ManagedObject) -> str:
    """Return a ticket for one other session. It is good once, and as long as this session is open."""
    return _session_of(call).new_ticket()


@operation("SessionManager", "ImpersonateUser")
def impersonate_user(
    call: Call, manager: ManagedObject, userName: str, locale: str | None = None
) -> DataObject:
    """Let the caller's session be that of another user, who must have one open: InvalidLogin if not."""
    user = call.vcenter.authorization.directory.find(userName)
    if not any(session.user == user for session in call.vcenter.sessions):
        raise MethodFault("InvalidLogin")
    session = _session_of(call)
    session.become(str(user), locale)
    return session.info


@operation("SessionManager", "LoginByToken")
def login_by_token(call: Call, manager: ManagedObject, locale: str | None = None) -> DataObject:
    """Refuse: no token can be verified here."""
    raise MethodFault("InvalidLogin")


@operation("SessionManager", "LoginBySSPI")
def login_by_sspi(
    call: Call, manager: ManagedObject, base64Token: str, locale: str | None = None
) -> DataObject:
    """Refuse: no Kerberos ticket can be verified here."""
    raise MethodFault("InvalidLogin")


@operation("SessionManager", "LoginExtensionBySubjectName")
@operation("SessionManager", "LoginExtensionByCertificate")
def login_extension(
    call: Call, manager: ManagedObject, extensionKey: str, locale: str | None = None
) -> DataObject:
    """Refuse: clients are never asked for a certificate."""
    raise MethodFault("NoClientCertificate")


def _refuse_second_session(call: Call) -> None:
    if call.session is not None:
        call.vcenter.events.post("AlreadyAuthenticatedSessionEvent", user=call.user)
        raise MethodFault("InvalidState")


def _begun(call: Call, session: Session) -> DataObject:
    """Tell everybody of a new session, and of its end when that comes; return its UserSession."""
    call.client.session = session
    call.vcenter.events.post(
        "UserLoginSessionEvent",
        user=session.user,
        ipAddress=call.client.address,
        userAgent=call.client.agent,
        locale=session.info.locale,
        sessionId=session.key,
    )
    session.at_end(lambda: _tell_end(call, session))
    return session.info


def _tell_end(call: Call, session: Session) -> None:
    call.vcenter.events.post(
        "UserLogoutSessionEvent",
        user=session.user,
        ipAddress=session.info.ipAddress,
        userAgent=session.info.userAgent,
        callCount=session.calls,
        sessionId=session.key,
        loginTime=session.info.loginTime,
    )


# Sessions that are open


@operation("SessionManager", "Logout")
def logout(call: Call, manager: ManagedObject) -> None:
    """End the caller's session, with the views, collectors and filters that hang on it."""
    session = _session_of(call)
    call.client.session = None
    call.vcenter.sessions.end(session)


@operation("SessionManager", "TerminateSession")
def terminate_session(call: Call, manager: ManagedObject, sessionId: tuple[str, ...]) -> None:
    """End other sessions, one after the other: those before a bad key stay ended [derived].

    Raises NotFound for a key that no session has, InvalidArgument for the caller's own [derived].
    """
    for key in sessionId:
        session = call.vcenter.sessions.with_key(key)
        if session is None:
            raise MethodFault("NotFound")
        if session is call.session:
            raise MethodFault("InvalidArgument", invalidProperty="sessionId")
        call.vcenter.sessions.end(session)
        call.vcenter.events.post(
            "SessionTerminatedEvent",
            user=call.user,
            sessionId=session.key,
            terminatedUsername=session.user,
        )


@operation("SessionManager", "SessionIsActive")
def session_is_active(call: Call, manager: ManagedObject, sessionID: str, userName: str) -> bool:
    """Return whether a session with this key is open for this user."""
    session = call.vcenter.sessions.with_key(sessionID)
    return session is not None and session.user == call.vcenter.authorization.directory.find(userName)


@operation("SessionManager", "SetLocale")
def set_locale(call: Call, manager: ManagedObject, locale: str) -> None:
    """Set the session's locale. Texts stay English, as on a server without that language's pack."""
    session = _session_of(call)
    session.opened = session.opened.replace(locale=locale)


@operation("SessionManager", "UpdateServiceMessage")
def update_service_message(call: Call, manager: ManagedObject, message: str) -> None:
    """Set the message that all who log in are shown."""
    manager.set("message", message)


def _session_of(call: Call) -> Session:
    if call.session is None:
        raise RuntimeError("dispatch lets nobody in without a session")
    return call.session

"""SessionManager: login, logout, and management of other sessions.

SAML tokens, client certificates and Kerberos tickets cannot be verified here, so logins with them are
refused as invalid.
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vcenter.session import Session, require_locale
from vim25_emulator.vmodl.value import DataObject, MethodFault


@computed_property("SessionManager", "currentSession")
def current_session(call: Call, manager: ManagedObject) -> DataObject | None:
    """Return the caller's session; unset without one."""
    return call.session.info if call.session is not None else None


@computed_property("SessionManager", "sessionList")
def session_list(call: Call, manager: ManagedObject) -> tuple[DataObject, ...]:
    """Return the open sessions."""
    return tuple(session.info for session in call.vcenter.sessions)


# Login

#: Characters of a wrong user name that its event shows; anybody can send any.
_LONGEST_NAME: Final = 256


@operation("SessionManager", "Login")
def login(
    call: Call, manager: ManagedObject, userName: str, password: str, locale: str | None = None
) -> DataObject:
    """Open a session for a user; raise InvalidLogin if the client has one [documented].

    Raises InvalidLogin, NoPermission for a user without any permission [derived], RestrictedByAdministrator
    if too many sessions are open [derived].
    """
    _refuse_second_session(call)
    authorization = call.vcenter.authorization
    user = authorization.directory.authenticated(userName, password)
    if user is None:
        name = userName[:_LONGEST_NAME]
        call.vcenter.events.post("BadUsernameSessionEvent", user=name, ipAddress=call.client.address)
        raise MethodFault("InvalidLogin")
    if not authorization.rights(user).anything:
        call.vcenter.events.post("NoAccessUserEvent", user=user, ipAddress=call.client.address)
        authorization.require(user, call.vcenter.root_folder, "System.View")
    return _announce(call, call.vcenter.sessions.open(user, call.client, locale))


@operation("SessionManager", "CloneSession")
def clone_session(call: Call, manager: ManagedObject, cloneTicket: str) -> DataObject:
    """Open a session of the user who acquired the ticket; raise InvalidLogin for an invalid ticket."""
    _refuse_second_session(call)
    return _announce(call, call.vcenter.sessions.clone(cloneTicket, call.client))


@operation("SessionManager", "AcquireCloneTicket")
def acquire_clone_ticket(call: Call, manager: ManagedObject) -> str:
    """Return a ticket for one more session, valid once and while this session is open."""
    return call.own_session.new_ticket()


@operation("SessionManager", "ImpersonateUser")
def impersonate_user(
    call: Call, manager: ManagedObject, userName: str, locale: str | None = None
) -> DataObject:
    """Make the caller's session that of another user; raise InvalidLogin unless they have one open."""
    user = call.vcenter.authorization.directory.find(userName)
    if not any(session.user == user for session in call.vcenter.sessions):
        raise MethodFault("InvalidLogin")
    session = call.own_session
    session.become(str(user), locale)
    return session.info


@operation("SessionManager", "LoginByToken")
def login_by_token(call: Call, manager: ManagedObject, locale: str | None = None) -> DataObject:
    """Raise InvalidLogin: tokens cannot be verified."""
    raise MethodFault("InvalidLogin")


@operation("SessionManager", "LoginBySSPI")
def login_by_sspi(
    call: Call, manager: ManagedObject, base64Token: str, locale: str | None = None
) -> DataObject:
    """Raise InvalidLogin: Kerberos tickets cannot be verified."""
    raise MethodFault("InvalidLogin")


@operation("SessionManager", "LoginExtensionBySubjectName")
@operation("SessionManager", "LoginExtensionByCertificate")
def login_extension(
    call: Call, manager: ManagedObject, extensionKey: str, locale: str | None = None
) -> DataObject:
    """Raise NoClientCertificate: TLS never requests one."""
    raise MethodFault("NoClientCertificate")


def _refuse_second_session(call: Call) -> None:
    if call.session is not None:
        call.vcenter.events.post("AlreadyAuthenticatedSessionEvent", user=call.user)
        raise MethodFault("InvalidLogin")


def _announce(call: Call, session: Session) -> DataObject:
    """Post the events of a new session, at its end too; return its UserSession."""
    call.client.session = session
    call.vcenter.events.post(
        "UserLoginSessionEvent",
        user=session.user,
        ipAddress=call.client.address,
        userAgent=call.client.agent,
        locale=session.info.locale,
        sessionId=session.key,
    )
    session.at_end(lambda: _post_logout(call, session))
    return session.info


def _post_logout(call: Call, session: Session) -> None:
    call.vcenter.events.post(
        "UserLogoutSessionEvent",
        user=session.user,
        ipAddress=session.info.ipAddress,
        userAgent=session.info.userAgent,
        callCount=session.calls,
        sessionId=session.key,
        loginTime=session.info.loginTime,
    )


# Open sessions


@operation("SessionManager", "Logout")
def logout(call: Call, manager: ManagedObject) -> None:
    """End the caller's session with its views, collectors and filters."""
    session = call.own_session
    call.client.session = None
    call.vcenter.sessions.end(session)


@operation("SessionManager", "TerminateSession")
def terminate_session(call: Call, manager: ManagedObject, sessionId: tuple[str, ...]) -> None:
    """End other sessions in order; those before an unknown key stay ended [derived].

    Raises NotFound for an unknown key, InvalidArgument for the caller's own [derived].
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
    """Set the session's locale; texts stay English, as on a server without the language pack.

    Raises InvalidLocale for one that is longer than any.
    """
    session = call.own_session
    session.opened = session.opened.replace(locale=require_locale(locale))


@operation("SessionManager", "UpdateServiceMessage")
def update_service_message(call: Call, manager: ManagedObject, message: str) -> None:
    """Set the message shown at login."""
    manager.set("message", message)

"""Sessions: in, out, and what can be had without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.case import case
from conformance.expectation import documented, observed
from conformance.matcher import Absent, Is, Present, data, fault
from conformance.outcome import Ref

if TYPE_CHECKING:
    from conformance.driver import Driver

NOT_AUTHENTICATED = fault("NotAuthenticated")
ROOT = Ref("Folder", "root")


@case(
    "SESSION.001",
    "wrong credentials are InvalidLogin",
    ["session.login"],
    documented("login.failure", fault("InvalidLogin", exactly=True)),
    observed("login.wire.status", Is(500)),
    observed("login.wire.faultcode", Is("ServerFaultCode")),
    observed("login.wire.detail", Is("InvalidLoginFault")),
)
def _wrong_password(drive: Driver) -> None:
    drive.call("logout", drive.content.sessionManager, "Logout")
    drive.call(
        "login", drive.content.sessionManager, "Login", "nobody@vsphere.local", "not the password", None
    )


@case(
    "SESSION.002",
    "service content and time without a session",
    ["session.anonymous"],
    observed("content.reply.value", data("ServiceContent", about=Present(), sessionManager=Present())),
    observed("time.reply.value", Is("<time>")),
)
def _anonymous(drive: Driver) -> None:
    drive.call("logout", drive.content.sessionManager, "Logout")
    drive.call("content", drive.service_instance, "RetrieveServiceContent", brief=True)
    drive.call("time", drive.service_instance, "CurrentTime")


@case(
    "SESSION.003",
    "a method that needs a session is NotAuthenticated without one",
    ["session.not-authenticated"],
    observed("view.failure", NOT_AUTHENTICATED),
    observed("view.failure", fault("NotAuthenticated", object=Is(ROOT), privilegeId=Is("System.View"))),
    observed("view.wire.status", Is(500)),
    observed("view.wire.detail", Is("NotAuthenticatedFault")),
)
def _view_without_session(drive: Driver) -> None:
    drive.call("logout", drive.content.sessionManager, "Logout")
    drive.call("view", drive.content.viewManager, "CreateContainerView", drive.content.rootFolder, [], True)


@case(
    "SESSION.004",
    "Logout is void and ends the session",
    ["session.login"],
    documented("logout.reply.kind", Is("returned")),
    documented("logout.reply.value", Absent()),
    observed("again.failure", NOT_AUTHENTICATED),
)
def _logout(drive: Driver) -> None:
    drive.call("logout", drive.content.sessionManager, "Logout")
    drive.call("again", drive.content.sessionManager, "Logout")


@case(
    "SESSION.005",
    "the session manager knows the current session",
    ["session.login"],
    documented("session.reply.value", data("UserSession", userName=Present(), fullName=Present())),
)
def _current(drive: Driver) -> None:
    drive.read("session", drive.content.sessionManager, "currentSession", brief=True)

"""Sessions: login, logout, termination, and calls without a session."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from pyVmomi import VmomiSupport, vim, vmodl

from vim25_conformance.case import case
from vim25_conformance.expectation import derived, documented, observed
from vim25_conformance.matcher import Absent, Is, Present, data, fault
from vim25_conformance.outcome import Ref

if TYPE_CHECKING:
    from vim25_conformance.client import EndpointClient
    from vim25_conformance.driver import Driver

PC: Final = vmodl.query.PropertyCollector
NOT_AUTHENTICATED = fault("NotAuthenticated")
ROOT = Ref("Folder", "root")


@case(
    "SESSION.001",
    "wrong credentials are InvalidLogin",
    ["session.login"],
    documented("login.failure", fault("InvalidLogin", exactly=True)),
    observed("login.wire.status", Is(500)),
    observed("login.soap.faultcode", Is("ServerFaultCode")),
    observed("login.soap.detail", Is("InvalidLoginFault")),
)
def _wrong_password(drive: Driver) -> None:
    drive.call("logout", drive.content.sessionManager, "Logout")
    drive.call(
        "login", drive.content.sessionManager, "Login", "nobody@vsphere.local", "not the password", None
    )


@case(
    "SESSION.002",
    "without a session, service content can be read and the time cannot",
    ["session.anonymous", "session.not-authenticated"],
    observed("content.reply.value", data("ServiceContent", about=Present(), sessionManager=Present())),
    observed("time.failure", NOT_AUTHENTICATED),  # two clients use it as their keepalive
)
def _anonymous(drive: Driver) -> None:
    drive.call("logout", drive.content.sessionManager, "Logout")
    drive.call("content", drive.service_instance, "RetrieveServiceContent", brief=True)
    drive.call("time", drive.service_instance, "CurrentTime")


@case(
    "SESSION.003",
    "a method that requires a session is NotAuthenticated without one",
    ["session.not-authenticated"],
    observed("view.failure", NOT_AUTHENTICATED),
    observed("view.failure", fault("NotAuthenticated", object=Is(ROOT), privilegeId=Is("System.View"))),
    observed("view.wire.status", Is(500)),
    observed("view.soap.detail", Is("NotAuthenticatedFault")),
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
    "currentSession of the session manager",
    ["session.login"],
    documented("session.reply.value", data("UserSession", userName=Present(), fullName=Present())),
)
def _current(drive: Driver) -> None:
    drive.read("session", drive.content.sessionManager, "currentSession", brief=True)


def _filtered(client: EndpointClient) -> tuple[Any, str]:
    """Return a collector whose updates were all read, and its version."""
    collector = client.content.propertyCollector.CreatePropertyCollector()
    spec = PC.FilterSpec(
        objectSet=[PC.ObjectSpec(obj=client.content.rootFolder)],
        propSet=[PC.PropertySpec(type=vim.Folder, pathSet=["name"])],
    )
    collector.CreateFilter(spec, False)
    return collector, collector.WaitForUpdatesEx("", PC.WaitOptions(maxWaitSeconds=0)).version


def _fails(collector: Any, version: str) -> bool:
    """Whether a long poll without updates fails; the fault depends on which of two calls comes first."""
    try:
        collector.WaitForUpdatesEx(version, PC.WaitOptions(maxWaitSeconds=20))
    except vmodl.MethodFault:
        return True
    return False


@case(
    "SESSION.006",
    "a session that is terminated during a long poll",
    ["session.terminate", "session.not-authenticated"],
    documented("terminate.reply.kind", Is("returned")),
    derived("facts.the wait ends with a fault", Is(True)),
    since="4.1",
)
def _terminated(drive: Driver) -> None:
    with drive.another_session() as other, ThreadPoolExecutor(1) as pool:
        key = other.content.sessionManager.currentSession.key
        waiting = pool.submit(_fails, *_filtered(other))
        drive.call("terminate", drive.content.sessionManager, "TerminateSession", [key])
        drive.note("the wait ends with a fault", waiting.result())


@case(
    "SESSION.007",
    "terminating a session that does not exist is NotFound",
    ["session.terminate"],
    documented("terminate.failure", fault("NotFound")),
)
def _terminate_nobody(drive: Driver) -> None:
    drive.call("terminate", drive.content.sessionManager, "TerminateSession", ["no-such-session"])


@case(
    "SESSION.008",
    "a terminated session is NotAuthenticated",
    ["session.terminate", "session.not-authenticated"],
    documented("terminate.reply.kind", Is("returned")),
    observed("facts.afterwards", Is("NotAuthenticated")),
)
def _after_termination(drive: Driver) -> None:
    with drive.another_session() as other:
        key = other.content.sessionManager.currentSession.key
        drive.call("terminate", drive.content.sessionManager, "TerminateSession", [key])
        try:
            other.content.viewManager.CreateContainerView(other.content.rootFolder, [], True)
            drive.note("afterwards", "no fault")
        except vmodl.MethodFault as raised:
            drive.note("afterwards", VmomiSupport.GetWsdlName(type(raised)))

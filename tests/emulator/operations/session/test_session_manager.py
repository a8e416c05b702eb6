from __future__ import annotations

import threading
from typing import Any

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim, vmodl

from tests.emulator.lab import ADMINISTRATOR, Lab, stub
from tests.emulator.lab import lab as open_lab
from vim25_emulator import Emulator
from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.scenario import library

HALF_AN_HOUR = 1800


READER = "VSPHERE.LOCAL\\readonly"


def stranger(emulator: Emulator) -> Any:
    """Return the service instance of a client without a session."""
    return vim.ServiceInstance("ServiceInstance", stub(emulator, "vim.version.v8_0_2_0"))


def active(lab: Lab, session: vim.UserSession) -> bool:
    return bool(lab.content.sessionManager.SessionIsActive(sessionID=session.key, userName=session.userName))


# Logging in


def test_a_session_knows_its_user_and_is_active_until_logout(lab: Lab) -> None:
    other = lab.login(lab.emulator.username, lab.emulator.password)
    session = other.content.sessionManager.currentSession
    assert (session.userName, session.extensionSession) == (ADMINISTRATOR, False)
    assert session.key != lab.content.sessionManager.currentSession.key
    assert active(lab, session)
    Disconnect(other)
    assert not active(lab, session)
    assert lab.events("UserLoginSessionEvent", "UserLogoutSessionEvent") == [
        "UserLoginSessionEvent",
        "UserLoginSessionEvent",
        "UserLogoutSessionEvent",
    ]


@pytest.mark.parametrize(
    ("user", "password"), [("administrator@vsphere.local", "wrong"), ("nobody@vsphere.local", "vmware")]
)
def test_a_wrong_name_and_a_wrong_password_fail_alike(lab: Lab, user: str, password: str) -> None:
    with pytest.raises(vim.fault.InvalidLogin) as fault:
        lab.login(user, password)
    assert fault.value.msg == "Cannot complete login due to an incorrect user name or password."
    assert lab.events("BadUsernameSessionEvent") == ["BadUsernameSessionEvent"]


@pytest.mark.parametrize("written", ["vsphere.local\\administrator", "Administrator@VSPHERE.LOCAL"])
def test_a_user_is_known_in_either_spelling_and_any_case(lab: Lab, written: str) -> None:
    """Sessions, events and tasks show it in one way [observed: output of 8.0]."""
    other = lab.login(written, lab.emulator.password)
    session = other.content.sessionManager.currentSession
    assert (session.userName, session.fullName) == (ADMINISTRATOR, "Administrator vsphere.local")
    assert active(lab, session)
    task = vim.VirtualMachine(lab.vm("web01")._moId, other._stub).PowerOffVM_Task()
    assert task.info.reason.userName == ADMINISTRATOR
    lab.run(task)
    events = lab.content.eventManager.QueryEvents(vim.event.EventFilterSpec())
    assert {event.userName for event in events if event.userName} == {ADMINISTRATOR}
    Disconnect(other)


def test_a_client_with_a_session_cannot_log_in_again(lab: Lab) -> None:
    manager = lab.content.sessionManager
    with pytest.raises(vim.fault.InvalidLogin):  # [documented]
        manager.Login(lab.emulator.username, lab.emulator.password)
    assert lab.events("AlreadyAuthenticatedSessionEvent") == ["AlreadyAuthenticatedSessionEvent"]
    assert manager.currentSession is not None


def test_only_so_many_sessions_can_be_open() -> None:
    with open_lab(limited(most_sessions=2)) as lab:
        second = lab.login(lab.emulator.username, lab.emulator.password)
        with pytest.raises(vim.fault.RestrictedByAdministrator) as fault:
            lab.login(lab.emulator.username, lab.emulator.password)
        assert fault.value.details == "at most 2 sessions"
        Disconnect(second)
        Disconnect(lab.login(lab.emulator.username, lab.emulator.password))


def limited(**options: int) -> Any:
    scenario = library.load("default")
    return type(scenario)(
        **{
            **{name: getattr(scenario, name) for name in scenario.__struct_fields__},
            "options": type(scenario.options)(**options),
        }
    )


@pytest.mark.parametrize(
    ("log_in", "fault"),
    [
        (lambda sessions: sessions.LoginByToken(), vim.fault.InvalidLogin),
        (lambda sessions: sessions.LoginBySSPI("YII="), vim.fault.InvalidLogin),
        (lambda sessions: sessions.LoginExtensionByCertificate("com.example"), vim.fault.NoClientCertificate),
    ],
)
def test_what_cannot_be_verified_is_refused(lab: Lab, log_in: Any, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        log_in(stranger(lab.emulator).content.sessionManager)


# Without a session


def test_without_a_session_calls_are_not_authenticated(lab: Lab) -> None:
    vm = lab.vm("db01")
    lab.content.sessionManager.Logout()
    with pytest.raises(vim.fault.NotAuthenticated) as fault:
        vm.PowerOnVM_Task()
    assert fault.value.object == lab.content.rootFolder
    assert fault.value.privilegeId == "System.View"
    with pytest.raises(vim.fault.NotAuthenticated):
        lab.service.CurrentTime()
    lab.content.sessionManager.Login(lab.emulator.username, lab.emulator.password)


def test_without_a_session_properties_are_missing_and_the_tree_is_not_shown(lab: Lab) -> None:
    content = stranger(lab.emulator).RetrieveContent()
    query = vmodl.query.PropertyCollector
    below = query.TraversalSpec(type=vim.Folder, path="childEntity", skip=False)
    spec = query.FilterSpec(
        objectSet=[query.ObjectSpec(obj=content.rootFolder, selectSet=[below])],
        propSet=[query.PropertySpec(type=vim.ManagedEntity, pathSet=["name", "overallStatus"])],
    )
    (found,) = content.propertyCollector.RetrieveContents([spec])
    assert found.propSet == []
    assert {missing.path: type(missing.fault) for missing in found.missingSet} == {
        "name": vim.fault.NotAuthenticated,
        "overallStatus": vim.fault.NotAuthenticated,
    }


# Sessions of other users


def test_the_sessions_are_listed_for_those_who_may_end_them() -> None:
    with open_lab("restricted-user") as lab:
        reader = lab.login("readonly@vsphere.local", "vmware")
        listed = [session.userName for session in lab.content.sessionManager.sessionList]
        assert listed == [ADMINISTRATOR, READER]
        with pytest.raises(vim.fault.NoPermission) as fault:
            _ = reader.content.sessionManager.sessionList
        assert fault.value.privilegeId == "Sessions.TerminateSession"
        Disconnect(reader)


def test_a_terminated_session_is_over_and_takes_what_hangs_on_it_along(lab: Lab) -> None:
    other = lab.login(lab.emulator.username, lab.emulator.password)
    content = other.content
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    lab.content.sessionManager.TerminateSession([content.sessionManager.currentSession.key])
    with pytest.raises(vim.fault.NotAuthenticated):
        view.DestroyView()
    assert lab.emulator.call(lambda: len(list(lab.emulator.vcenter.inventory.of_type("ContainerView")))) == 0
    assert lab.events("SessionTerminatedEvent", "UserLogoutSessionEvent") == [
        "UserLogoutSessionEvent",
        "SessionTerminatedEvent",
    ]


def test_a_client_that_waits_is_told_when_its_session_is_terminated(lab: Lab) -> None:
    other = lab.login(lab.emulator.username, lab.emulator.password)
    content = other.content
    query = vmodl.query.PropertyCollector
    spec = query.FilterSpec(
        objectSet=[query.ObjectSpec(obj=content.rootFolder)],
        propSet=[query.PropertySpec(type=vim.Folder, pathSet=["name"])],
    )
    content.propertyCollector.CreateFilter(spec, partialUpdates=False)
    version = content.propertyCollector.WaitForUpdatesEx("").version
    key = content.sessionManager.currentSession.key
    told: list[BaseException] = []

    def wait() -> None:
        try:
            content.propertyCollector.WaitForUpdatesEx(version)
        except vmodl.MethodFault as fault:
            told.append(fault)

    waiting = threading.Thread(target=wait)
    waiting.start()
    sessions = lab.emulator.vcenter.sessions
    while lab.emulator.call(lambda: sessions.with_key(key).waiting) == 0:  # type: ignore[union-attr]  # it is open
        pass
    lab.content.sessionManager.TerminateSession([key])
    waiting.join(10)
    assert [type(fault) for fault in told] == [vmodl.fault.RequestCanceled]


def test_an_unknown_session_and_the_own_one_cannot_be_terminated(lab: Lab) -> None:
    manager = lab.content.sessionManager
    with pytest.raises(vim.fault.NotFound):
        manager.TerminateSession(["52000000-0000-0000-0000-000000000000"])
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        manager.TerminateSession([manager.currentSession.key])
    assert fault.value.invalidProperty == "sessionId"
    assert manager.currentSession is not None


def test_a_clone_ticket_opens_one_session_of_the_same_user(lab: Lab) -> None:
    ticket = lab.content.sessionManager.AcquireCloneTicket()
    clone = stranger(lab.emulator).content.sessionManager
    session = clone.CloneSession(ticket)
    assert session.userName == ADMINISTRATOR
    assert session.key != lab.content.sessionManager.currentSession.key
    assert clone.currentSession.key == session.key
    with pytest.raises(vim.fault.InvalidLogin):
        stranger(lab.emulator).content.sessionManager.CloneSession(ticket)


def test_a_clone_ticket_is_worth_nothing_when_its_session_is_over(lab: Lab) -> None:
    other = lab.login(lab.emulator.username, lab.emulator.password)
    ticket = other.content.sessionManager.AcquireCloneTicket()
    Disconnect(other)
    with pytest.raises(vim.fault.InvalidLogin):
        stranger(lab.emulator).content.sessionManager.CloneSession(ticket)


def test_who_impersonates_a_user_has_that_users_rights() -> None:
    with open_lab("restricted-user") as lab:
        admin = lab.login(lab.emulator.username, lab.emulator.password)
        manager, vm = admin.content.sessionManager, lab.vm("db01")
        with pytest.raises(vim.fault.InvalidLogin):
            manager.ImpersonateUser("readonly@vsphere.local")
        reader = lab.login("readonly@vsphere.local", "vmware")
        key = manager.currentSession.key
        session = manager.ImpersonateUser("readonly@vsphere.local")
        assert (session.userName, session.key) == (READER, key)
        with pytest.raises(vim.fault.NoPermission):
            vim.VirtualMachine(vm._moId, admin._stub).PowerOnVM_Task()
        Disconnect(reader)


def test_the_message_of_the_day_is_for_all(lab: Lab) -> None:
    lab.content.sessionManager.UpdateServiceMessage("Closed on Sunday")
    other = lab.login(lab.emulator.username, lab.emulator.password)
    assert other.content.sessionManager.message == "Closed on Sunday"
    Disconnect(other)


# Idle sessions


def test_an_unused_session_ends_after_a_while() -> None:
    with open_lab(clock=ManualClock()) as lab:
        other = lab.login(lab.emulator.username, lab.emulator.password)
        session = other.content.sessionManager.currentSession
        lab.emulator.advance(HALF_AN_HOUR - 1)
        assert active(lab, session)
        lab.emulator.advance(1)
        assert not active(lab, session)
        assert other.content.sessionManager.currentSession is None
        with pytest.raises(vim.fault.NotAuthenticated):
            other.content.sessionManager.SetLocale("en")


def test_the_time_until_an_unused_session_ends_can_be_set() -> None:
    with open_lab(limited(session_idle_seconds=60), clock=ManualClock()) as lab:
        lab.emulator.advance(59)
        assert lab.content.sessionManager.currentSession is not None
        lab.emulator.advance(60)
        assert lab.content.sessionManager.currentSession is None


def test_a_session_in_which_a_call_waits_is_in_use() -> None:
    with open_lab(clock=ManualClock()) as lab:
        collector = lab.content.propertyCollector
        answered = threading.Thread(
            target=collector.WaitForUpdatesEx,
            kwargs={"version": "", "options": vmodl.query.PropertyCollector.WaitOptions(maxWaitSeconds=7200)},
        )
        sessions = lab.emulator.vcenter.sessions

        def waiting() -> int:
            return sum(session.waiting for session in sessions)

        answered.start()
        while lab.emulator.call(waiting) == 0:
            pass
        lab.emulator.advance(3 * HALF_AN_HOUR)
        assert lab.emulator.call(waiting) == 1
        lab.emulator.advance(HALF_AN_HOUR)
        answered.join(10)
        lab.emulator.advance(HALF_AN_HOUR - 1)
        assert lab.content.sessionManager.currentSession is not None


# Rights


def test_a_user_without_the_privilege_is_told_what_is_missing() -> None:
    with open_lab("restricted-user") as lab:
        reader = lab.login("readonly@vsphere.local", "vmware")
        seen_by_admin = lab.vm("db01")
        vm = vim.VirtualMachine(seen_by_admin._moId, reader._stub)
        with pytest.raises(vim.fault.NoPermission) as fault:
            vm.CreateSecondaryVM_Task()
        Disconnect(reader)
        assert (fault.value.object, fault.value.privilegeId) == (
            vm,
            "VirtualMachine.Interact.CreateSecondary",
        )
        assert seen_by_admin.recentTask == []

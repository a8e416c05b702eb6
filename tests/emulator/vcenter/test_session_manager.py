from __future__ import annotations

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab


def test_a_session_knows_its_user_and_is_active_until_logout(lab: Lab) -> None:
    other = lab.login(lab.emulator.username, lab.emulator.password)
    session = other.content.sessionManager.currentSession
    assert (session.userName, session.extensionSession) == (lab.emulator.username, False)
    assert session.key != lab.content.sessionManager.currentSession.key
    assert active(lab, session)
    Disconnect(other)
    assert not active(lab, session)
    assert lab.events("UserLoginSessionEvent", "UserLogoutSessionEvent") == [
        "UserLoginSessionEvent",
        "UserLoginSessionEvent",
        "UserLogoutSessionEvent",
    ]


def active(lab: Lab, session: vim.UserSession) -> bool:
    return bool(lab.content.sessionManager.SessionIsActive(sessionID=session.key, userName=session.userName))


@pytest.mark.parametrize(
    ("user", "password"), [("administrator@vsphere.local", "wrong"), ("nobody@vsphere.local", "vmware")]
)
def test_a_wrong_name_and_a_wrong_password_fail_alike(lab: Lab, user: str, password: str) -> None:
    with pytest.raises(vim.fault.InvalidLogin) as fault:
        lab.login(user, password)
    assert fault.value.msg == "Cannot complete login due to an incorrect user name or password."


def test_without_a_session_calls_are_not_authenticated(lab: Lab) -> None:
    vm = lab.vm("db01")
    lab.content.sessionManager.Logout()
    with pytest.raises(vim.fault.NotAuthenticated) as fault:
        vm.PowerOnVM_Task()
    assert fault.value.object == lab.content.rootFolder
    assert fault.value.privilegeId == "System.View"
    assert lab.service.CurrentTime() is not None
    lab.content.sessionManager.Login(lab.emulator.username, lab.emulator.password)


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

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim, vmodl

from tests.emulator.lab import ADMINISTRATOR, Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.property_specs import one

READER = "readonly@vsphere.local"
ASKED = ["System.Read", "VirtualMachine.Interact.CreateSecondary"]


@pytest.fixture
def site() -> Iterator[Lab]:
    """Yield a vCenter with a second user, who has the role Read-only on everything."""
    with open_lab("restricted-user") as opened:
        yield opened


def granted(answer: vim.AuthorizationManager.EntityPrivilege) -> dict[str, bool]:
    return {each.privId: each.isGranted for each in answer.privAvailability}


def test_a_sessions_privileges_can_be_asked(site: Lab) -> None:
    manager, vm = site.content.authorizationManager, site.vm("db01")
    own = site.content.sessionManager.currentSession.key
    reader = site.login(READER, "vmware")
    other = reader.content.sessionManager.currentSession.key
    assert manager.HasPrivilegeOnEntity(vm, own, ASKED) == [True, True]
    assert manager.HasPrivilegeOnEntity(vm, other, ASKED) == [True, False]
    here, there = manager.HasPrivilegeOnEntities([vm, site.content.rootFolder], other, ASKED)
    assert (here.entity, there.entity) == (vm, site.content.rootFolder)
    assert granted(here) == granted(there) == dict(zip(ASKED, (True, False), strict=True))
    Disconnect(reader)
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        manager.HasPrivilegeOnEntity(vm, other, ASKED)
    assert fault.value.invalidProperty == "sessionId"


def test_a_users_privileges_can_be_asked(site: Lab) -> None:
    manager, vm = site.content.authorizationManager, site.vm("db01")
    (answer,) = manager.HasUserPrivilegeOnEntities([vm], READER, ASKED)
    assert granted(answer) == dict(zip(ASKED, (True, False), strict=True))
    (answer,) = manager.FetchUserPrivilegeOnEntities([vm], READER)
    assert (answer.entity, list(answer.privileges)) == (
        vm,
        ["System.Anonymous", "System.Read", "System.View"],
    )
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        manager.FetchUserPrivilegeOnEntities([vm], "nobody@vsphere.local")
    assert fault.value.invalidProperty == "userName"


def test_privileges_are_on_entities_only(lab: Lab) -> None:
    manager, vm = lab.content.authorizationManager, lab.vm("web01")
    with pytest.raises(vmodl.fault.InvalidArgument) as refused:
        manager.HasUserPrivilegeOnEntities([vm, manager], lab.emulator.username, ["System.View"])
    assert refused.value.invalidProperty == "entities"


def test_a_request_is_about_a_bounded_number_of_privileges(lab: Lab) -> None:
    manager, root, user = lab.content.authorizationManager, lab.content.rootFolder, lab.emulator.username
    own = lab.content.sessionManager.currentSession.key
    many = 800
    for ask in (
        lambda: manager.HasPrivilegeOnEntities([root] * many, own, ASKED[:1] * many),
        lambda: manager.HasUserPrivilegeOnEntities([root] * many, user, ASKED[:1] * many),
        lambda: manager.FetchUserPrivilegeOnEntities([root] * many, user),
    ):
        with pytest.raises(vim.fault.RestrictedByAdministrator):
            ask()
    assert len(manager.FetchUserPrivilegeOnEntities([root] * 100, user)) == 100


def test_a_computed_property_is_read_with_a_key_in_its_path(site: Lab) -> None:
    """A path may select one element of a computed array, and continue inside it."""
    manager, collector = site.content.sessionManager, site.content.propertyCollector
    known = f'sessionList["{manager.currentSession.key}"].userName'
    (content,) = collector.RetrieveContents([one(manager, known, 'sessionList["nobody"].userName')])
    assert [(each.name, each.val) for each in content.propSet] == [(known, ADMINISTRATOR)]

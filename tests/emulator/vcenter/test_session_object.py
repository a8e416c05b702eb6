"""What belongs to a session does not exist for any other session, even to one that knows its moId."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab

PC = vmodl.query.PropertyCollector
SESSION_ID = r"session\[[0-9a-f-]{36}\][0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def spec_of(root: Any, kind: type, *paths: str, missing: bool | None = None) -> Any:
    return PC.FilterSpec(
        objectSet=[PC.ObjectSpec(obj=root)],
        propSet=[PC.PropertySpec(type=kind, pathSet=list(paths))],
        reportMissingObjectsInResults=missing,
    )


#: Kind of object → how a session creates one of its own.
OWN: dict[str, Callable[[Any], Any]] = {
    "EventHistoryCollector": lambda content: content.eventManager.CreateCollectorForEvents(
        vim.event.EventFilterSpec()
    ),
    "TaskHistoryCollector": lambda content: content.taskManager.CreateCollectorForTasks(vim.TaskFilterSpec()),
    "PropertyCollector": lambda content: content.propertyCollector.CreatePropertyCollector(),
    "PropertyFilter": lambda content: content.propertyCollector.CreateFilter(
        spec_of(content.rootFolder, vim.Folder, "name"), False
    ),
    "ContainerView": lambda content: content.viewManager.CreateContainerView(content.rootFolder, [], True),
    "ListView": lambda content: content.viewManager.CreateListView([content.rootFolder]),
}

#: Kind of object → how it is used and destroyed.
USED: list[tuple[str, Callable[[Any], Any]]] = [
    ("EventHistoryCollector", lambda it: it.ReadNextEvents(1)),
    ("EventHistoryCollector", lambda it: it.RewindCollector()),
    ("EventHistoryCollector", lambda it: it.latestPage),
    ("EventHistoryCollector", lambda it: it.DestroyCollector()),
    ("TaskHistoryCollector", lambda it: it.ReadPreviousTasks(1)),
    ("TaskHistoryCollector", lambda it: it.filter),
    ("TaskHistoryCollector", lambda it: it.DestroyCollector()),
    ("PropertyCollector", lambda it: it.CheckForUpdates("")),
    ("PropertyCollector", lambda it: it.filter),
    ("PropertyCollector", lambda it: it.CreatePropertyCollector()),
    ("PropertyCollector", lambda it: it.DestroyPropertyCollector()),
    ("PropertyFilter", lambda it: it.spec),
    ("PropertyFilter", lambda it: it.DestroyPropertyFilter()),
    ("ContainerView", lambda it: it.view),
    ("ContainerView", lambda it: it.DestroyView()),
    ("ListView", lambda it: it.ResetListView([])),
    ("ListView", lambda it: it.DestroyView()),
]


@pytest.fixture
def other(lab: Lab) -> Iterator[Any]:
    """Yield a second session of the same user."""
    service = lab.login(lab.emulator.username, lab.emulator.password)
    yield service
    Disconnect(service)


def seen_by(service: Any, managed: Any) -> Any:
    return type(managed)(managed._moId, service._stub)


@pytest.mark.parametrize(("kind", "use"), USED)
def test_another_session_cannot_use_it(lab: Lab, other: Any, kind: str, use: Callable[[Any], Any]) -> None:
    own = OWN[kind](lab.content)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound) as caught:
        use(seen_by(other, own))
    assert caught.value.obj == own
    use(own)


@pytest.mark.parametrize("kind", OWN)
def test_its_id_cannot_be_guessed(lab: Lab, kind: str) -> None:
    assert re.fullmatch(SESSION_ID, OWN[kind](lab.content)._moId)


@pytest.mark.parametrize("kind", OWN)
def test_another_session_cannot_retrieve_it(lab: Lab, other: Any, kind: str) -> None:
    own = OWN[kind](lab.content)
    theirs = seen_by(other, own)
    collector = other.content.propertyCollector
    strict, lenient = (spec_of(theirs, type(own), missing=missing) for missing in (False, True))
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        collector.RetrieveContents([strict])
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        collector.CreateFilter(strict, False)
    assert collector.RetrieveContents([lenient]) == []
    collector.CreateFilter(lenient, False)
    (update,) = collector.CheckForUpdates("").filterSet
    assert [missing.obj for missing in update.missingSet] == [own]
    assert not update.objectSet
    assert [content.obj for content in lab.content.propertyCollector.RetrieveContents([strict])] == [own]


def test_another_session_cannot_pass_it_as_an_argument(lab: Lab, other: Any) -> None:
    view = seen_by(other, OWN["ListView"](lab.content))
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        other.content.viewManager.CreateListViewFromView(view)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        other.content.viewManager.CreateListView([view])


def test_the_key_in_the_login_event_lets_nobody_in(lab: Lab, other: Any) -> None:
    events = other.content.eventManager.QueryEvents(vim.event.EventFilterSpec())
    keys = {event.sessionId for event in events if isinstance(event, vim.event.UserLoginSessionEvent)}
    assert lab.content.sessionManager.currentSession.key in keys  # as on a real vCenter
    guessed = [
        f"session[{key}]{kind}{separator}{number}"
        for key in keys
        for kind in ("EventHistoryCollector", "TaskHistoryCollector")
        for separator in ("-", "")
        for number in range(3)
    ]
    OWN["EventHistoryCollector"](lab.content)
    for mo_id in guessed:
        with pytest.raises(vmodl.fault.ManagedObjectNotFound):
            vim.event.EventHistoryCollector(mo_id, other._stub).ReadNextEvents(1)


def test_another_sessions_object_does_not_resolve_in_a_list_view(lab: Lab, other: Any) -> None:
    own = OWN["EventHistoryCollector"](lab.content)
    view = other.content.viewManager.CreateListView()
    assert view.ModifyListView(add=[seen_by(other, own)]) == [own]
    assert view.ResetListView([seen_by(other, own)]) == [own]
    assert view.view == []


#: What a session opens many of, and how large: large specifications, wide selections, rests of answers.
OPENED: dict[str, Callable[[Any], Any]] = {
    "filter": lambda content: content.propertyCollector.CreateFilter(
        spec_of(content.rootFolder, vim.Folder, *(f'customValue["{"x" * 900}{n}"]' for n in range(1000))),
        False,
    ),
    "view": lambda content: content.viewManager.CreateContainerView(content.rootFolder, [], True),
    "rest": lambda content: content.propertyCollector.RetrievePropertiesEx(
        [spec_of(content.rootFolder, vim.Folder, "name"), spec_of(content.rootFolder, vim.Folder, "name")],
        PC.RetrieveOptions(maxObjects=1),
    ),
}


@pytest.mark.parametrize("kind", OPENED)
def test_what_sessions_have_open_is_bounded_in_bytes(lab: Lab, other: Any, kind: str) -> None:
    usage = lab.emulator.vcenter.sessions.usage
    before = usage.used
    OPENED[kind](other.content)
    assert usage.used > before
    usage.most = usage.used
    with pytest.raises(vim.fault.RestrictedByAdministrator):
        OPENED[kind](lab.content)
    other.content.sessionManager.Logout()
    assert usage.used == before
    OPENED[kind](lab.content)

"""Events and tasks of entities that a user may not see are not shown, wherever there are any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab

READER = "readonly@vsphere.local"
HIDDEN, SHOWN = "db01", "web01"
PC = vmodl.query.PropertyCollector


class Site:
    """A vCenter, and a user who may read everything but one machine."""

    def __init__(self, administrator: Lab) -> None:
        self.administrator = administrator
        self.reader = administrator.login(READER, "vmware")
        self.hidden, self.shown = administrator.vm(HIDDEN), administrator.vm(SHOWN)
        self.hide()

    def hide(self) -> None:
        nothing = vim.AuthorizationManager.Permission(
            principal=READER, group=False, roleId=-5, propagate=True
        )
        self.administrator.content.authorizationManager.SetEntityPermissions(self.hidden, [nothing])

    def show(self) -> None:
        self.administrator.content.authorizationManager.RemoveEntityPermission(self.hidden, READER, False)

    def work(self) -> None:
        """Leave tasks and events on both machines, the hidden one last."""
        for vm in (self.shown, self.hidden):
            self.administrator.run(vm.ReconfigVM_Task(vim.vm.ConfigSpec(annotation="changed")))
            self.administrator.content.eventManager.LogUserEvent(vm, "noted")


@pytest.fixture
def site() -> Iterator[Site]:
    with open_lab("restricted-user") as administrator:
        opened = Site(administrator)
        yield opened
        Disconnect(opened.reader)


def _collected(service: Any, kind: str) -> Any:
    content = service.content
    if kind == "events":
        return content.eventManager.CreateCollectorForEvents(vim.event.EventFilterSpec())
    return content.taskManager.CreateCollectorForTasks(vim.TaskFilterSpec())


def _rewound(collector: Any) -> Any:
    collector.RewindCollector()
    return collector


#: Place → the events and tasks there; collectors are created by the first argument's user.
PLACES: dict[str, Callable[[Any], list[Any]]] = {
    "QueryEvents": lambda service: service.content.eventManager.QueryEvents(vim.event.EventFilterSpec()),
    "latestEvent": lambda service: [service.content.eventManager.latestEvent],
    "events.latestPage": lambda service: _collected(service, "events").latestPage,
    "events.ReadNext": lambda service: _rewound(_collected(service, "events")).ReadNextEvents(1000),
    "events.ReadPrevious": lambda service: _collected(service, "events").ReadPreviousEvents(1000),
    "tasks.latestPage": lambda service: _collected(service, "tasks").latestPage,
    "tasks.ReadNext": lambda service: _rewound(_collected(service, "tasks")).ReadNextTasks(1000),
    "recentTask": lambda service: [task.info for task in service.content.taskManager.recentTask],
}


def names(items: list[Any]) -> set[str]:
    """Return the names of the machines that events or tasks are about."""
    return {
        item.entityName if isinstance(item, vim.TaskInfo) else item.vm.name
        for item in items
        if isinstance(item, vim.TaskInfo) or item.vm is not None
    }


@pytest.mark.parametrize("place", PLACES)
def test_only_what_is_about_visible_entities_is_shown(site: Site, place: str) -> None:
    for _ in range(3):  # more than the latest page
        site.work()
    own = site.administrator.service
    assert HIDDEN in names(PLACES[place](own))
    assert names(PLACES[place](site.reader)) in ({SHOWN}, set())
    assert HIDDEN not in str(PLACES[place](site.reader))


@pytest.mark.parametrize("kind", ["events", "tasks"])
def test_a_collector_follows_the_permissions(site: Site, kind: str) -> None:
    collector = _collected(site.reader, kind)
    site.work()
    assert names(collector.latestPage) == {SHOWN}
    site.show()
    site.work()
    assert names(collector.latestPage) == {SHOWN, HIDDEN}
    site.hide()
    assert names(collector.latestPage) == {SHOWN}
    collector.RewindCollector()
    read = collector.ReadNextEvents if kind == "events" else collector.ReadNextTasks
    assert names(read(1000)) == {SHOWN}


def test_recent_tasks_reach_nobody_by_updates(site: Site) -> None:
    manager = site.reader.content.taskManager
    spec = PC.FilterSpec(
        objectSet=[PC.ObjectSpec(obj=manager)],
        propSet=[PC.PropertySpec(type=vim.TaskManager, pathSet=["recentTask"])],
    )
    collector = site.reader.content.propertyCollector
    collector.CreateFilter(spec, False)
    version = collector.CheckForUpdates("").version
    site.work()
    (update,) = collector.CheckForUpdates(version).filterSet
    (change,) = update.objectSet[0].changeSet
    assert {task.info.entityName for task in change.val} == {SHOWN}


def test_a_task_of_a_hidden_entity_cannot_be_read(site: Site) -> None:
    task = site.hidden.ReconfigVM_Task(vim.vm.ConfigSpec(annotation="changed"))
    site.administrator.run(task)
    theirs = vim.Task(task._moId, site.reader._stub)
    with pytest.raises(vim.fault.NoPermission):
        theirs.info  # noqa: B018  # reading is calling
    with pytest.raises(vim.fault.NoPermission):
        theirs.CancelTask()


def test_logins_are_shown_to_those_who_may_read_the_root_folder(site: Site) -> None:
    content = site.administrator.content
    spec = vim.event.EventFilterSpec(eventTypeId=["vim.event.UserLoginSessionEvent"])
    assert site.reader.content.eventManager.QueryEvents(spec)
    below = vim.AuthorizationManager.Permission(principal=READER, group=False, roleId=-2, propagate=True)
    content.authorizationManager.SetEntityPermissions(content.rootFolder.childEntity[0], [below])
    content.authorizationManager.RemoveEntityPermission(content.rootFolder, READER, False)
    assert site.reader.content.eventManager.QueryEvents(spec) == []
    assert content.eventManager.QueryEvents(spec)

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.inventory.event import Events
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.inventory.task import RECENT_SECONDS, RECENT_TASKS, RunningTask, TaskOrigin, Tasks
from vim25_emulator.vmodl.value import MethodFault

ORIGIN = TaskOrigin("PowerOnVM_Task", "VirtualMachine.powerOn", "root")


class Site:
    """An inventory with one VM, and tasks that last a second on a manual clock."""

    def __init__(self) -> None:
        self.inventory = Inventory()
        self.clock = ManualClock()
        self.events = Events(self.inventory, self.clock)
        self.tasks = Tasks(self.inventory, self.events, self.clock, duration=1.0)
        self.vm = self.inventory.create("VirtualMachine", name="web01")
        self.manager = self.inventory.create("TaskManager", "TaskManager")

    def start(self, body: Callable[[RunningTask], Awaitable[Any]], *, locks: bool = False) -> ManagedObject:
        return self.tasks.start(self.vm, ORIGIN, body, locks=locks).object


async def working(task: RunningTask) -> str:
    await task.work()
    return "done"


def run(scenario: Callable[[Site], Awaitable[None]]) -> None:
    async def in_loop() -> None:
        await scenario(Site())

    asyncio.run(in_loop())


def test_a_task_is_queued_then_running_with_progress_then_successful() -> None:
    async def scenario(site: Site) -> None:
        task = site.start(working)
        seen: list[tuple[str, Any]] = []
        task.watchers.append(lambda c: seen.append((c.path, c.value)))
        assert task.get("info.state") == "queued"
        await site.clock.advance(1)
        states = [value for path, value in seen if path == "info.state"]
        assert states == ["running", "success"]
        assert [value for path, value in seen if path == "info.progress"] == [25, 50, 75, None]
        info = task.get("info")
        assert (info.result, info.name, info.entityName) == ("done", "PowerOnVM_Task", "web01")
        assert info.queueTime == info.startTime < info.completeTime
        assert seen[-1] == ("info.state", "success"), "the result is set before the state"

    run(scenario)


def test_a_fault_in_the_body_is_the_tasks_error() -> None:
    async def failing(task: RunningTask) -> None:
        raise MethodFault("InvalidState")

    async def scenario(site: Site) -> None:
        task = site.start(failing)
        await site.clock.advance(0)
        assert (task.get("info.state"), task.get("info.error").type_.name) == ("error", "InvalidState")

    run(scenario)


def test_an_error_in_the_body_ends_its_task_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(task: RunningTask) -> None:
        raise ZeroDivisionError

    async def scenario(site: Site) -> None:
        task = site.start(broken)
        await site.clock.advance(0)
        assert task.get("info.error").type_.name == "SystemError"

    run(scenario)
    assert "ZeroDivisionError" in caplog.text


def test_a_locked_entity_fails_the_second_task_and_names_the_first() -> None:
    async def scenario(site: Site) -> None:
        first, second = site.start(working, locks=True), site.start(working, locks=True)
        await site.clock.advance(0)
        assert second.get("info.error").task == first.ref
        await site.clock.advance(1)
        third = site.start(working, locks=True)
        await site.clock.advance(1)
        assert [task.get("info.state") for task in (first, third)] == ["success", "success"]

    run(scenario)


def test_recent_tasks_are_listed_and_removed_after_ten_minutes() -> None:
    async def scenario(site: Site) -> None:
        task = site.start(working)
        assert site.vm.get("recentTask") == site.manager.get("recentTask") == (task.ref,)
        await site.clock.advance(RECENT_SECONDS + 2)
        later = site.start(working)
        assert site.vm.get("recentTask") == (later.ref,)
        assert site.inventory.find(task.ref) is None
        assert [info.key for info in site.tasks.infos()] == [task.ref.value, later.ref.value]

    run(scenario)


def test_two_hundred_finished_tasks_are_listed_and_all_that_run() -> None:
    """The list of an entity is a subset of the manager's [documented]."""

    async def ending(task: RunningTask) -> None:
        """Succeed."""

    async def scenario(site: Site) -> None:
        running = site.start(working)
        for _ in range(RECENT_TASKS + 5):
            last = site.start(ending)
            await site.clock.advance(0)
        listed = site.manager.get("recentTask")
        assert len(listed) == RECENT_TASKS + 1
        assert listed[0] == running.ref
        assert listed[-1] == last.ref
        assert site.vm.get("recentTask") == listed
        assert len(list(site.inventory.of_type("Task"))) == RECENT_TASKS + 6

    run(scenario)


def test_events_of_a_task_belong_to_its_chain() -> None:
    async def posting(task: RunningTask) -> None:
        site_events.post("VmPoweredOnEvent", task.entity, template=False)

    async def scenario(site: Site) -> None:
        nonlocal site_events
        site_events = site.events
        task = site.start(posting)
        await site.clock.advance(0)
        opened, posted = site.events.posted
        assert opened.type_.name == "TaskEvent"
        assert opened.key == opened.chainId == posted.chainId == task.get("info.eventChainId")
        assert posted.key != opened.key

    site_events: Events
    run(scenario)

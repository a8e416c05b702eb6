"""Tasks: queued, running, then success or error; every step is a change in the journal.

A task's body is a coroutine on the emulator's loop. Its return value is the task's result; a MethodFault that
it raises is the task's error. A finished task is removed after ten minutes; calls on it then raise
ManagedObjectNotFound, as on a real vCenter.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from vim25_emulator.inventory.clock import Clock
from vim25_emulator.inventory.event import CHAIN, Events
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.retained_items import RetainedItems
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

_LOG = logging.getLogger(__name__)

RECENT_SECONDS: Final = 600.0  #: lifetime of a finished task's managed object
RECENT_TASKS: Final = 200  #: the last finished tasks that are in `recentTask` [documented]
HISTORY: Final = 10_000  #: number of finished tasks in the history
HISTORY_BYTES: Final = 64 << 20
_HALF: Final = 50
_PROGRESS: Final = (25, _HALF, 75)  #: percentages that a running task reports

Body = Callable[["RunningTask"], Awaitable[Any]]


@dataclass(frozen=True)
class TaskOrigin:
    """The origin of a task: the method's wire name and description id, the user, and the parent task."""

    name: str | None
    description_id: str
    user: str
    parent: ManagedObject | None = None


class RunningTask:
    """A task, as its body uses it."""

    def __init__(
        self, tasks: Tasks, managed: ManagedObject, entity: ManagedObject, origin: TaskOrigin
    ) -> None:
        self._tasks = tasks
        self.object = managed
        self.entity = entity
        self.origin = origin
        self.done = asyncio.Event()
        self.halfway: Callable[[], None] | None = None  #: called once, halfway through the work
        self.requirement: Callable[[], Any] = _no_requirement  #: raises the fault that ends the task
        self.required: Any = None  #: what the requirement returned when the body began

    @property
    def ref(self) -> MoRef:
        """The reference that the client receives."""
        return self.object.ref

    def progress(self, percent: int) -> None:
        """Set the progress in percent."""
        self.object.set("info.progress", percent)

    async def work(self, seconds: float | None = None) -> None:
        """Wait for a duration, by default the configured one, and report progress."""
        duration = self._tasks.duration if seconds is None else seconds
        if duration <= 0:
            self._pass_halfway()
            return
        part = duration / (len(_PROGRESS) + 1)
        for percent in _PROGRESS:
            await self._tasks.clock.sleep(part)
            self.progress(percent)
            if percent >= _HALF:
                self._pass_halfway()
        await self._tasks.clock.sleep(part)

    def _pass_halfway(self) -> None:
        callback, self.halfway = self.halfway, None
        if callback is not None:
            callback()


class Tasks:
    """All tasks of a vCenter, and the entities that they lock."""

    def __init__(self, inventory: Inventory, events: Events, clock: Clock, duration: float) -> None:
        self._inventory = inventory
        self._events = events
        self.clock = clock
        self.duration = duration
        self._keys = count(1)
        self._locks: dict[MoRef, MoRef] = {}
        self._finished: deque[tuple[float, RunningTask]] = deque()
        self.history = RetainedItems(HISTORY, HISTORY_BYTES)
        self._running: dict[asyncio.Task[None], RunningTask] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._listeners: list[Callable[[DataObject], None]] = []

    def start(self, entity: ManagedObject, origin: TaskOrigin, body: Body, *, locks: bool) -> RunningTask:
        """Create a queued task on an entity, schedule its body, and return at once.

        With `locks`, the task locks the entity, and fails with TaskInProgress if another task has locked it.
        """
        self._remove_old()
        task = self._create(entity, origin)
        scheduled = asyncio.get_running_loop().create_task(self._run(task, body, locks))
        self._running[scheduled] = task
        scheduled.add_done_callback(self._running.pop)
        return task

    def run_in_background(self, activity: Coroutine[Any, Any, None]) -> None:
        """Run an activity in the background that clients do not see as a task, such as a restart by HA."""
        scheduled = asyncio.get_running_loop().create_task(_log_errors(activity))
        self._background.add(scheduled)
        scheduled.add_done_callback(self._background.discard)

    def lock(self, entity: ManagedObject, holder: MoRef) -> None:
        """Lock an entity for a task; raise TaskInProgress with the task that has already locked it."""
        current = self._locks.setdefault(entity.ref, holder)
        if current != holder:
            raise MethodFault("TaskInProgress", task=current)

    def holder(self, entity: ManagedObject) -> MoRef | None:
        """Return the task that has locked an entity, or None."""
        return self._locks.get(entity.ref)

    def require_unlocked(self, entity: ManagedObject) -> None:
        """Raise TaskInProgress with the task that has locked an entity."""
        current = self.holder(entity)
        if current is not None:
            raise MethodFault("TaskInProgress", task=current)

    def unlock(self, entity: ManagedObject, holder: MoRef) -> None:
        """Unlock an entity; no-op if this task has not locked it."""
        if self._locks.get(entity.ref) == holder:
            del self._locks[entity.ref]

    def infos(self) -> Iterator[DataObject]:
        """Yield the TaskInfo of every task, finished ones first, oldest first."""
        yield from self.history
        for task in self._running.values():
            if not task.done.is_set():
                yield task.object.get("info")

    def listen(self, listener: Callable[[DataObject], None]) -> None:
        """Call `listener` with the TaskInfo of every task whenever its state changes."""
        self._listeners.append(listener)

    async def stop(self) -> None:
        """Cancel everything that is still running, for a shutdown."""
        running = (*self._running, *self._background)
        for scheduled in running:
            scheduled.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _create(self, entity: ManagedObject, origin: TaskOrigin) -> RunningTask:
        refs = (MoRef("Task", f"task-{number}") for number in self._keys)
        ref = next(ref for ref in refs if ref not in self._inventory)  # a saved inventory contains tasks
        key = ref.value
        chain = self._events.new_chain()
        parent = origin.parent.get("info") if origin.parent is not None else None
        info = DataObject(
            "TaskInfo",
            key=key,
            task=ref,
            name=origin.name,
            descriptionId=origin.description_id,
            entity=entity.ref if entity.is_a("ManagedEntity") else None,
            entityName=entity.get("name") if entity.is_a("ManagedEntity") else None,
            state="queued",
            cancelled=False,
            cancelable=False,
            reason=_reason(origin.user),
            queueTime=self.clock.now(),
            eventChainId=chain,
            parentTaskKey=parent.key if parent else None,
            rootTaskKey=(parent.rootTaskKey or parent.key) if parent else None,
        )
        managed = self._inventory.create("Task", key, info=info)
        for lister in self._listers(entity):
            lister.add("recentTask", ref)
        self._events.post_in_chain(chain, "TaskEvent", entity, userName=origin.user, info=info)
        self._notify(info)
        return RunningTask(self, managed, entity, origin)

    def _listers(self, entity: ManagedObject) -> list[ManagedObject]:
        """Return the objects whose recentTask lists the tasks of this entity."""
        manager = self._inventory.find(MoRef("TaskManager", "TaskManager"))
        listers = [entity] if entity.is_a("ManagedEntity") else []
        return [*listers, manager] if manager is not None else listers

    async def _run(self, task: RunningTask, body: Body, locks: bool) -> None:
        CHAIN.set(task.object.get("info.eventChainId"))
        await asyncio.sleep(0)  # the call returns while the task is still queued
        try:
            if locks:
                self.lock(task.entity, task.ref)
            task.object.set("info.startTime", self.clock.now())
            task.object.set("info.state", "running")
            self._notify(task.object.get("info"))
            result = await body(task)
        except MethodFault as fault:
            self._finish(task, "error", error=fault.data)
        except Exception:
            _LOG.exception("the body of %s (%s) failed", task.ref, task.origin.name)
            error = DataObject("SystemError", reason="The emulator failed; its log says where.")
            self._finish(task, "error", error=error)
        else:
            value = result.ref if isinstance(result, ManagedObject) else result
            self._finish(task, "success", result=value)

    def _finish(self, task: RunningTask, state: str, **outcome: Any) -> None:
        self.unlock(task.entity, task.ref)
        task.requirement, task.required = _no_requirement, None  # they hold the call, which holds the task
        if task.object.get("info.startTime") is None:
            task.object.set("info.startTime", self.clock.now())
        for name, value in outcome.items():
            task.object.set(f"info.{name}", value)
        task.object.set("info.completeTime", self.clock.now())
        task.object.set("info.progress", None)
        task.object.set("info.state", state)
        info = task.object.get("info")
        self.history.put(info.key, info)
        self._notify(info)
        self._finished.append((self.clock.monotonic(), task))
        if len(self._finished) > RECENT_TASKS:
            self._unlist(self._finished[-RECENT_TASKS - 1][1])
        task.done.set()

    def _notify(self, info: DataObject) -> None:
        for listener in self._listeners:
            listener(info)

    def _remove_old(self) -> None:
        """Remove the tasks that finished more than RECENT_SECONDS ago, and those that the history dropped."""
        oldest = self.clock.monotonic() - RECENT_SECONDS
        while self._finished and (self._finished[0][0] < oldest or len(self._finished) > HISTORY):
            _, task = self._finished.popleft()
            self._unlist(task)
            self._inventory.destroy(task.object)

    def _unlist(self, task: RunningTask) -> None:
        """Remove a task from `recentTask`; no-op if it is not listed."""
        for lister in self._listers(task.entity):
            with contextlib.suppress(KeyError):
                lister.remove("recentTask", task.ref)


def _reason(user: str) -> DataObject:
    """Return the reason of a task: a user, or vCenter itself."""
    return DataObject("TaskReasonUser", userName=user) if user else DataObject("TaskReasonSystem")


def _no_requirement() -> None:
    """Require nothing."""


async def _log_errors(activity: Coroutine[Any, Any, None]) -> None:
    CHAIN.set(None)  # its events follow from no task
    try:
        await activity
    except Exception:
        _LOG.exception("a background activity failed")

"""Tasks: queued, running, then success or error, each step a change in the journal.

A task's body is a coroutine on the emulator's loop. What it returns is the task's result; a MethodFault that
leaves it becomes the task's error. Finished tasks stay for ten minutes, then they are gone and a call on one
is answered with ManagedObjectNotFound, as a real vCenter does.
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
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

_LOG = logging.getLogger(__name__)

RECENT_SECONDS: Final = 600.0  #: how long a finished task can still be asked about
HISTORY: Final = 10_000  #: finished tasks that collectors can still find
_HALF: Final = 50
_PROGRESS: Final = (25, _HALF, 75)  #: the percentages that a working task passes

Body = Callable[["RunningTask"], Awaitable[Any]]


@dataclass(frozen=True)
class TaskOrigin:
    """What asked for a task: the method's wire name and description id, the user, the task above it."""

    name: str | None
    description_id: str
    user: str
    parent: ManagedObject | None = None


class RunningTask:
    """A task from the point of view of its body."""

    def __init__(
        self, tasks: Tasks, managed: ManagedObject, entity: ManagedObject, origin: TaskOrigin
    ) -> None:
        self._tasks = tasks
        self.object = managed
        self.entity = entity
        self.origin = origin
        self.done = asyncio.Event()
        self.halfway: Callable[[], None] | None = None  #: called once, in the middle of its work
        self.requirement: Callable[[], Any] = _nothing  #: raises the fault of what must not be done any more
        self.required: Any = None  #: what the requirement returned when the body began

    @property
    def ref(self) -> MoRef:
        """The reference that a client holds."""
        return self.object.ref

    def progress(self, percent: int) -> None:
        """Show how far the task is, in percent."""
        self.object.set("info.progress", percent)

    async def work(self, seconds: float | None = None) -> None:
        """Let the task's duration pass (the configured one, unless told), showing progress."""
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
        passed, self.halfway = self.halfway, None
        if passed is not None:
            passed()


class Tasks:
    """All tasks of one vCenter, and which entity is locked by which."""

    def __init__(self, inventory: Inventory, events: Events, clock: Clock, duration: float) -> None:
        self._inventory = inventory
        self._events = events
        self.clock = clock
        self.duration = duration
        self._keys = count(1)
        self._locks: dict[MoRef, MoRef] = {}
        self._finished: deque[tuple[float, RunningTask]] = deque()
        self.history: deque[DataObject] = deque(maxlen=HISTORY)
        self._running: dict[asyncio.Task[None], RunningTask] = {}
        self._aside: set[asyncio.Task[None]] = set()
        self._listeners: list[Callable[[DataObject], None]] = []

    def start(self, entity: ManagedObject, origin: TaskOrigin, body: Body, *, locks: bool) -> RunningTask:
        """Create a queued task on an entity and schedule its body; return it at once.

        With `locks` the body has the entity to itself: an entity that another task holds fails the task with
        TaskInProgress.
        """
        self._retire()
        task = self._create(entity, origin)
        scheduled = asyncio.get_running_loop().create_task(self._run(task, body, locks))
        self._running[scheduled] = task
        scheduled.add_done_callback(self._running.pop)
        return task

    def run_aside(self, activity: Coroutine[Any, Any, None]) -> None:
        """Run what happens without being a task that clients see, such as what HA does, until it ends."""
        scheduled = asyncio.get_running_loop().create_task(_logged(activity))
        self._aside.add(scheduled)
        scheduled.add_done_callback(self._aside.discard)

    def lock(self, entity: ManagedObject, holder: MoRef) -> None:
        """Let a task hold an entity; raise TaskInProgress with the task that holds it already."""
        held_by = self._locks.setdefault(entity.ref, holder)
        if held_by != holder:
            raise MethodFault("TaskInProgress", task=held_by)

    def holder(self, entity: ManagedObject) -> MoRef | None:
        """Return the task that holds an entity, if one does."""
        return self._locks.get(entity.ref)

    def unlock(self, entity: ManagedObject, holder: MoRef) -> None:
        """Let go of an entity, if this task holds it."""
        if self._locks.get(entity.ref) == holder:
            del self._locks[entity.ref]

    def infos(self) -> Iterator[DataObject]:
        """Yield what is known of every task, finished ones first, oldest first."""
        yield from self.history
        for task in self._running.values():
            if not task.done.is_set():
                yield task.object.get("info")

    def listen(self, listener: Callable[[DataObject], None]) -> None:
        """Tell `listener` the TaskInfo of every task when it is created and when it has finished."""
        self._listeners.append(listener)

    async def stop(self) -> None:
        """Abandon what is still running; for shutting down."""
        running = (*self._running, *self._aside)
        for scheduled in running:
            scheduled.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _create(self, entity: ManagedObject, origin: TaskOrigin) -> RunningTask:
        refs = (MoRef("Task", f"task-{number}") for number in self._keys)
        ref = next(each for each in refs if each not in self._inventory)  # saved ones may be there
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
            reason=DataObject("TaskReasonUser", userName=origin.user),
            queueTime=self.clock.now(),
            eventChainId=chain,
            parentTaskKey=parent.key if parent else None,
            rootTaskKey=(parent.rootTaskKey or parent.key) if parent else None,
        )
        managed = self._inventory.create("Task", key, info=info)
        for holder in self._holders(entity):
            holder.add("recentTask", ref)
        self._events.post_in_chain(chain, "TaskEvent", entity, userName=origin.user, info=info)
        self._tell(info)
        return RunningTask(self, managed, entity, origin)

    def _holders(self, entity: ManagedObject) -> list[ManagedObject]:
        """Return the objects whose recentTask lists the tasks of this entity."""
        manager = self._inventory.find(MoRef("TaskManager", "TaskManager"))
        holders = [entity] if entity.is_a("ManagedEntity") else []
        return [*holders, manager] if manager is not None else holders

    async def _run(self, task: RunningTask, body: Body, locks: bool) -> None:
        CHAIN.set(task.object.get("info.eventChainId"))
        await asyncio.sleep(0)  # the caller gets its answer while the task is still queued
        try:
            if locks:
                self.lock(task.entity, task.ref)
            task.object.set("info.startTime", self.clock.now())
            task.object.set("info.state", "running")
            result = await body(task)
        except MethodFault as fault:
            self._finish(task, "error", error=fault.data)
        except Exception:
            _LOG.exception("the body of %s (%s) broke", task.ref, task.origin.name)
            broken = DataObject("SystemError", reason="The emulator failed; its log says where.")
            self._finish(task, "error", error=broken)
        else:
            held = result.ref if isinstance(result, ManagedObject) else result
            self._finish(task, "success", result=held)

    def _finish(self, task: RunningTask, state: str, **outcome: Any) -> None:
        self.unlock(task.entity, task.ref)
        task.requirement, task.required = _nothing, None  # they hold the call, which holds the task
        if task.object.get("info.startTime") is None:
            task.object.set("info.startTime", self.clock.now())
        for name, value in outcome.items():
            task.object.set(f"info.{name}", value)
        task.object.set("info.completeTime", self.clock.now())
        task.object.set("info.progress", None)
        task.object.set("info.state", state)
        info = task.object.get("info")
        self.history.append(info)
        self._tell(info)
        self._finished.append((self.clock.monotonic(), task))
        task.done.set()

    def _tell(self, info: DataObject) -> None:
        for listener in self._listeners:
            listener(info)

    def _retire(self) -> None:
        """Forget the tasks that finished too long ago."""
        oldest = self.clock.monotonic() - RECENT_SECONDS
        while self._finished and self._finished[0][0] < oldest:
            _, task = self._finished.popleft()
            for holder in self._holders(task.entity):
                with contextlib.suppress(KeyError):
                    holder.remove("recentTask", task.ref)
            self._inventory.destroy(task.object)


def _nothing() -> None:
    """Require nothing."""


async def _logged(activity: Coroutine[Any, Any, None]) -> None:
    try:
        await activity
    except Exception:
        _LOG.exception("what ran aside broke")

"""TaskManager, Task, and the collector of finished and running tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from emulator.inventory.store import Inventory, ManagedObject
from emulator.vcenter.history_collector import Predicate, about, by_user, within
from emulator.vcenter.operation import Call, operation
from emulator.vmodl.value import DataObject, MethodFault

_TIMES: Final = {"queuedTime": "queueTime", "startedTime": "startTime", "completedTime": "completeTime"}


def _about(inventory: Inventory, info: DataObject, wanted: DataObject) -> bool:
    return about(inventory, info.entity, set(), wanted)


#: Property of TaskFilterSpec → whether a TaskInfo matches it.
TASK_PREDICATES: Final[Mapping[str, Predicate]] = {
    "entity": _about,
    "time": lambda _, info, wanted: within(getattr(info, _TIMES[wanted.timeType]), wanted),
    "userName": lambda _, info, wanted: by_user(info.reason.__dict__.get("userName", ""), wanted),
    "state": lambda _, info, wanted: info.state in wanted,
    "activationId": lambda _, info, wanted: info.activationId in wanted,
    "eventChainId": lambda _, info, wanted: info.eventChainId in wanted,
    "tag": lambda _, info, wanted: info.changeTag in wanted,
    "parentTaskKey": lambda _, info, wanted: info.parentTaskKey in wanted,
    "rootTaskKey": lambda _, info, wanted: info.rootTaskKey in wanted,
}


@operation("TaskManager", "CreateCollectorForTasks")
def create_collector(call: Call, manager: ManagedObject, filter: DataObject) -> ManagedObject:
    """Create a collector of the tasks that match a filter."""
    return call.vcenter.collectors["tasks"].open(call, filter, call.vcenter.tasks.infos())


@operation("Task", "CancelTask")
def cancel(call: Call, task: ManagedObject) -> None:
    """Refuse: no task of this server is cancelable, and TaskInfo.cancelable says so."""
    finished = task.get("info.state") in ("success", "error")
    raise MethodFault("InvalidState" if finished else "NotSupported")

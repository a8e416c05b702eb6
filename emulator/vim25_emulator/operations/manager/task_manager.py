"""TaskManager and Task: collectors of tasks, canceling a task."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


@operation("TaskManager", "CreateCollectorForTasks")
def create_collector(call: Call, manager: ManagedObject, filter: DataObject) -> ManagedObject:
    """Create a collector of the tasks that match a filter."""
    return call.vcenter.collectors["tasks"].open(
        call.vcenter.inventory, call.own_session, filter, call.vcenter.tasks.infos()
    )


@operation("Task", "CancelTask")
def cancel(call: Call, task: ManagedObject) -> None:
    """Raise NotSupported, or InvalidState for a finished task: no task is cancelable."""
    finished = task.get("info.state") in ("success", "error")
    raise MethodFault("InvalidState" if finished else "NotSupported")

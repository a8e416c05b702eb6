"""TaskManager, Task, and the collector of finished and running tasks."""

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
    """Refuse: no task of this server is cancelable, and TaskInfo.cancelable says so."""
    finished = task.get("info.state") in ("success", "error")
    raise MethodFault("InvalidState" if finished else "NotSupported")

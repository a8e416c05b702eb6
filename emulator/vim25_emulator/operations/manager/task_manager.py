"""TaskManager and Task: collectors of tasks, canceling a task."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.history_access import READ, visible_in
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef


@operation("TaskManager", "CreateCollectorForTasks")
def create_collector(call: Call, manager: ManagedObject, filter: DataObject) -> ManagedObject:
    """Create a collector of the tasks that match a filter."""
    return call.vcenter.collectors["tasks"].open(
        call.vcenter.inventory,
        call.own_session,
        filter,
        call.vcenter.tasks.infos(),
        visible_in(call.vcenter, call.own_session),
    )


@computed_property("TaskManager", "recentTask")
def recent_tasks(call: Call, manager: ManagedObject) -> tuple[MoRef, ...]:
    """Return the recent tasks whose entities the caller may read [documented]."""
    refs: tuple[MoRef, ...] = manager.get("recentTask")
    if call.rights.unrestricted:
        return refs
    return tuple(task.ref for task in call.vcenter.inventory.find_all(refs) if call.rights.grant(task, READ))


@operation("Task", "CancelTask")
def cancel(call: Call, task: ManagedObject) -> None:
    """Raise NotSupported, or InvalidState for a finished task: no task is cancelable."""
    finished = task.get("info.state") in ("success", "error")
    raise MethodFault("InvalidState" if finished else "NotSupported")

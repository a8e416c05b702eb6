"""HistoryCollector: reading and moving a collector of tasks or events; it ends with its session."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.history import MAX_PAGE_SIZE, Window
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


def window_of(call: Call, managed: ManagedObject) -> Window:
    """Return the window of a collector object."""
    kinds = call.vcenter.collectors
    return kinds["tasks" if managed.is_a("TaskHistoryCollector") else "events"].window(managed)


@operation("HistoryCollector", "SetCollectorPageSize")
def set_page_size(call: Call, collector: ManagedObject, maxCount: int) -> None:
    """Set the size of the latest page, 1 to 1,000 items."""
    if not 1 <= maxCount <= MAX_PAGE_SIZE:
        raise MethodFault("InvalidArgument", invalidProperty="maxCount")
    window = window_of(call, collector)
    window.page_size = maxCount
    window.publish()
    window.reset()


@operation("HistoryCollector", "RewindCollector")
def rewind(call: Call, collector: ManagedObject) -> None:
    """Move before the oldest item."""
    window_of(call, collector).position = 0


@operation("HistoryCollector", "ResetCollector")
def reset(call: Call, collector: ManagedObject) -> None:
    """Move before the latest page."""
    window_of(call, collector).reset()


@operation("HistoryCollector", "DestroyCollector")
def destroy(call: Call, collector: ManagedObject) -> None:
    """Destroy the collector."""
    kind = "tasks" if collector.is_a("TaskHistoryCollector") else "events"
    call.vcenter.collectors[kind].close(call.own_session, call.vcenter.inventory, collector)


@computed_property("TaskHistoryCollector", "latestPage")
@computed_property("EventHistoryCollector", "latestPage")
def latest_page(call: Call, collector: ManagedObject) -> tuple[DataObject, ...]:
    """Return the latest page of what the caller may see at the moment."""
    return window_of(call, collector).latest_page()


def read_next(call: Call, collector: ManagedObject, maxCount: int) -> tuple[DataObject, ...]:
    """Return up to `maxCount` newer items."""
    return window_of(call, collector).read_next(_positive(maxCount))


def read_previous(call: Call, collector: ManagedObject, maxCount: int) -> tuple[DataObject, ...]:
    """Return up to `maxCount` older items."""
    return window_of(call, collector).read_previous(_positive(maxCount))


for _kind, _noun in (("TaskHistoryCollector", "Tasks"), ("EventHistoryCollector", "Events")):
    operation(_kind, f"ReadNext{_noun}")(read_next)
    operation(_kind, f"ReadPrevious{_noun}")(read_previous)


def _positive(count: int) -> int:
    if count <= 0:
        raise MethodFault("InvalidArgument", invalidProperty="maxCount")
    return count

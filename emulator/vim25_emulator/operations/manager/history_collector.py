"""HistoryCollector: a movable window over the tasks or events that match a filter.

A collector begins with what is there and goes on collecting. Its position is the number of items older than
the next one to read: reset puts it before the latest page, rewind before the oldest item. Filters are tables:
one predicate per property of the filter spec, and an unset property matches everything. It ends with its
session.
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.history import Window
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

_MAX_PAGE_SIZE: Final = 1000


def window_of(call: Call, managed: ManagedObject) -> Window:
    """Return the window behind a collector object, of either kind."""
    kinds = call.vcenter.collectors
    return kinds["tasks" if managed.is_a("TaskHistoryCollector") else "events"].window(managed)


@operation("HistoryCollector", "SetCollectorPageSize")
def set_page_size(call: Call, collector: ManagedObject, maxCount: int) -> None:
    """Set how many items the latest page shows, 1 to 1,000."""
    if not 1 <= maxCount <= _MAX_PAGE_SIZE:
        raise MethodFault("InvalidArgument", invalidProperty="maxCount")
    window = window_of(call, collector)
    window.page_size = maxCount
    window.publish()
    window.reset()


@operation("HistoryCollector", "RewindCollector")
def rewind(call: Call, collector: ManagedObject) -> None:
    """Stand before the oldest item."""
    window_of(call, collector).position = 0


@operation("HistoryCollector", "ResetCollector")
def reset(call: Call, collector: ManagedObject) -> None:
    """Stand before the latest page."""
    window_of(call, collector).reset()


@operation("HistoryCollector", "DestroyCollector")
def destroy(call: Call, collector: ManagedObject) -> None:
    """End the collector before its session ends."""
    kind = "tasks" if collector.is_a("TaskHistoryCollector") else "events"
    call.vcenter.collectors[kind].close(call.vcenter.inventory, collector)


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

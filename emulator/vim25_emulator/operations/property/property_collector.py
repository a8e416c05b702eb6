"""PropertyCollector, incremental retrieval: filters, and waiting for updates."""

from __future__ import annotations

from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.update_collector import FilterUpdate, Updates
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.collector_registry import PAGE
from vim25_emulator.vcenter.collector_session import (
    close_filter,
    collector_session,
    create_collector,
    leave,
    open_filter,
)
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vcenter.property_reader import PropertyReader, read_spec
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

_NO_OPTIONS: Final = DataObject("WaitOptions")


@operation("PropertyCollector", "CreateFilter")
def create_filter(
    call: Call, collector: ManagedObject, spec: DataObject, partialUpdates: bool
) -> ManagedObject:
    """Create a filter; its first update contains all selected objects.

    Raises the faults of an invalid spec, and ManagedObjectNotFound for a root that does not exist, unless the
    spec requests to report it.
    """
    return open_filter(call, collector, spec, read_spec(call, spec), partial=partialUpdates)


@operation("PropertyFilter", "DestroyPropertyFilter")
def destroy_filter(call: Call, managed: ManagedObject) -> None:
    """Destroy a filter; no leave updates are sent for its objects."""
    close_filter(call, managed)


@operation("PropertyCollector", "CreatePropertyCollector")
def create_property_collector(call: Call, collector: ManagedObject) -> ManagedObject:
    """Create another property collector for this session."""
    return create_collector(call)


@operation("PropertyCollector", "DestroyPropertyCollector")
def destroy_property_collector(call: Call, collector: ManagedObject) -> None:
    """Destroy a collector that the session created, with its filters and waits.

    Raises NotSupported for the collector in ServiceContent [derived].
    """
    if collector.ref == call.vcenter.service_instance.get("content").propertyCollector:
        raise MethodFault("NotSupported")
    leave(call, collector)


@operation("PropertyCollector", "WaitForUpdatesEx")
async def wait_for_updates_ex(
    call: Call, collector: ManagedObject, version: str = "", options: DataObject = _NO_OPTIONS
) -> DataObject | None:
    """Return the updates since a version, as soon as there are any; unset after `maxWaitSeconds`."""
    limit = PAGE if options.maxObjectUpdates is None else options.maxObjectUpdates
    if limit < 1:
        raise MethodFault("InvalidArgument", invalidProperty="options.maxObjectUpdates")
    if (options.maxWaitSeconds or 0) < 0:
        raise MethodFault("InvalidArgument", invalidProperty="options.maxWaitSeconds")
    updates = collector_session(call, collector).updates
    return _update_set(call, await updates.wait(version, limit, options.maxWaitSeconds))


@operation("PropertyCollector", "WaitForUpdates")
async def wait_for_updates(call: Call, collector: ManagedObject, version: str = "") -> DataObject | None:
    """Return all updates since a version, as soon as there are any."""
    updates = collector_session(call, collector).updates
    return _update_set(call, await updates.wait(version, None, None))


@operation("PropertyCollector", "CheckForUpdates")
def check_for_updates(call: Call, collector: ManagedObject, version: str = "") -> DataObject | None:
    """Return all updates since a version; unset if there are none."""
    return _update_set(call, collector_session(call, collector).updates.collect(version))


@operation("PropertyCollector", "CancelWaitForUpdates")
def cancel_wait_for_updates(call: Call, collector: ManagedObject) -> None:
    """Fail the session's waits in a collector with RequestCanceled."""
    collector_session(call, collector).updates.cancel()


@computed_property("PropertyCollector", "filter")
def filters(call: Call, collector: ManagedObject) -> tuple[MoRef, ...]:
    """Return the filters of the caller's session in a collector."""
    return tuple(collector_session(call, collector).updates.filters)


def _update_set(call: Call, updates: Updates | None) -> DataObject | None:
    if updates is None:
        return None
    reader = PropertyReader(call)
    return DataObject(
        "UpdateSet",
        version=updates.version,
        filterSet=tuple(_filter_update(reader, update) for update in updates.filters),
        truncated=updates.truncated or None,
    )


def _filter_update(reader: PropertyReader, update: FilterUpdate) -> DataObject:
    faults = (DataObject("ManagedObjectNotFound", obj=ref) for ref in update.missing)
    return DataObject(
        "PropertyFilterUpdate",
        filter=update.filter,
        objectSet=reader.updates(update.objects),
        missingSet=tuple(DataObject("MissingObject", obj=fault.obj, fault=fault) for fault in faults),
    )

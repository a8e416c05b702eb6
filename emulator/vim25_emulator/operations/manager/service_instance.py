"""ServiceInstance: the service content and the server's time."""

from __future__ import annotations

from datetime import datetime

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject


@operation("ServiceInstance", "RetrieveServiceContent")
def retrieve_service_content(call: Call, service: ManagedObject) -> DataObject:
    """Return the references to the managers and the root folder, and the AboutInfo."""
    content: DataObject = service.get("content")
    return content


@operation("ServiceInstance", "CurrentTime")
def current_time(call: Call, service: ManagedObject) -> datetime:
    """Return the server's time."""
    return call.vcenter.clock.now()


@computed_property("ServiceInstance", "serverClock")
def server_clock(call: Call, service: ManagedObject) -> datetime:
    """Return the server's time."""
    return call.vcenter.clock.now()

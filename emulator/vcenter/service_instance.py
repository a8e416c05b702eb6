"""ServiceInstance: where every client begins."""

from __future__ import annotations

from datetime import datetime

from emulator.inventory.store import ManagedObject
from emulator.vcenter.operation import Call, operation
from emulator.vmodl.value import DataObject


@operation("ServiceInstance", "RetrieveServiceContent")
def retrieve_service_content(call: Call, service: ManagedObject) -> DataObject:
    """Return the references to the managers, the root folder, and what this server is."""
    content: DataObject = service.get("content")
    return content


@operation("ServiceInstance", "CurrentTime")
def current_time(call: Call, service: ManagedObject) -> datetime:
    """Return the server's time."""
    return call.vcenter.clock.now()

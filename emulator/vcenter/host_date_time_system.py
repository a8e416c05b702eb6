"""HostDateTimeSystem: a host's clock, which runs as the vCenter's does, ahead of it or behind.

How far is no property of the API; it is kept with the vCenter.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from emulator.inventory.store import ManagedObject
from emulator.vcenter.operation import Call, operation


@operation("HostDateTimeSystem", "QueryDateTime")
def query_date_time(call: Call, system: ManagedObject) -> datetime:
    """Return the time of the host's clock."""
    return call.vcenter.clock.now() + call.vcenter.host_clocks.get(system.ref, timedelta())


@operation("HostDateTimeSystem", "UpdateDateTime")
def update_date_time(call: Call, system: ManagedObject, dateTime: datetime) -> None:
    """Set the host's clock."""
    call.vcenter.host_clocks[system.ref] = dateTime - call.vcenter.clock.now()

"""HostDateTimeSystem: a host's clock, which runs as the vCenter's does, ahead of it or behind.

How far is no property of the API; it is kept with the vCenter.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault

_FIRST: Final = 1970  #: years that a clock can show
_LAST: Final = 9000


@operation("HostDateTimeSystem", "QueryDateTime")
def query_date_time(call: Call, system: ManagedObject) -> datetime:
    """Return the time of the host's clock."""
    return call.vcenter.clock.now() + call.vcenter.host_clocks.get(system.ref, timedelta())


@operation("HostDateTimeSystem", "UpdateDateTime")
def update_date_time(call: Call, system: ManagedObject, dateTime: datetime) -> None:
    """Set the host's clock; raise InvalidArgument for a time that no clock shows [derived]."""
    if not _FIRST <= dateTime.year <= _LAST:
        raise MethodFault("InvalidArgument", invalidProperty="dateTime")
    call.vcenter.host_clocks[system.ref] = dateTime - call.vcenter.clock.now()

"""HostDateTimeSystem: a host's clock, which has a constant offset from the vCenter's.

No property of the API shows the offset, so it is not in the inventory.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault

_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 9000


@operation("HostDateTimeSystem", "QueryDateTime")
def query_date_time(call: Call, system: ManagedObject) -> datetime:
    """Return the time of the host's clock."""
    return call.vcenter.clock.now() + call.vcenter.host_clocks.get(system.ref, timedelta())


@operation("HostDateTimeSystem", "UpdateDateTime")
def update_date_time(call: Call, system: ManagedObject, dateTime: datetime) -> None:
    """Set the host's clock; raise InvalidArgument for a year out of range [derived]."""
    if not _FIRST_YEAR <= dateTime.year <= _LAST_YEAR:
        raise MethodFault("InvalidArgument", invalidProperty="dateTime")
    call.vcenter.host_clocks[system.ref] = dateTime - call.vcenter.clock.now()

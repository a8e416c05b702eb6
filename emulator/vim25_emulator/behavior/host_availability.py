"""Hosts that accept virtual machines: they are in service and are not entering maintenance mode.

While a host enters maintenance mode, it accepts no virtual machine and powers none on [documented], says
EnteringMaintenanceModeEvent. No property shows that phase; the task that has locked the host does.
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.host_service import is_in_service
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import MethodFault

_ENTERING: Final = "EnterMaintenanceMode_Task"


def is_available(call: Call, host: ManagedObject) -> bool:
    """Return whether a host accepts virtual machines."""
    return is_in_service(host) and not _is_entering_maintenance(call, host)


def require_available(call: Call, host: ManagedObject) -> None:
    """Raise InvalidHostState for a host that does not accept virtual machines."""
    if not is_available(call, host):
        raise MethodFault("InvalidHostState", host=host.ref)


def _is_entering_maintenance(call: Call, host: ManagedObject) -> bool:
    task = call.vcenter.inventory.find(call.vcenter.tasks.holder(host))
    return task is not None and task.get("info.name") == _ENTERING

"""Hosts that accept virtual machines: they are in service and are not entering maintenance mode.

While a host enters maintenance mode, it accepts no virtual machine and powers none on [documented], says
EnteringMaintenanceModeEvent. No property shows that phase; the task that has locked the host does.
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import cluster_of
from vim25_emulator.model.host_service import is_in_service
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import MethodFault, MoRef

_ENTERING: Final = "EnterMaintenanceMode_Task"


def is_available(call: Call, host: ManagedObject) -> bool:
    """Return whether a host accepts virtual machines."""
    return is_in_service(host) and maintenance_task(call, host) is None


def require_available(call: Call, host: ManagedObject) -> None:
    """Raise InvalidHostState for a host that does not accept virtual machines."""
    if not is_available(call, host):
        raise MethodFault("InvalidHostState", host=host.ref)


def entering_maintenance(call: Call, vm: ManagedObject) -> frozenset[MoRef]:
    """Return the hosts of a VM's cluster that are entering maintenance mode."""
    inventory = call.vcenter.inventory
    hosts = hosts_of(inventory, cluster_of(inventory, vm))
    return frozenset(host.ref for host in hosts if maintenance_task(call, host) is not None)


def maintenance_task(call: Call, host: ManagedObject) -> ManagedObject | None:
    """Return the task by which a host is entering maintenance mode; None if it is not."""
    task = call.vcenter.inventory.find(call.vcenter.tasks.holder(host))
    return task if task is not None and task.get("info.name") == _ENTERING else None

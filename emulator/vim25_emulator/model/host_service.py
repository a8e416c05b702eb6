"""Whether a host runs virtual machines: the one answer for every way in which one can come onto a host.

Power-on, migration, creation, cloning, registration, revert, evacuation, HA, DRS and Fault Tolerance ask it.
"""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import MethodFault


def is_in_service(host: ManagedObject) -> bool:
    """Whether a host can run VMs now: connected, powered on, in neither maintenance nor standby mode.

    A host that is entering standby mode shows as powered on, and takes no VMs [documented]
    (EnteringStandbyModeEvent).
    """
    runtime = host.get("runtime")
    awake = runtime.powerState == "poweredOn" and runtime.standbyMode in (None, "none")
    return awake and runtime.connectionState == "connected" and not runtime.inMaintenanceMode


def require_in_service(host: ManagedObject) -> None:
    """Raise InvalidHostState for a host that cannot run VMs now."""
    if not is_in_service(host):
        raise MethodFault("InvalidHostState", host=host.ref)


def is_outside_maintenance(host: ManagedObject) -> bool:
    """Whether a host is connected and not in maintenance mode: it may enter it, and must before removal.

    Another question than `is_in_service`: standby mode does not permit the removal, and a host that is not
    connected cannot enter maintenance mode first.
    """
    runtime = host.get("runtime")
    return runtime.connectionState == "connected" and not runtime.inMaintenanceMode

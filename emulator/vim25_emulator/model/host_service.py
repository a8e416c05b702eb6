"""Whether a host runs virtual machines: the one answer for every way in which one can come onto a host.

Fault Tolerance asks it of properties alone; `behavior.host_availability` adds what only a task shows.
"""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject


def is_in_service(host: ManagedObject) -> bool:
    """Whether a host can run VMs now: connected, powered on, in neither maintenance nor standby mode.

    A host that is entering standby mode shows as powered on, and takes no VMs [documented]
    (EnteringStandbyModeEvent).
    """
    runtime = host.get("runtime")
    awake = runtime.powerState == "poweredOn" and runtime.standbyMode in (None, "none")
    return awake and runtime.connectionState == "connected" and not runtime.inMaintenanceMode


def is_outside_maintenance(host: ManagedObject) -> bool:
    """Whether a host is connected and not in maintenance mode: it may enter it, and must before removal.

    Another question than `is_in_service`: standby mode does not permit the removal, and a host that is not
    connected cannot enter maintenance mode first.
    """
    runtime = host.get("runtime")
    return runtime.connectionState == "connected" and not runtime.inMaintenanceMode

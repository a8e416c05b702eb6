"""The summary of a cluster, recomputed after a host was added, removed or changed its state."""

from __future__ import annotations

from typing import Final

from vim25_emulator.behavior import pair_power
from vim25_emulator.behavior.ha_protection import show_ha_protection
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.compute_resource import update_capacity, update_shared
from vim25_emulator.model.disabled_method import host_disabled_methods
from vim25_emulator.model.high_availability import start_agents
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.vcenter.call import Call

#: State of an HA agent that is not started with the others.
_BROKEN: Final = "initializationError"


def refresh_cluster(call: Call, owner: ManagedObject) -> None:
    """Recompute what a cluster or compute resource shows of its hosts: storage, networks, capacity, HA.

    This includes which of its VMs can be protected by Fault Tolerance.
    """
    inventory = call.vcenter.inventory
    hosts = hosts_of(inventory, owner)
    update_shared(inventory, owner)
    if owner.get("configurationEx.dasConfig.enabled"):
        start_agents(hosts, {host.ref for host in hosts if _agent_of(host) == _BROKEN})
        pair_power.on_ha_switched(call, owner)
    show_ha_protection(call, owner)
    update_capacity(inventory, owner)


def refresh_host(call: Call, host: ManagedObject) -> None:
    """Recompute the host's `disabledMethod` and its cluster's summary."""
    runtime = host.get("runtime")
    disabled = host_disabled_methods(
        runtime.connectionState, runtime.powerState, in_maintenance_mode=bool(runtime.inMaintenanceMode)
    )
    host.set("disabledMethod", disabled)
    refresh_cluster(call, call.vcenter.inventory[host.get("parent")])


def _agent_of(host: ManagedObject) -> str | None:
    state: str | None = host.get("runtime.dasHostState.state")
    return state

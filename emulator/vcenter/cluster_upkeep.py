"""What a cluster shows of its hosts, once one of them came, went, or is in another state than before."""

from __future__ import annotations

from itertools import chain
from typing import Final

from emulator.inventory.store import ManagedObject
from emulator.scenario.cluster import update_capacity
from emulator.scenario.disabled_method import host_disabled_methods
from emulator.scenario.high_availability import start_agents
from emulator.vcenter import fault_tolerance
from emulator.vcenter.operation import Call
from emulator.vcenter.reference import hosts_of

#: State of an agent that does not come up by itself when others do.
_BROKEN: Final = "initializationError"


def show_cluster(call: Call, owner: ManagedObject) -> None:
    """Let a cluster or compute resource show its hosts as they are: storage, networks, capacity, HA.

    Which of its VMs can be made fault tolerant follows, too.
    """
    inventory = call.vcenter.inventory
    hosts = hosts_of(inventory, owner)
    for shared in ("datastore", "network"):
        reached = chain.from_iterable(host.get(shared) for host in hosts)
        owner.set(shared, tuple(dict.fromkeys(reached)))
    if owner.get("configurationEx.dasConfig.enabled"):
        start_agents(hosts, {host.ref for host in hosts if _agent_of(host) == _BROKEN})
        fault_tolerance.on_ha_switched(call, owner)
    update_capacity(inventory, owner)


def show_host(call: Call, host: ManagedObject) -> None:
    """Let a host refuse what it refuses in its state, and its cluster show it."""
    runtime = host.get("runtime")
    refused = host_disabled_methods(
        runtime.connectionState, runtime.powerState, in_maintenance_mode=bool(runtime.inMaintenanceMode)
    )
    host.set("disabledMethod", refused)
    show_cluster(call, call.vcenter.inventory[host.get("parent")])


def _agent_of(host: ManagedObject) -> str | None:
    state: str | None = host.get("runtime.dasHostState.state")
    return state

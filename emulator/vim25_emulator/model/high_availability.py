"""The HA agents of a cluster: one master, the others connected to it.

Which host becomes master is the agents' own affair on a real cluster; here it is the first that can.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.host import set_ha_agent
from vim25_emulator.vmodl.value import MoRef


def start_agents(hosts: Iterable[ManagedObject], failed: Container[MoRef] = ()) -> None:
    """Start the HA agents of a cluster's hosts; those of `failed` do not come up."""
    master_found = False
    for host in hosts:
        if host.ref in failed:
            state = "initializationError"
        elif host.get("runtime.connectionState") != "connected":
            state = "hostDown" if host.get("runtime.connectionState") == "notResponding" else "fdmUnreachable"
        else:
            state = "connectedToMaster" if master_found else "master"
            master_found = True
        set_ha_agent(host, state)


def switch_agents(hosts: Iterable[ManagedObject], *, enabled: bool) -> None:
    """Start or stop the HA agents of a cluster's hosts, as HA is switched on or off."""
    (start_agents if enabled else stop_agents)(hosts)


def stop_agents(hosts: Iterable[ManagedObject]) -> None:
    """Stop the HA agents of a cluster's hosts."""
    for host in hosts:
        set_ha_agent(host, None)

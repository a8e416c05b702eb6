"""The HA agents of a cluster: one master, the others connected to it.

In a real cluster the agents elect the master; here it is the first eligible host.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.host import set_ha_agent
from vim25_emulator.vmodl.value import MoRef


def start_agents(hosts: Iterable[ManagedObject], failed: Container[MoRef] = ()) -> None:
    """Start the HA agents of a cluster's hosts; those on `failed` hosts end in initializationError."""
    has_master = False
    for host in hosts:
        if host.ref in failed:
            state = "initializationError"
        elif host.get("runtime.connectionState") != "connected":
            state = "hostDown" if host.get("runtime.connectionState") == "notResponding" else "fdmUnreachable"
        else:
            state = "connectedToMaster" if has_master else "master"
            has_master = True
        set_ha_agent(host, state)


def switch_agents(hosts: Iterable[ManagedObject], *, enabled: bool) -> None:
    """Start or stop the HA agents of a cluster's hosts after HA was enabled or disabled."""
    (start_agents if enabled else stop_agents)(hosts)


def stop_agents(hosts: Iterable[ManagedObject]) -> None:
    """Stop the HA agents of a cluster's hosts."""
    for host in hosts:
        set_ha_agent(host, None)

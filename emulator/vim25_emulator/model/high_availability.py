"""HA: the agents of a cluster, one master and the others connected to it, and the protection of its VMs.

In a real cluster the agents elect the master; here it is the first eligible host.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import ha_disabled_for, ha_enabled
from vim25_emulator.model.host import set_ha_agent
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.vmodl.value import DataObject, MoRef

_PROTECTION: Final = "runtime.dasVmProtection"


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


def show_protection(owner: ManagedObject | None, vm: ManagedObject) -> None:
    """Show whether HA protects a VM of a cluster: it runs and is to be restarted.

    Unset without HA [documented]. `owner` is a cluster, or a compute resource or None, which have no HA.
    """
    protected = is_powered_on(vm) and not ha_disabled_for(owner, vm)
    state = DataObject("VirtualMachineRuntimeInfoDasProtectionState", dasProtected=protected)
    shown = state if ha_enabled(owner) else None
    if vm.get(_PROTECTION) != shown:
        vm.set(_PROTECTION, shown)

"""Host failure: its VMs stop, pairs fail over, and HA restarts the other VMs on other hosts.

HA restarts a VM once, on the first suitable host [derived]; a real one retries and balances the load. A VM
that is not restarted stays registered on its host, powered off, and disconnected until the host recovers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from vim25_emulator.behavior.cluster_summary import refresh_host
from vim25_emulator.behavior.host_evacuation import hosts_for
from vim25_emulator.behavior.pair_power import on_power_on
from vim25_emulator.behavior.power_transition import set_power_state
from vim25_emulator.behavior.secondary_start import apply_pair_event, restart_waiting
from vim25_emulator.fault_tolerance.pair import pair_of
from vim25_emulator.fault_tolerance.pair_state import Event, State
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import cluster_of, ha_disabled_for, ha_enabled
from vim25_emulator.model.event_argument import event_argument
from vim25_emulator.model.place import follow_host, move
from vim25_emulator.model.power_state import OFF, ON
from vim25_emulator.model.related_object import hosts_of, running_vms
from vim25_emulator.vcenter.call import Call

#: HostSystemPowerState of a running host; a different enumeration than that of VMs.
_HOST_ON: Final = "poweredOn"


def fail_host(call: Call, host: ManagedObject) -> None:
    """Set a host to not responding, stop its VMs, fail its pairs over, and start the restarts by HA."""
    call = replace(call, session=None, task=None)  # nobody's deed
    running = running_vms(call.vcenter.inventory, host)
    cluster = set_connection_state(call, host, "notResponding", "unknown")
    call.vcenter.events.post("HostConnectionLostEvent", host, user=call.user)
    if cluster is not None and ha_enabled(cluster):
        failed = event_argument(host)
        call.vcenter.events.post("DasHostFailedEvent", cluster, user=call.user, failedHost=failed)
    lost = [vm for vm in running if _is_lost(call, vm)]
    for vm in lost:
        set_power_state(call, vm, OFF)
    for vm in call.vcenter.inventory.find_all(host.get("vm")):
        follow_host(vm, host)
    for vm in lost:
        if _is_restarted(cluster, vm):
            call.vcenter.tasks.run_in_background(_restart(call, vm, host))


def recover_host(call: Call, host: ManagedObject) -> None:
    """Reconnect a host that failed, without running VMs; HA retries the restarts that await a host."""
    host.set("runtime.standbyMode", "none")
    cluster = set_connection_state(call, host, "connected", _HOST_ON)
    call.vcenter.events.post("HostConnectedEvent", host, user=call.user)
    if cluster is not None:
        restart_waiting(call, cluster)


def set_connection_state(
    call: Call, host: ManagedObject, connection: str, power: str | None = None
) -> ManagedObject | None:
    """Set the connection state of a host and, if given, its power state; return its cluster.

    Update the connection state of its VMs, its `disabledMethod`, the HA agents and the cluster's capacity.
    """
    inventory = call.vcenter.inventory
    if power is not None:
        host.set("runtime.powerState", power)
        host.set("runtime.bootTime", call.vcenter.clock.now() if power == _HOST_ON else None)
    host.set("runtime.connectionState", connection)
    host.set("overallStatus", "red" if connection == "notResponding" else "green")
    for vm in inventory.find_all(host.get("vm")):
        follow_host(vm, host)
    owner = inventory[host.get("parent")]
    cluster = owner if owner.is_a("ClusterComputeResource") else None
    refresh_host(call, host)
    return cluster


def _is_lost(call: Call, vm: ManagedObject) -> bool:
    """Apply the failure of a VM's host to its pair; return whether the VM no longer runs."""
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is None:
        return True
    fails_over = pair.state is State.RUNNING
    apply_pair_event(call, pair, Event.PRIMARY_FAILED if vm is pair.primary else Event.SECONDARY_FAILED)
    return vm is pair.primary and not fails_over


def _is_restarted(cluster: ManagedObject | None, vm: ManagedObject) -> bool:
    """Whether HA restarts a VM after a failure; nothing does without HA [documented]."""
    return ha_enabled(cluster) and not ha_disabled_for(cluster, vm)


async def _restart(call: Call, vm: ManagedObject, source: ManagedObject) -> None:
    """Restart a VM by HA on another host, after the duration of a task."""
    await call.vcenter.clock.sleep(call.vcenter.tasks.duration)
    if vm.ref not in call.vcenter.inventory or vm.get("runtime.connectionState") == "connected":
        return
    cluster = cluster_of(call.vcenter.inventory, vm)
    if not _is_restarted(cluster, vm):
        return
    target = next(iter(hosts_for(call, vm, hosts_of(call.vcenter.inventory, cluster))), None)
    if target is None:
        call.vcenter.events.post("VmFailoverFailed", vm, user=call.user, template=False)
        return
    move(call.vcenter.inventory, vm, target)
    set_power_state(call, vm, ON)
    fields = {"template": False, "sourceHost": event_argument(source)}
    call.vcenter.events.post("VmRestartedOnAlternateHostEvent", vm, user=call.user, **fields)
    on_power_on(call, vm)

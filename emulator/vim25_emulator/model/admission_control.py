"""vSphere HA admission control: whether a VM may be powered on, by the policy of its cluster.

Reservations count, on the hosts in service, not slots as on a real cluster [derived]; a VM without a CPU
reservation counts 32 MHz [documented].
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.compute_resource import total_mhz
from vim25_emulator.model.entity import MIB
from vim25_emulator.model.host_service import is_in_service
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.model.reserved_resources import ReservedResources, reserved_by
from vim25_emulator.vmodl.value import DataObject

_DEFAULT_MHZ: Final = 32
_POLICY: Final = "configurationEx.dasConfig.admissionControlPolicy"


class Resources(NamedTuple):
    """CPU in MHz and memory in MB."""

    cpu: float
    memory: float


def reservation_of(vm: ManagedObject) -> Resources:
    """Return what a VM counts as when it runs."""
    reserved = reserved_by(vm)
    return Resources(reserved.cpu or _DEFAULT_MHZ, reserved.memory)


def is_failover_host(cluster: ManagedObject | None, host: ManagedObject) -> bool:
    """Return whether a host is a dedicated failover host of HA, which runs no VMs until hosts fail."""
    policy = _policy(cluster)
    return (
        policy is not None
        and policy.is_a("ClusterFailoverHostAdmissionControlPolicy")
        and host.ref in policy.failoverHosts
    )


def lacks_failover_capacity(
    inventory: Inventory, cluster: ManagedObject | None, added: Resources, without: Collection[ManagedObject]
) -> bool:
    """Return whether HA must refuse to power on a VM that reserves `added`; `without` are not counted."""
    policy = _policy(cluster)
    available = policy.type_.nearest(_AVAILABLE, None) if policy is not None else None
    if cluster is None or policy is None or available is None or not _is_enabled(cluster):
        return False
    hosts = [host for host in hosts_of(inventory, cluster) if is_in_service(host)]
    index, remaining = inventory.index(ReservedResources), available(policy, hosts)
    reserved = [index.on(host, without) for host in hosts]
    cpu = sum(each.cpu + each.without_cpu * _DEFAULT_MHZ for each in reserved)
    memory = sum(each.memory for each in reserved)
    return added.cpu + cpu > remaining.cpu or added.memory + memory > remaining.memory


def _is_enabled(cluster: ManagedObject) -> bool:
    das = cluster.get("configurationEx.dasConfig")
    return bool(das.enabled and das.admissionControlEnabled)


def _policy(cluster: ManagedObject | None) -> DataObject | None:
    return cluster.get(_POLICY) if cluster is not None else None


def _capacity(host: ManagedObject) -> Resources:
    return Resources(total_mhz(host), int(host.get("hardware.memorySize")) // MIB)


def _by_level(policy: DataObject, hosts: list[ManagedObject]) -> Resources:
    """Return the capacity after the largest hosts, as many as the level says, have failed [derived]."""
    capacities = list(map(_capacity, hosts))
    count = max(0, len(hosts) - (policy.failoverLevel or 0))
    return Resources(
        sum(sorted(each.cpu for each in capacities)[:count]),
        sum(sorted(each.memory for each in capacities)[:count]),
    )


def _by_percentage(policy: DataObject, hosts: list[ManagedObject]) -> Resources:
    """Return the capacity without the reserved percentages.

    With `autoComputePercentages`, they follow from the number of host failures to tolerate [documented].
    """
    capacities = list(map(_capacity, hosts))
    cpu, memory = policy.cpuFailoverResourcesPercent, policy.memoryFailoverResourcesPercent
    if policy.autoComputePercentages and hosts:
        cpu = memory = min(100, 100 * (policy.failoverLevel or 1) / len(hosts))
    return Resources(
        sum(each.cpu for each in capacities) * (100 - cpu) / 100,
        sum(each.memory for each in capacities) * (100 - memory) / 100,
    )


def _by_failover_hosts(policy: DataObject, hosts: list[ManagedObject]) -> Resources:
    """Return the capacity of the hosts that are not dedicated to failovers."""
    capacities = [_capacity(host) for host in hosts if host.ref not in policy.failoverHosts]
    return Resources(sum(each.cpu for each in capacities), sum(each.memory for each in capacities))


#: Type of an admission control policy → function that returns the capacity that VMs may reserve.
_AVAILABLE: Final[dict[str, Callable[[DataObject, list[ManagedObject]], Resources]]] = {
    "ClusterFailoverLevelAdmissionControlPolicy": _by_level,
    "ClusterFailoverResourcesAdmissionControlPolicy": _by_percentage,
    "ClusterFailoverHostAdmissionControlPolicy": _by_failover_hosts,
}

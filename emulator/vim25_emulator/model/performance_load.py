"""The load of an object, which its performance counters show.

It comes from the object's own properties: quickStats, hardware, capacity. Clusters, pools and datacenters sum
up what they contain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.power_state import is_powered_on

_KIB: Final = 1024
_HOST_WATTS: Final = 180.0
_VM_WATTS: Final = 12.0


class Load(NamedTuple):
    """What an object uses and has, in megahertz, kibibytes and watts. `started`: when it began to run."""

    started: datetime | None = None
    cpus: int = 0
    mhz: float = 0.0
    total_mhz: float = 0.0
    active: float = 0.0
    consumed: float = 0.0
    granted: float = 0.0
    overhead: float = 0.0
    memory: float = 0.0
    watts: float = 0.0
    capacity: float = 0.0
    used: float = 0.0
    provisioned: float = 0.0
    activity: float = 1.0

    def times(self, factor: float) -> Load:
        """Return this load with everything that varies multiplied, within what the object has."""
        return self._replace(
            mhz=min(self.mhz * factor, self.total_mhz),
            active=min(self.active * factor, self.memory),
            consumed=min(self.consumed * (0.9 + factor / 10), self.memory),
            watts=self.watts * (0.9 + factor / 10),
            activity=factor,
        )


def _of_vm(inventory: Inventory, vm: ManagedObject) -> Load:
    stats = vm.get("summary.quickStats").__dict__
    return Load(
        started=vm.get("runtime.bootTime"),
        cpus=vm.get("summary.config.numCpu") or 0,
        mhz=stats.get("overallCpuUsage", 0),
        total_mhz=vm.get("runtime.maxCpuUsage") or 0,
        active=stats.get("guestMemoryUsage", 0) * _KIB,
        consumed=stats.get("hostMemoryUsage", 0) * _KIB,
        granted=stats.get("grantedMemory", 0) * _KIB,
        overhead=stats.get("consumedOverheadMemory", 0) * _KIB,
        memory=(vm.get("summary.config.memorySizeMB") or 0) * _KIB,
        watts=_VM_WATTS,
    )


def _of_host(inventory: Inventory, host: ManagedObject) -> Load:
    stats, hardware = host.get("summary.quickStats").__dict__, host.get("summary.hardware")
    consumed = stats.get("overallMemoryUsage", 0) * _KIB
    return Load(
        started=host.get("runtime.bootTime"),
        cpus=hardware.numCpuThreads,
        mhz=stats.get("overallCpuUsage", 0),
        total_mhz=hardware.cpuMhz * hardware.numCpuCores,
        active=consumed,  # quickStats has no active memory
        consumed=consumed,
        granted=consumed,
        overhead=consumed / 64,
        memory=hardware.memorySize / _KIB,
        watts=_HOST_WATTS,
    )


def _of_datastore(inventory: Inventory, datastore: ManagedObject) -> Load:
    summary = datastore.get("summary")
    used = summary.capacity - summary.freeSpace
    return Load(
        capacity=summary.capacity / _KIB,
        used=used / _KIB,
        provisioned=(used + (summary.uncommitted or 0)) / _KIB,
    )


def _sum(loads: Iterable[Load]) -> Load:
    """Return the sum of loads."""
    columns = zip(*(load[1:-1] for load in loads), strict=True)
    return Load(None, *map(sum, columns))


def _of_cluster(inventory: Inventory, cluster: ManagedObject) -> Load:
    hosts = inventory.find_all(cluster.get("host"))
    return _sum(_of_host(inventory, host) for host in hosts if provides(host))


def _of_pool(inventory: Inventory, pool: ManagedObject) -> Load:
    return _sum(_of_vm(inventory, vm) for vm in _machines(inventory, pool) if provides(vm))


def _machines(inventory: Inventory, pool: ManagedObject) -> Iterator[ManagedObject]:
    """Yield the virtual machines of a pool and of the pools below."""
    yield from inventory.find_all(pool.get("vm"))
    for below in inventory.find_all(pool.get("resourcePool")):
        yield from _machines(inventory, below)


_LOADS: Final[dict[str, Callable[[Inventory, ManagedObject], Load]]] = {
    "VirtualMachine": _of_vm,
    "HostSystem": _of_host,
    "ClusterComputeResource": _of_cluster,
    "ResourcePool": _of_pool,
    "Datastore": _of_datastore,
}


def load_of(inventory: Inventory, entity: ManagedObject) -> Load:
    """Return the present load of an object; of none for a datacenter, whose counters count operations."""
    of_type: Callable[[Inventory, ManagedObject], Load] | None = entity.type.nearest(_LOADS, None)
    return of_type(inventory, entity) if of_type is not None else Load()


#: Managed object type → whether there are statistics of the object in its present state; always for others.
_PROVIDES: Final[dict[str, Callable[[ManagedObject], bool]]] = {
    "VirtualMachine": lambda vm: is_powered_on(vm) and vm.get("runtime.connectionState") == "connected",
    "HostSystem": lambda host: (
        host.get("runtime.connectionState") == "connected" and host.get("runtime.powerState") == "poweredOn"
    ),
    "Datastore": lambda datastore: bool(datastore.get("summary.accessible")),
}


def provides(entity: ManagedObject) -> bool:
    """Return whether there are statistics of an object: not of a host that does not respond, for example."""
    present: Callable[[ManagedObject], bool] | None = entity.type.nearest(_PROVIDES, None)
    return present is None or present(entity)

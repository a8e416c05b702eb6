"""ResourcePool: the summary, with the usage and the memory of the pool's virtual machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vmodl.value import DataObject

#: Property of ResourcePoolQuickStats, the sum of the same of VirtualMachineQuickStats.
_SUMS: Final = (
    "overallCpuUsage",
    "overallCpuDemand",
    "guestMemoryUsage",
    "hostMemoryUsage",
    "distributedCpuEntitlement",
    "distributedMemoryEntitlement",
    "staticCpuEntitlement",
    "staticMemoryEntitlement",
    "privateMemory",
    "sharedMemory",
    "swappedMemory",
    "balloonedMemory",
    "consumedOverheadMemory",
    "compressedMemory",
)


@computed_property("ResourcePool", "summary")
def pool_summary(call: Call, pool: ManagedObject) -> DataObject | None:
    """Return the summary of a pool; that of a saved inventory as it was saved."""
    summary: DataObject | None = pool.get("summary")
    if summary is None or summary.quickStats is None or summary.quickStats.__dict__:
        return summary
    machines = tuple(_machine_summaries(call.vcenter.inventory, pool))
    stats = [machine.quickStats for machine in machines if machine.quickStats is not None]
    sums = {name: sum(getattr(stat, name) or 0 for stat in stats) for name in _SUMS}
    return summary.replace(
        quickStats=DataObject(
            "ResourcePoolQuickStats", **sums, overheadMemory=sums["consumedOverheadMemory"]
        ),
        configuredMemoryMB=sum(machine.config.memorySizeMB or 0 for machine in machines),
    )


def _machine_summaries(inventory: Inventory, pool: ManagedObject) -> Iterator[DataObject]:
    """Yield the summaries of the virtual machines in a pool and in the pools below it."""
    for vm in inventory.find_all(pool.get("vm")):
        if vm.get("summary") is not None:
            yield vm.get("summary")
    for inner in inventory.find_all(pool.get("resourcePool")):
        yield from _machine_summaries(inventory, inner)

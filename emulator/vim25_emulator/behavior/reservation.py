"""Reservations of a running virtual machine, which its host must be able to guarantee."""

from __future__ import annotations

from vim25_emulator.fault_tolerance.host_capacity import unreserved_memory
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.compute_resource import total_mhz
from vim25_emulator.model.entity import MIB
from vim25_emulator.model.reserved_resources import ReservedResources, reserved_in
from vim25_emulator.vmodl.value import DataObject, MethodFault


def require_reservations(
    inventory: Inventory, vm: ManagedObject, host: ManagedObject, config: DataObject
) -> None:
    """Raise the InsufficientResourcesFault of a host that cannot guarantee what a VM reserves.

    `config` is the VM's configuration. Nothing is required of a host whose hardware is unknown.
    """
    if host.get("hardware") is None:
        return
    for fault, requested, unreserved in (
        ("InsufficientCpuResourcesFault", reserved_in(config, "cpuAllocation"), _unreserved_cpu),
        (
            "InsufficientMemoryResourcesFault",
            reserved_in(config, "memoryAllocation") * MIB,
            unreserved_memory,
        ),
    ):
        if requested and requested > (available := max(unreserved(inventory, host, vm), 0)):
            raise MethodFault(fault, unreserved=available, requested=requested)


def _unreserved_cpu(inventory: Inventory, host: ManagedObject, without: ManagedObject) -> int:
    """Return the MHz of a host that its running VMs, except `without`, have not reserved."""
    reserved = inventory.index(ReservedResources).on(host, (without,)).cpu
    return total_mhz(host) - reserved

"""Capacity of a host for fault tolerant VMs: unreserved memory, and limits on VMs and vCPUs."""

from __future__ import annotations

from typing import Final

from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.cluster_policy import MAX_VCPUS_PER_HOST, MAX_VMS_PER_HOST, limit
from vim25_emulator.model.related_object import running_vms
from vim25_emulator.model.reserved_resources import ReservedResources

_MIB: Final = 1 << 20


def unreserved_memory(inventory: Inventory, host: ManagedObject, without: ManagedObject) -> int:
    """Return the bytes of a host's memory that its running VMs, except `without`, have not reserved."""
    reserved = inventory.index(ReservedResources).on(host, (without,)).memory
    return int(host.get("hardware.memorySize") or 0) - reserved * _MIB


def lacks_memory(request: SecondaryRequest, host: ManagedObject) -> bool:
    """Its unreserved memory is less than the memory of the VM."""
    return unreserved_memory(request.inventory, host, request.primary) < requested_memory(request, host)


def requested_memory(request: SecondaryRequest, host: ManagedObject) -> int:
    """Return the bytes that a VM of the pair reserves."""
    return request.memory * _MIB


def unreserved_on(request: SecondaryRequest, host: ManagedObject) -> int:
    """Return the bytes of a host's memory that VMs outside the pair have not reserved."""
    return unreserved_memory(request.inventory, host, request.primary)


def has_too_many_vms(request: SecondaryRequest, host: ManagedObject) -> bool:
    """With this pair it would exceed `das.maxftvmsperhost`, the limit on fault tolerant VMs."""
    maximum = max_vms(request, host)
    return maximum is not None and len(_fault_tolerant_on(request, host)) + 1 > maximum


def has_too_many_vcpus(request: SecondaryRequest, host: ManagedObject) -> bool:
    """With this pair it would exceed `das.maxftvcpusperhost`, the limit on fault tolerant vCPUs."""
    maximum = max_vcpus(request, host)
    running = sum(vm.get("config.hardware.numCPU") for vm in _fault_tolerant_on(request, host))
    return maximum is not None and running + request.vcpus > maximum


def max_vms(request: SecondaryRequest, host: ManagedObject) -> int | None:
    """Return the limit on fault tolerant VMs per host; None without a limit."""
    return limit(request.cluster, MAX_VMS_PER_HOST)


def max_vcpus(request: SecondaryRequest, host: ManagedObject) -> int | None:
    """Return the limit on fault tolerant vCPUs per host; None without a limit."""
    return limit(request.cluster, MAX_VCPUS_PER_HOST)


def _fault_tolerant_on(request: SecondaryRequest, host: ManagedObject) -> list[ManagedObject]:
    """Return the fault tolerant VMs that run on a host, except those of this pair."""
    own = {vm.ref for vm in (request.primary, request.secondary) if vm is not None}
    running = running_vms(request.inventory, host)
    return [vm for vm in running if vm.get("config.ftInfo") is not None and vm.ref not in own]

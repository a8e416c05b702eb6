"""Disk space for the secondary's copies, memory in the primary's resource pool, and failover capacity."""

from __future__ import annotations

from collections import Counter

from vim25_emulator.fault_tolerance.pair_kind import PairKind
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest, datastore_behind
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.host_service import is_in_service
from vim25_emulator.model.related_object import hosts_of, running_vms
from vim25_emulator.vmodl.value import DataObject, MoRef

_MIB = 1 << 20


def copies(request: SecondaryRequest) -> Counter[MoRef]:
    """Return the bytes that the secondary's disks take on each datastore.

    A checkpointing pair has two full copies of every disk [documented], counted at the disk's full capacity
    [derived]. A legacy pair shares its disks.
    """
    sizes: Counter[MoRef] = Counter()
    for disk in request.disks if request.kind is PairKind.CHECKPOINTING else ():
        datastore = request.datastore_of(disk)
        if datastore is not None:
            sizes[datastore] += _size(disk)
    return sizes


def full_datastore(request: SecondaryRequest, vm: ManagedObject) -> ManagedObject | None:
    """A datastore has less free space than the secondary's disks require."""
    for ref, size in copies(request).items():
        datastore = request.inventory.find(ref)
        if datastore is not None and datastore.get("summary.freeSpace") < size:
            return datastore
    return None


def full_datastore_name(request: SecondaryRequest, vm: ManagedObject) -> str:
    """Return the name of the first datastore without enough space; empty if there is none."""
    full = full_datastore(request, vm)
    return str(full.get("name")) if full is not None else ""


def take_space(request: SecondaryRequest) -> None:
    """Subtract the space of the secondary's disks from the free space of their datastores."""
    for ref, size in copies(request).items():
        _add_space(request.inventory[ref], -size)


def give_back(inventory: Inventory, secondary: ManagedObject) -> None:
    """Add the space of a secondary's own disks to the free space of their datastores."""
    for disk in secondary.get("config.hardware.device") or ():
        datastore = inventory.find(datastore_behind(disk)) if disk.is_a("VirtualDisk") else None
        if datastore is not None:
            _add_space(datastore, _size(disk))


def _add_space(datastore: ManagedObject, size: int) -> None:
    """Add bytes, or subtract if negative, to the free space of a datastore, within its capacity."""
    free = datastore.get("summary.freeSpace") + size
    shown = min(max(0, free), datastore.get("summary.capacity"))
    datastore.set("summary.freeSpace", shown)
    datastore.set("info.freeSpace", shown)


def _size(disk: DataObject) -> int:
    return int(disk.capacityInBytes or disk.capacityInKB * 1024)


def lacks_failover_capacity(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """With the secondary, HA could not restart all VMs after the configured number of host failures.

    Memory reservations count, and the hosts with the most memory fail first [derived]; a real HA counts in
    slots.
    """
    cluster = request.cluster
    das = cluster.get("configurationEx.dasConfig") if cluster is not None else None
    policy = das.admissionControlPolicy if das is not None and das.admissionControlEnabled else None
    if policy is None or not policy.is_a("ClusterFailoverLevelAdmissionControlPolicy"):
        return False
    hosts = [host for host in hosts_of(request.inventory, cluster) if is_in_service(host)]
    sizes = sorted(int(host.get("hardware.memorySize")) for host in hosts)
    remaining = sum(sizes[: max(0, len(sizes) - policy.failoverLevel)])
    return remaining < (_reserved_on(request, hosts) + request.memory) * _MIB


def _reserved_on(request: SecondaryRequest, hosts: list[ManagedObject]) -> int:
    """Return the MB that the running VMs of these hosts, except the secondary, have reserved."""
    running = (vm for host in hosts for vm in running_vms(request.inventory, host))
    others = (vm for vm in running if vm is not request.secondary)
    return sum(vm.get("config.memoryAllocation.reservation") or 0 for vm in others)


def lacks_pool_memory(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """Its resource pool has too little unreserved memory and cannot expand its reservation."""
    pool = request.inventory.find(vm.get("resourcePool"))
    if pool is None or pool.get("config.memoryAllocation.expandableReservation") is not False:
        return False
    return pool_unreserved(request, vm) < additional_reservation(request, vm)


def pool_unreserved(request: SecondaryRequest, vm: ManagedObject) -> int:
    """Return the unreserved bytes of memory in the VM's resource pool."""
    pool = request.inventory.find(vm.get("resourcePool"))
    return int((pool.get("runtime.memory.unreservedForVm") if pool is not None else None) or 0)


def additional_reservation(request: SecondaryRequest, vm: ManagedObject) -> int:
    """Return the bytes that the primary must reserve in addition to its reservation."""
    reserved = vm.get("config.memoryAllocation.reservation") or 0
    return max(0, request.memory - int(reserved)) * _MIB

"""Disk space for the secondary's copies, memory in the primary's resource pool, and failover capacity."""

from __future__ import annotations

from collections import Counter

from vim25_emulator.fault_tolerance.pair_kind import PairKind
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest, datastore_behind
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model import admission_control
from vim25_emulator.model.admission_control import Resources, reservation_of
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
    """With the secondary, HA would not have the capacity that its admission control reserves."""
    added = Resources(reservation_of(vm).cpu, request.memory)
    without = [request.secondary] if request.secondary is not None else []
    return admission_control.lacks_failover_capacity(request.inventory, request.cluster, added, without)


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

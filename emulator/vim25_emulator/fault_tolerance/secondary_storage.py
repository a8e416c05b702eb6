"""Space for the secondary's own copies of the disks, and memory in the primary's resource pool."""

from __future__ import annotations

from collections import Counter

from vim25_emulator.fault_tolerance.creation import Creation, PairKind, datastore_behind
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.host_service import is_in_service
from vim25_emulator.model.related_object import hosts_of, running_vms
from vim25_emulator.vmodl.value import DataObject, MoRef

_MIB = 1 << 20


def copies(creation: Creation) -> Counter[MoRef]:
    """Return how many bytes the secondary's disks take on each datastore.

    A checkpointing pair has two full copies of every disk (documented), which are as large as the disks may
    grow (derived). A legacy pair shares its disks.
    """
    needed: Counter[MoRef] = Counter()
    for disk in creation.disks if creation.kind is PairKind.CHECKPOINTING else ():
        placed = creation.datastore_of(disk)
        if placed is not None:
            needed[placed] += _size(disk)
    return needed


def full_datastore(creation: Creation, vm: ManagedObject) -> ManagedObject | None:
    """A datastore has less free space than the secondary's disks need."""
    for ref, needed in copies(creation).items():
        datastore = creation.inventory.find(ref)
        if datastore is not None and datastore.get("summary.freeSpace") < needed:
            return datastore
    return None


def full_datastore_name(creation: Creation, vm: ManagedObject) -> str:
    """Return the name of the datastore without enough space; empty if all have it."""
    full = full_datastore(creation, vm)
    return str(full.get("name")) if full is not None else ""


def take_space(creation: Creation) -> None:
    """Note the space that the secondary's disks take from now on."""
    for ref, needed in copies(creation).items():
        _add_space(creation.inventory[ref], -needed)


def give_back(inventory: Inventory, secondary: ManagedObject) -> None:
    """Note that the files of a secondary with disks of its own are gone."""
    for disk in secondary.get("config.hardware.device"):
        datastore = inventory.find(datastore_behind(disk)) if disk.is_a("VirtualDisk") else None
        if datastore is not None:
            _add_space(datastore, _size(disk))


def _add_space(datastore: ManagedObject, size: int) -> None:
    """Let a datastore have so much more free space, or less if negative."""
    free = datastore.get("summary.freeSpace") + size
    held = min(max(0, free), datastore.get("summary.capacity"))
    datastore.set("summary.freeSpace", held)
    datastore.set("info.freeSpace", held)


def _size(disk: DataObject) -> int:
    return int(disk.capacityInBytes or disk.capacityInKB * 1024)


def lacks_failover_capacity(creation: Creation, vm: ManagedObject) -> bool:
    """With the secondary HA could no longer restart everything if the hosts it reckons with failed.

    Reservations of memory count, the hosts with most of it fail first (derived: a real HA counts in slots).
    """
    cluster = creation.cluster
    das = cluster.get("configurationEx.dasConfig") if cluster is not None else None
    policy = das.admissionControlPolicy if das is not None and das.admissionControlEnabled else None
    if policy is None or not policy.is_a("ClusterFailoverLevelAdmissionControlPolicy"):
        return False
    hosts = [host for host in hosts_of(creation.inventory, cluster) if is_in_service(host)]
    sizes = sorted(int(host.get("hardware.memorySize")) for host in hosts)
    left = sum(sizes[: max(0, len(sizes) - policy.failoverLevel)])
    return left < (_reserved_on(creation, hosts) + creation.memory) * _MIB


def _reserved_on(creation: Creation, hosts: list[ManagedObject]) -> int:
    """Return the MB that the running VMs of these hosts have reserved, the secondary left out."""
    running = (vm for host in hosts for vm in running_vms(creation.inventory, host))
    others = (vm for vm in running if vm is not creation.secondary)
    return sum(vm.get("config.memoryAllocation.reservation") or 0 for vm in others)


def lacks_pool_memory(creation: Creation, vm: ManagedObject) -> bool:
    """Its resource pool can neither spare the memory that Fault Tolerance reserves nor borrow it."""
    pool = creation.inventory.find(vm.get("resourcePool"))
    if pool is None or pool.get("config.memoryAllocation.expandableReservation") is not False:
        return False
    return pool_unreserved(creation, vm) < additional_reservation(creation, vm)


def pool_unreserved(creation: Creation, vm: ManagedObject) -> int:
    """Return the bytes of memory that the VM's resource pool has not reserved."""
    pool = creation.inventory.find(vm.get("resourcePool"))
    return int((pool.get("runtime.memory.unreservedForVm") if pool is not None else None) or 0)


def additional_reservation(creation: Creation, vm: ManagedObject) -> int:
    """Return the bytes that the primary must reserve beyond what it has reserved already."""
    reserved = vm.get("config.memoryAllocation.reservation") or 0
    return max(0, creation.memory - int(reserved)) * _MIB

"""Which VMs a call touches, and whether it does to one of them what Fault Tolerance forbids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from vim25_emulator.fault_tolerance.device_condition import UNSUPPORTED
from vim25_emulator.fault_tolerance.pair import pair_of
from vim25_emulator.fault_tolerance.prohibition import Attempt
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import cluster_of
from vim25_emulator.model.host_service import is_outside_maintenance
from vim25_emulator.vmodl.value import DataObject, MoRef

_SITES: Final = ("metroFtEnabled", "metroFtHostGroup")


# Which VMs


def this(attempt: Attempt) -> Iterable[ManagedObject]:
    """The VM that is called."""
    return (attempt.this,)


def named_entity(attempt: Attempt) -> Iterable[ManagedObject]:
    """The VM that is named as the entity."""
    return _vms((attempt.find(attempt.arguments.get("entity")),))


def listed_vms(attempt: Attempt) -> Iterable[ManagedObject]:
    """The VMs in the list."""
    return _vms(map(attempt.find, attempt.arguments.get("list") or ()))


def configured_vms(attempt: Attempt) -> Iterable[ManagedObject]:
    """The VMs that the specifications of resources are about."""
    return _vms(attempt.inventory.find(each.entity) for each in attempt.spec or ())


def vms_of_this_host(attempt: Attempt) -> Iterable[ManagedObject]:
    """The VMs of the host that is called."""
    return attempt.inventory.find_all(attempt.this.get("vm"))


def vms_of_named_hosts(attempt: Attempt) -> Iterable[ManagedObject]:
    """The VMs of the hosts that are to be moved."""
    named = attempt.arguments.get("host")
    return _vms_of(attempt, named if isinstance(named, tuple) and not isinstance(named, MoRef) else (named,))


def vms_of_listed_hosts(attempt: Attempt) -> Iterable[ManagedObject]:
    """The VMs of the hosts in the list that stand in a cluster."""
    return _vms_of(attempt, attempt.arguments.get("list") or ())


def _vms_of(attempt: Attempt, hosts: Iterable[Any]) -> Iterator[ManagedObject]:
    for host in map(attempt.find, hosts):
        if host is not None and host.is_a("HostSystem"):
            yield from attempt.inventory.find_all(host.get("vm"))


def vms_with_drs_override(attempt: Attempt) -> Iterable[ManagedObject]:
    """The VMs whose DRS overrides the specification of the cluster changes."""
    return _vms(attempt.inventory.find(_key(change)) for change in _changes(attempt, "drsVmConfigSpec"))


def vms_with_ha_override(attempt: Attempt) -> Iterable[ManagedObject]:
    """The VMs whose HA overrides the specification of the cluster changes."""
    return _vms(attempt.inventory.find(_key(change)) for change in _changes(attempt, "dasVmConfigSpec"))


def _changes(attempt: Attempt, name: str) -> tuple[DataObject, ...]:
    spec = attempt.spec
    known = spec is not None and name in spec.type_.properties
    return getattr(spec, name) or () if known else ()


def _key(change: DataObject) -> MoRef | None:
    """Return the VM that a change of an override is about."""
    key = change.info.key if change.info is not None else change.removeKey
    return key if isinstance(key, MoRef) else None


def _vms(found: Iterable[ManagedObject | None]) -> Iterator[ManagedObject]:
    return (each for each in found if each is not None and each.is_a("VirtualMachine"))


# What is done to them


def always(attempt: Attempt, vm: ManagedObject) -> bool:
    """The call itself is refused."""
    return True


def changes_memory(attempt: Attempt, vm: ManagedObject) -> bool:
    """It changes the size of the memory, or how much of it is reserved, limited or shared."""
    size = attempt.spec.memoryMB
    if size is not None and size != vm.get("config.hardware.memoryMB"):
        return True
    return _differs(attempt.spec.memoryAllocation, vm.get("config.memoryAllocation"))


def changes_memory_in_pool(attempt: Attempt, vm: ManagedObject) -> bool:
    """It changes how much of the memory is reserved, limited or shared."""
    specs = [each for each in attempt.spec if each.entity == vm.ref]
    return any(_differs(each.memoryAllocation, vm.get("config.memoryAllocation")) for each in specs)


def _differs(wanted: DataObject | None, held: DataObject | None) -> bool:
    """Whether anything that is wanted is not so yet."""
    if wanted is None or held is None:
        return False
    given = {name: value for name, value in wanted.__dict__.items() if value is not None}
    return any(held.__dict__.get(name) != value for name, value in given.items())


def changes_vcpus(attempt: Attempt, vm: ManagedObject) -> bool:
    """It changes the number of virtual CPUs."""
    wanted = attempt.spec.numCPUs
    return wanted is not None and wanted != vm.get("config.hardware.numCPU")


def changes_disks(attempt: Attempt, vm: ManagedObject) -> bool:
    """It adds, changes or removes a disk."""
    return any(change.device.is_a("VirtualDisk") for change in attempt.spec.deviceChange)


def adds_unsupported_device(attempt: Attempt, vm: ManagedObject) -> bool:
    """It adds a device that Fault Tolerance does not support."""
    return any(_added_unsupported(attempt))


def unsupported_device(attempt: Attempt, vm: ManagedObject) -> str:
    """Return how the fault names the device that is not supported."""
    device = next(_added_unsupported(attempt))
    return device.deviceInfo.label if device.deviceInfo is not None else str(device.type_.name)


def _added_unsupported(attempt: Attempt) -> Iterator[DataObject]:
    for change in attempt.spec.deviceChange:
        if change.operation == "add" and any(change.device.is_a(name) for name in UNSUPPORTED):
            yield change.device


def changes_identity(attempt: Attempt, vm: ManagedObject) -> bool:
    """It gives the VM another instance uuid, by which the pair is known."""
    wanted = attempt.spec.instanceUuid
    return wanted is not None and wanted != vm.get("config.instanceUuid")


def changes_sites(attempt: Attempt, vm: ManagedObject) -> bool:
    """It changes whether, or over which hosts, the pair stretches across two sites."""
    wanted = {name: attempt.spec.__dict__.get(name) for name in _SITES}
    return any(
        value is not None and value != (vm.get(f"config.{name}") or type(value)())
        for name, value in wanted.items()
    )


def _destination(attempt: Attempt, name: str) -> ManagedObject | None:
    """Return the host or pool that a VM is to be moved to: an argument, or a part of the specification."""
    spec = attempt.spec
    return attempt.find(attempt.arguments.get(name) if spec is None else getattr(spec, name))


def leaves_pool(attempt: Attempt, vm: ManagedObject) -> bool:
    """It is to be moved to another resource pool of its cluster."""
    pool = _destination(attempt, "pool")
    return pool is not None and pool.ref != vm.get("resourcePool") and not leaves_cluster(attempt, vm)


def leaves_cluster(attempt: Attempt, vm: ManagedObject) -> bool:
    """It is to be moved to a host or a pool outside its cluster."""
    cluster = cluster_of(attempt.inventory, vm)
    host, pool = _destination(attempt, "host"), _destination(attempt, "pool")
    owners = [place.get(owner) for place, owner in ((host, "parent"), (pool, "owner")) if place is not None]
    return cluster is not None and any(owner != cluster.ref for owner in owners)


def makes_disks_thin(attempt: Attempt, vm: ManagedObject) -> bool:
    """Its disks are to be copied to files that grow on demand, which record and replay cannot share."""
    return bool(attempt.spec.transform == "sparse")


def joins_partner(attempt: Attempt, vm: ManagedObject) -> bool:
    """It is to be moved to the host that its partner is on."""
    host = _destination(attempt, "host")
    return host is not None and host.ref == partner_host(attempt, vm)


def partner_host(attempt: Attempt, vm: ManagedObject) -> MoRef | None:
    """Return the host that the other VM of the pair is on."""
    pair = pair_of(attempt.inventory, vm)
    if pair is None:
        return None
    partner = pair.secondary if vm is pair.primary else pair.primary
    found: MoRef | None = partner.get("runtime.host")
    return found


def partner_host_name(attempt: Attempt, vm: ManagedObject) -> str:
    """Return the name of the host that the other VM of the pair is on."""
    host = attempt.inventory.find(partner_host(attempt, vm))
    return str(host.get("name")) if host is not None else ""


def is_in_another_pool(attempt: Attempt, vm: ManagedObject) -> bool:
    """It is in another resource pool than the one that is called."""
    return bool(vm.get("resourcePool") != attempt.this.ref)


def host_is_outside_maintenance(attempt: Attempt, vm: ManagedObject) -> bool:
    """The host is connected and not in maintenance mode."""
    return is_outside_maintenance(attempt.this)


def host_name(attempt: Attempt, vm: ManagedObject) -> str:
    """Return the name of the host that is called."""
    return str(attempt.this.get("name"))


def host_leaves_cluster(attempt: Attempt, vm: ManagedObject) -> bool:
    """The host of the VM is not in the cluster that is called."""
    host = attempt.inventory.find(vm.get("runtime.host"))
    return host is not None and host.get("parent") != attempt.this.ref


def lets_drs_balance(attempt: Attempt, vm: ManagedObject) -> bool:
    """It takes away the override that keeps DRS from the VM, in a cluster without EVC."""
    if attempt.this.get("summary.currentEVCModeKey"):
        return False
    changes = [change for change in _changes(attempt, "drsVmConfigSpec") if _key(change) == vm.ref]
    return any(change.operation == "remove" or change.info.enabled is not False for change in changes)


def disables_restart(attempt: Attempt, vm: ManagedObject) -> bool:
    """It lets HA leave the VM alone."""
    infos = [c.info for c in _changes(attempt, "dasVmConfigSpec") if c.info is not None and _key(c) == vm.ref]
    return any(
        "disabled"
        in (info.restartPriority, info.dasSettings.restartPriority if info.dasSettings is not None else None)
        for info in infos
    )

"""What a call would do to a VM of a pair: the conditions of the table of forbidden operations.

The first line of each docstring is printed in the documentation, as "refused if it …".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vim25_emulator.fault_tolerance.affected_vm import overridden_vm, override_changes
from vim25_emulator.fault_tolerance.device_condition import is_listed
from vim25_emulator.fault_tolerance.pair import pair_of
from vim25_emulator.fault_tolerance.pair_kind import is_legacy
from vim25_emulator.fault_tolerance.prohibition import Attempt
from vim25_emulator.fault_tolerance.secondary_request import datastore_behind
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import cluster_of, evc_mode
from vim25_emulator.model.disk_location import LINKED
from vim25_emulator.model.host_service import is_outside_maintenance
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.model.virtual_machine_files import disks_of
from vim25_emulator.vmodl.value import DataObject, MoRef

_SITES: Final = ("metroFtEnabled", "metroFtHostGroup")


def anything(attempt: Attempt, vm: ManagedObject) -> bool:
    """The method is called."""
    return True


def snapshot_memory(attempt: Attempt, vm: ManagedObject) -> bool:
    """It includes the memory in the snapshot, or the pair is legacy."""
    return is_legacy(vm) or bool(attempt.arguments.get("memory"))


def snapshot_disks(attempt: Attempt, vm: ManagedObject) -> bool:
    """It takes a snapshot of the disks only."""
    return not snapshot_memory(attempt, vm)


def change_memory(attempt: Attempt, vm: ManagedObject) -> bool:
    """It changes the memory size, or its reservation, limit or shares."""
    size = attempt.spec.memoryMB
    if size is not None and size != vm.get("config.hardware.memoryMB"):
        return True
    return _differs(attempt.spec.memoryAllocation, vm.get("config.memoryAllocation"))


def change_memory_in_pool(attempt: Attempt, vm: ManagedObject) -> bool:
    """It changes the reservation, limit or shares of the memory."""
    specs = [spec for spec in attempt.spec if spec.entity == vm.ref]
    return any(_differs(spec.memoryAllocation, vm.get("config.memoryAllocation")) for spec in specs)


def _differs(requested: DataObject | None, current: DataObject | None) -> bool:
    """Whether the request would change anything."""
    if requested is None or current is None:
        return False
    values = {name: value for name, value in requested.__dict__.items() if value is not None}
    return any(current.__dict__.get(name) != value for name, value in values.items())


def change_vcpus(attempt: Attempt, vm: ManagedObject) -> bool:
    """It changes the number of virtual CPUs."""
    number = attempt.spec.numCPUs
    return number is not None and number != vm.get("config.hardware.numCPU")


def change_disks(attempt: Attempt, vm: ManagedObject) -> bool:
    """It adds, changes or removes a disk."""
    return any(change.device.is_a("VirtualDisk") for change in attempt.spec.deviceChange)


def change_devices(attempt: Attempt, vm: ManagedObject) -> bool:
    """It changes devices of the VM."""
    return bool(attempt.spec.deviceChange)


def add_unsupported_device(attempt: Attempt, vm: ManagedObject) -> bool:
    """It adds a device that Fault Tolerance does not support."""
    return any(_added_unsupported(attempt))


def unsupported_device(attempt: Attempt, vm: ManagedObject) -> str:
    """Return the label of the unsupported device, or its type."""
    device = next(_added_unsupported(attempt))
    return device.deviceInfo.label if device.deviceInfo is not None else str(device.type_.name)


def _added_unsupported(attempt: Attempt) -> Iterator[DataObject]:
    for change in attempt.spec.deviceChange:
        if change.operation == "add" and is_listed(change.device, attempt.release):
            yield change.device


def plug_device(attempt: Attempt, vm: ManagedObject) -> bool:
    """It adds or removes a device of a running VM, or changes a network card, which is plugged in again."""
    return is_powered_on(vm) and any(map(_is_plugged, attempt.spec.deviceChange))


def plugged_device(attempt: Attempt, vm: ManagedObject) -> int:
    """Return the index of the first change that plugs a device in or out."""
    return [_is_plugged(change) for change in attempt.spec.deviceChange].index(True)


def _is_plugged(change: DataObject) -> bool:
    return change.operation in ("add", "remove") or change.device.is_a("VirtualEthernetCard")


def clone_linked(attempt: Attempt, vm: ManagedObject) -> bool:
    """It creates a linked clone."""
    return attempt.spec.location.diskMoveType in LINKED


def move_storage(attempt: Attempt, vm: ManagedObject) -> bool:
    """It moves files of the VM to another datastore, or converts its disks."""
    spec = attempt.spec
    named = {locator.diskId: locator.datastore for locator in spec.disk}
    if spec.datastore not in (None, vm.get("datastore")[0]):
        return True
    if any(
        named.get(disk.key, spec.datastore) not in (None, datastore_behind(disk))
        for disk in disks_of(vm.get("config"))
    ):
        return True
    return bool(spec.datastore and spec.transform) or any(locator.diskBackingInfo for locator in spec.disk)


def change_identity(attempt: Attempt, vm: ManagedObject) -> bool:
    """It changes the instance UUID, which identifies the VM within the pair."""
    uuid = attempt.spec.instanceUuid
    return uuid is not None and uuid != vm.get("config.instanceUuid")


def change_sites(attempt: Attempt, vm: ManagedObject) -> bool:
    """It changes whether the pair spans two sites, or its host group."""
    settings = {name: attempt.spec.__dict__.get(name) for name in _SITES}
    return any(
        value is not None and value != (vm.get(f"config.{name}") or type(value)())
        for name, value in settings.items()
    )


def _destination(attempt: Attempt, name: str) -> ManagedObject | None:
    """Return the target host or pool of a move: an argument, or a property of the spec."""
    spec = attempt.spec
    return attempt.find(attempt.arguments.get(name) if spec is None else getattr(spec, name))


def leave_pool(attempt: Attempt, vm: ManagedObject) -> bool:
    """It moves the VM to another resource pool of its cluster."""
    pool = _destination(attempt, "pool")
    return pool is not None and pool.ref != vm.get("resourcePool") and not leave_cluster(attempt, vm)


def leave_cluster(attempt: Attempt, vm: ManagedObject) -> bool:
    """It moves the VM to a host or a pool outside its cluster."""
    cluster = cluster_of(attempt.inventory, vm)
    host, pool = _destination(attempt, "host"), _destination(attempt, "pool")
    owners = [place.get(owner) for place, owner in ((host, "parent"), (pool, "owner")) if place is not None]
    return cluster is not None and any(owner != cluster.ref for owner in owners)


def make_disks_thin(attempt: Attempt, vm: ManagedObject) -> bool:
    """It converts the disks to thin ones, which a legacy pair cannot share."""
    return bool(attempt.spec.transform == "sparse")


def join_partner(attempt: Attempt, vm: ManagedObject) -> bool:
    """It moves the VM to the host of its partner."""
    host = _destination(attempt, "host")
    return host is not None and host.ref == partner_host(attempt, vm)


def partner_host(attempt: Attempt, vm: ManagedObject) -> MoRef | None:
    """Return the host of the other VM of the pair."""
    pair = pair_of(attempt.inventory, vm)
    if pair is None:
        return None
    partner = pair.secondary if vm is pair.primary else pair.primary
    host: MoRef | None = partner.get("runtime.host")
    return host


def partner_host_name(attempt: Attempt, vm: ManagedObject) -> str:
    """Return the name of the host of the other VM of the pair."""
    host = attempt.inventory.find(partner_host(attempt, vm))
    return str(host.get("name")) if host is not None else ""


def enter_pool(attempt: Attempt, vm: ManagedObject) -> bool:
    """It moves the VM in from another resource pool."""
    return bool(vm.get("resourcePool") != attempt.this.ref)


def host_is_outside_maintenance(attempt: Attempt, vm: ManagedObject) -> bool:
    """The host is connected and not in maintenance mode."""
    return is_outside_maintenance(attempt.this)


def host_name(attempt: Attempt, vm: ManagedObject) -> str:
    """Return the name of the host that is called."""
    return str(attempt.this.get("name"))


def host_leaves_cluster(attempt: Attempt, vm: ManagedObject) -> bool:
    """The host is not in the cluster yet."""
    host = attempt.inventory.find(vm.get("runtime.host"))
    return host is not None and host.get("parent") != attempt.this.ref


def enable_drs(attempt: Attempt, vm: ManagedObject) -> bool:
    """It enables DRS for the VM in a cluster without EVC."""
    if evc_mode(attempt.this):
        return False
    changes = [
        change for change in override_changes(attempt, "drsVmConfigSpec") if overridden_vm(change) == vm.ref
    ]
    return any(change.operation == "remove" or change.info.enabled is not False for change in changes)


def disable_restart(attempt: Attempt, vm: ManagedObject) -> bool:
    """It disables the HA restart of the VM."""
    infos = [
        c.info
        for c in override_changes(attempt, "dasVmConfigSpec")
        if c.info is not None and overridden_vm(c) == vm.ref
    ]
    return any(
        "disabled"
        in (info.restartPriority, info.dasSettings.restartPriority if info.dasSettings is not None else None)
        for info in infos
    )

"""Which virtual machines a call affects: the selectors of the table of forbidden operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from vim25_emulator.fault_tolerance.prohibition import Attempt
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import DataObject, MoRef


def called(attempt: Attempt) -> Iterable[ManagedObject]:
    """Return the VM on which the method is called."""
    return (attempt.this,)


def of_called_snapshot(attempt: Attempt) -> Iterable[ManagedObject]:
    """Return the VM of the snapshot on which the method is called."""
    return _vms((attempt.inventory.find(attempt.this.get("vm")),))


def named_as_entity(attempt: Attempt) -> Iterable[ManagedObject]:
    """Yield the VM that is the argument `entity`."""
    return _vms((attempt.find(attempt.arguments.get("entity")),))


def listed(attempt: Attempt) -> Iterable[ManagedObject]:
    """Yield the VMs in the argument `list`."""
    return _vms(map(attempt.find, attempt.arguments.get("list") or ()))


def configured(attempt: Attempt) -> Iterable[ManagedObject]:
    """Yield the VMs whose resources the call configures."""
    return _vms(attempt.inventory.find(spec.entity) for spec in attempt.spec or ())


def of_called_host(attempt: Attempt) -> Iterable[ManagedObject]:
    """Return the VMs of the host on which the method is called."""
    return attempt.inventory.find_all(attempt.this.get("vm"))


def of_named_hosts(attempt: Attempt) -> Iterable[ManagedObject]:
    """Yield the VMs of the hosts that are the argument `host`."""
    host = attempt.arguments.get("host")
    hosts = host if isinstance(host, tuple) and not isinstance(host, MoRef) else (host,)
    return _of_hosts(attempt, hosts)


def of_listed_hosts(attempt: Attempt) -> Iterable[ManagedObject]:
    """Yield the VMs of the hosts in the argument `list`."""
    return _of_hosts(attempt, attempt.arguments.get("list") or ())


def _of_hosts(attempt: Attempt, hosts: Iterable[Any]) -> Iterator[ManagedObject]:
    for host in map(attempt.find, hosts):
        if host is not None and host.is_a("HostSystem"):
            yield from attempt.inventory.find_all(host.get("vm"))


def with_drs_override(attempt: Attempt) -> Iterable[ManagedObject]:
    """Yield the VMs whose DRS overrides the call changes."""
    changes = override_changes(attempt, "drsVmConfigSpec")
    return _vms(attempt.inventory.find(overridden_vm(change)) for change in changes)


def with_ha_override(attempt: Attempt) -> Iterable[ManagedObject]:
    """Yield the VMs whose HA overrides the call changes."""
    changes = override_changes(attempt, "dasVmConfigSpec")
    return _vms(attempt.inventory.find(overridden_vm(change)) for change in changes)


def in_new_group(attempt: Attempt) -> Iterable[ManagedObject]:
    """Yield the VMs of the VM groups that the call adds or edits."""
    infos = (change.info for change in override_changes(attempt, "groupSpec") if change.info is not None)
    groups = (info for info in infos if info.is_a("ClusterVmGroup"))
    return _vms(attempt.inventory.find(ref) for group in groups for ref in group.vm)


def override_changes(attempt: Attempt, name: str) -> tuple[DataObject, ...]:
    """Return the changes to overrides that a list of the cluster's spec contains."""
    spec = attempt.spec
    exists = spec is not None and name in spec.type_.properties
    return getattr(spec, name) or () if exists else ()


def overridden_vm(change: DataObject) -> MoRef | None:
    """Return the VM whose override a change adds, edits or removes."""
    key = change.info.key if change.info is not None else change.removeKey
    return key if isinstance(key, MoRef) else None


def _vms(entities: Iterable[ManagedObject | None]) -> Iterator[ManagedObject]:
    return (entity for entity in entities if entity is not None and entity.is_a("VirtualMachine"))

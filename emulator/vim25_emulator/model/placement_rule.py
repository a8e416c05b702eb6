"""The rules of a cluster that say which hosts may run which virtual machines.

VM-Host rules for a primary bind its secondary as well; a VM-VM rule binds the primary only [documented]. An
optional VM-Host rule, and a VM-VM rule, is a preference here [derived].
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

GROUPS: Final = "configurationEx.group"
RULES: Final = "configurationEx.rule"


def is_forbidden(inventory: Inventory, vm: ManagedObject, host: ManagedObject) -> bool:
    """Whether a mandatory VM-Host rule keeps a VM off a host."""
    return any(rule.mandatory for rule in _broken_host_rules(inventory, vm, host))


def is_excluded(inventory: Inventory, vm: ManagedObject, host: ManagedObject) -> bool:
    """Whether a VM on a host would break a VM-Host rule, mandatory or not."""
    return any(True for _ in _broken_host_rules(inventory, vm, host))


def is_discouraged(inventory: Inventory, vm: ManagedObject, host: ManagedObject) -> bool:
    """Whether a VM on a host would break a rule."""
    broken = any(True for _ in _broken_vm_rules(inventory, vm, host))
    return broken or is_excluded(inventory, vm, host)


def require_permitted(inventory: Inventory, vm: ManagedObject, host: ManagedObject) -> None:
    """Raise VmHostAffinityRuleViolation if a mandatory VM-Host rule keeps a VM off a host."""
    if is_forbidden(inventory, vm, host):
        names = {"vmName": vm.get("name"), "hostName": host.get("name")}
        raise MethodFault("VmHostAffinityRuleViolation", **names)


def site_group(cluster: ManagedObject | None, primary: ManagedObject, host: ManagedObject) -> str | None:
    """Return the host group of an FT VM-Host rule for a primary that a host is in.

    Both VMs of the pair are on hosts of different groups [documented].
    """
    return next(
        (
            name
            for rule in _rules(cluster, "ClusterFtVmHostRuleInfo")
            if primary.ref in members(cluster, rule.vmGroupName, "ClusterVmGroup", "vm")
            for name in rule.hostGroupName
            if host.ref in members(cluster, name, "ClusterHostGroup", "host")
        ),
        None,
    )


def _broken_host_rules(inventory: Inventory, vm: ManagedObject, host: ManagedObject) -> Iterator[DataObject]:
    """Yield the VM-Host rules that a VM on a host breaks; of a secondary, those of its primary."""
    cluster = inventory.find(host.get("parent"))
    subject = vm.get("config.ftInfo.primaryVM") or vm.ref
    for rule in _rules(cluster, "ClusterVmHostRuleInfo"):
        if subject in members(cluster, rule.vmGroupName, "ClusterVmGroup", "vm"):
            affine, anti_affine = (
                members(cluster, name, "ClusterHostGroup", "host")
                for name in (rule.affineHostGroupName, rule.antiAffineHostGroupName)
            )
            if host.ref in anti_affine or (rule.affineHostGroupName and host.ref not in affine):
                yield rule


def _broken_vm_rules(inventory: Inventory, vm: ManagedObject, host: ManagedObject) -> Iterator[DataObject]:
    """Yield the VM-VM rules that a VM on a host breaks; a secondary breaks none and is no obstacle."""
    if _is_secondary(vm):
        return
    cluster = inventory.find(host.get("parent"))
    for type_name, together in (("ClusterAffinityRuleSpec", True), ("ClusterAntiAffinityRuleSpec", False)):
        for rule in _rules(cluster, type_name):
            others = inventory.find_all(ref for ref in rule.vm if vm.ref in rule.vm and ref != vm.ref)
            bound = (other for other in others if is_powered_on(other) and not _is_secondary(other))
            hosts = [other.get("runtime.host") for other in bound]
            if any((other == host.ref) is not together for other in hosts):
                yield rule


def _is_secondary(vm: ManagedObject) -> bool:
    return vm.get("config.ftInfo.primaryVM") is not None


def _rules(cluster: ManagedObject | None, type_name: str) -> Iterator[DataObject]:
    """Yield the enabled rules of a type."""
    rules = (cluster.get(RULES) if cluster is not None else None) or ()
    return (rule for rule in rules if rule.enabled and rule.is_a(type_name))


def members(cluster: ManagedObject | None, name: str | None, type_name: str, path: str) -> tuple[MoRef, ...]:
    """Return the members of a group of the cluster."""
    groups = (cluster.get(GROUPS) if cluster is not None else None) or ()
    named = (getattr(group, path) for group in groups if group.name == name and group.is_a(type_name))
    return next(named, None) or ()

"""The HA and DRS settings of a cluster that Fault Tolerance depends on."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import DataObject

#: Advanced HA options that limit Fault Tolerance per host, and their defaults [documented]; 0 means no limit.
MAX_VMS_PER_HOST: Final = ("das.maxftvmsperhost", 4)
MAX_VCPUS_PER_HOST: Final = ("das.maxftvcpusperhost", 8)


class PowerOnBy(Enum):
    """Who powers on a secondary."""

    VCENTER = "vCenter, without DRS"
    DRS = "DRS, fully automated"
    HA = "HA, after a failure"
    CALLER = "the caller, who names the host"
    ADMINISTRATOR = "the administrator who approves the recommendation of manual or partially automated DRS"


def cluster_of(inventory: Inventory, vm: ManagedObject) -> ManagedObject | None:
    """Return the cluster of a VM's host; None for a standalone host."""
    host = inventory.find(vm.get("runtime.host"))
    owner = inventory.find(host.get("parent")) if host is not None else None
    return owner if owner is not None and owner.is_a("ClusterComputeResource") else None


def evc_mode(cluster: ManagedObject | None) -> str | None:
    """Return the key of a cluster's EVC mode; None without EVC, and outside a cluster."""
    mode: str | None = cluster.get("summary.currentEVCModeKey") if cluster is not None else None
    return mode or None


def ha_enabled(cluster: ManagedObject | None) -> bool:
    """Return whether vSphere HA is enabled; false without a cluster."""
    return bool(cluster is not None and cluster.get("configurationEx.dasConfig.enabled"))


def may_protect(owner: ManagedObject | None, host: ManagedObject) -> bool:
    """Whether VMs of a host can have Fault Tolerance: its cluster has HA, and the host has no issues."""
    return ha_enabled(owner) and not host.get("capability.smpFtCompatibilityIssues")


def ha_disabled_for(cluster: ManagedObject | None, vm: ManagedObject) -> bool:
    """Return whether HA is disabled for a VM, by its restart priority or the cluster's default."""
    override = _override(cluster, "configurationEx.dasVmConfig", vm)
    settings = override.dasSettings if override is not None else None
    priority = (settings.restartPriority if settings else None) or (
        override.restartPriority if override else None
    )
    if priority is None or priority == "clusterRestartPriority":
        default = "configurationEx.dasConfig.defaultVmSettings.restartPriority"
        priority = cluster.get(default) if cluster else None
    return bool(priority == "disabled")


def power_on_by(cluster: ManagedObject | None, vm: ManagedObject) -> PowerOnBy:
    """Return who powers on the secondary of a VM; the VM's DRS override precedes the cluster's default."""
    drs = cluster.get("configurationEx.drsConfig") if cluster is not None else None
    if drs is None or not drs.enabled:
        return PowerOnBy.VCENTER
    override = _override(cluster, "configurationEx.drsVmConfig", vm)
    behavior = (override.behavior if override is not None else None) or drs.defaultVmBehavior
    return PowerOnBy.DRS if behavior == "fullyAutomated" else PowerOnBy.ADMINISTRATOR


def limit(cluster: ManagedObject | None, option: tuple[str, int]) -> int | None:
    """Return the limit that an advanced HA option sets; None for no limit."""
    key, default = option
    options = (cluster.get("configurationEx.dasConfig.option") if cluster is not None else None) or ()
    value = next((int(option.value) for option in options if option.key == key), default)
    return value or None


def override_drs(cluster: ManagedObject | None, primary: ManagedObject, secondary: ManagedObject) -> None:
    """Set the DRS overrides of a pair, as vCenter does [documented].

    Without EVC, DRS is disabled for both VMs. With EVC, the secondary inherits its primary's override.
    """
    if cluster is None or not cluster.get("configurationEx.drsConfig.enabled"):
        return
    if evc_mode(cluster):
        inherit_drs(cluster, primary, secondary)
        return
    overrides = {override.key: override for override in cluster.get("configurationEx.drsVmConfig") or ()}
    for vm in (primary, secondary):
        before = overrides.get(vm.ref) or DataObject("ClusterDrsVmConfigInfo", key=vm.ref)
        overrides[vm.ref] = before.replace(enabled=False)
    cluster.set("configurationEx.drsVmConfig", tuple(overrides.values()))


def inherit_drs(cluster: ManagedObject, primary: ManagedObject, secondary: ManagedObject) -> None:
    """Copy the primary's DRS override to the secondary; remove the secondary's if the primary has none."""
    path = "configurationEx.drsVmConfig"
    override = _override(cluster, path, primary)
    overrides = cluster.get(path) or ()
    others = tuple(other for other in overrides if other.key != secondary.ref)
    inherited = (override.replace(key=secondary.ref),) if override is not None else ()
    if inherited or len(others) != len(overrides):
        cluster.set(path, (*others, *inherited))


def release_drs(cluster: ManagedObject, vm: ManagedObject) -> None:
    """Remove the DRS override that `override_drs` set for a VM [derived]."""
    path = "configurationEx.drsVmConfig"
    override = _override(cluster, path, vm)
    if override is not None and override.enabled is False:
        cluster.set(path, tuple(other for other in cluster.get(path) if other.key != vm.ref))


def remove_overrides(cluster: ManagedObject, vm: ManagedObject) -> None:
    """Remove the HA and DRS overrides of a deleted VM."""
    for path in ("configurationEx.drsVmConfig", "configurationEx.dasVmConfig"):
        overrides = cluster.get(path) or ()
        if any(override.key == vm.ref for override in overrides):
            cluster.set(path, tuple(override for override in overrides if override.key != vm.ref))


def _override(cluster: ManagedObject | None, path: str, vm: ManagedObject) -> Any:
    """Return a VM's element of an array of overrides; None if it does not exist."""
    overrides = (cluster.get(path) if cluster is not None else None) or ()
    return next((override for override in overrides if override.key == vm.ref), None)

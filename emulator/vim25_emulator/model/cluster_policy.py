"""The HA and DRS settings of a cluster that Fault Tolerance depends on."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import MoRef

#: Advanced HA options that limit Fault Tolerance per host, and their defaults [documented]; 0 means no limit.
MAX_VMS_PER_HOST: Final = ("das.maxftvmsperhost", 4)
MAX_VCPUS_PER_HOST: Final = ("das.maxftvcpusperhost", 8)

DRS_OVERRIDES: Final = "configurationEx.drsVmConfig"
HA_OVERRIDES: Final = "configurationEx.dasVmConfig"
_SERVICE: Final = MoRef("ServiceInstance", "ServiceInstance")


class PowerOnBy(Enum):
    """Who powers on a VM."""

    VCENTER = "vCenter, without DRS"
    DRS = "DRS, fully or partially automated"
    HA = "HA, after a failure"
    CALLER = "the caller, who names the host"
    ADMINISTRATOR = "the administrator who approves the recommendation of manual DRS"


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
    override = override_of(cluster, HA_OVERRIDES, vm)
    settings = override.dasSettings if override is not None else None
    priority = (settings.restartPriority if settings else None) or (
        override.restartPriority if override else None
    )
    if priority is None or priority == "clusterRestartPriority":
        default = "configurationEx.dasConfig.defaultVmSettings.restartPriority"
        priority = cluster.get(default) if cluster else None
    return bool(priority == "disabled")


def drs_enabled(cluster: ManagedObject | None) -> bool:
    """Return whether DRS is enabled; false without a cluster."""
    return bool(cluster is not None and cluster.get("configurationEx.drsConfig.enabled"))


def drs_behavior(cluster: ManagedObject | None, vm: ManagedObject) -> str | None:
    """Return the DrsBehavior for a VM: its override's, else the cluster's default.

    None without DRS, and for a VM whose override excludes it from DRS: such a VM is neither recommended for
    nor evacuated [documented].
    """
    if cluster is None or not drs_enabled(cluster):
        return None
    override = override_of(cluster, DRS_OVERRIDES, vm)
    if override is not None and override.enabled is False:
        return None
    behavior: str | None = override.behavior if override is not None else None
    return behavior or cluster.get("configurationEx.drsConfig.defaultVmBehavior") or "fullyAutomated"


def power_on_by(cluster: ManagedObject | None, vm: ManagedObject, requested: str | None = None) -> PowerOnBy:
    """Return who powers a VM on: only manual DRS waits for approval [documented].

    `requested` is a DrsBehavior that a request demands instead of the VM's.

    A VM that is excluded from DRS is powered on where it is registered; a secondary is placed by DRS all the
    same, as the guides of 4.1 to 6.5 say [documented].
    """
    behavior = drs_behavior(cluster, vm)
    if behavior is None:
        placed = drs_enabled(cluster) and vm.get("config.ftInfo.primaryVM") is not None
        return PowerOnBy.DRS if placed else PowerOnBy.VCENTER
    return PowerOnBy.ADMINISTRATOR if (requested or behavior) == "manual" else PowerOnBy.DRS


def limit(cluster: ManagedObject | None, option: tuple[str, int]) -> int | None:
    """Return the limit that an advanced HA option sets; None for no limit."""
    key, default = option
    options = (cluster.get("configurationEx.dasConfig.option") if cluster is not None else None) or ()
    value = next((int(option.value) for option in options if option.key == key), default)
    return value or None


def drs_covers_pairs(inventory: Inventory, cluster: ManagedObject) -> bool:
    """Whether DRS treats fault tolerant VMs like others: with EVC, and from 6.7 on without, too [contested].

    Without EVC, the guides from 6.7 on and `ftDrsWithoutEvcSupported` say so; ClusterConfigSpecEx does not.
    From 6.0 to 6.5, DRS does not balance the load of checkpointing VMs [documented], nor does it here of any;
    it evacuates them [derived].
    """
    service = inventory.find(_SERVICE)
    without_evc = service is not None and service.get("capability.ftDrsWithoutEvcSupported")
    return bool(without_evc or evc_mode(cluster))


def remove_overrides(cluster: ManagedObject, vm: ManagedObject) -> None:
    """Remove the HA and DRS overrides of a deleted VM."""
    for path in (DRS_OVERRIDES, HA_OVERRIDES):
        overrides = cluster.get(path) or ()
        if any(override.key == vm.ref for override in overrides):
            cluster.set(path, tuple(override for override in overrides if override.key != vm.ref))


def override_of(cluster: ManagedObject | None, path: str, vm: ManagedObject) -> Any:
    """Return a VM's element of DRS_OVERRIDES or HA_OVERRIDES; None if it does not exist."""
    overrides = (cluster.get(path) if cluster is not None else None) or ()
    return next((override for override in overrides if override.key == vm.ref), None)

"""What Fault Tolerance asks of a cluster: is HA on, who powers VMs on, how many FT VMs may a host run."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import DataObject

#: HA's advanced options that limit Fault Tolerance per host, with the defaults (documented); 0 lifts a limit.
MAX_VMS_PER_HOST: Final = ("das.maxftvmsperhost", 4)
MAX_VCPUS_PER_HOST: Final = ("das.maxftvcpusperhost", 8)


class PowerOnBy(Enum):
    """Who powers a secondary on in a cluster."""

    VCENTER = "vCenter, where there is no DRS"
    DRS = "DRS, fully automated"
    HA = "HA, after a failure"
    CALLER = "the caller, who names the host"
    ADMINISTRATOR = "whoever approves the recommendation of a DRS that is manual or partially automated"


def cluster_of(inventory: Inventory, vm: ManagedObject) -> ManagedObject | None:
    """Return the cluster whose host a VM is on; None for a standalone host."""
    host = inventory.find(vm.get("runtime.host"))
    owner = inventory.find(host.get("parent")) if host is not None else None
    return owner if owner is not None and owner.is_a("ClusterComputeResource") else None


def ha_enabled(cluster: ManagedObject | None) -> bool:
    """Whether vSphere HA is on; false without a cluster."""
    return bool(cluster is not None and cluster.get("configurationEx.dasConfig.enabled"))


def may_protect(owner: ManagedObject | None, host: ManagedObject) -> bool:
    """Whether VMs of a host can have Fault Tolerance: its cluster has HA, and the host has no issues."""
    return ha_enabled(owner) and not host.get("capability.smpFtCompatibilityIssues")


def ha_disabled_for(cluster: ManagedObject | None, vm: ManagedObject) -> bool:
    """Whether HA leaves this VM alone: its restart priority, or the cluster's default, is `disabled`."""
    override = _of_vm(cluster, "configurationEx.dasVmConfig", vm)
    settings = override.dasSettings if override is not None else None
    own = (settings.restartPriority if settings else None) or (override.restartPriority if override else None)
    if own is None or own == "clusterRestartPriority":
        own = cluster.get("configurationEx.dasConfig.defaultVmSettings.restartPriority") if cluster else None
    return bool(own == "disabled")


def power_on_by(cluster: ManagedObject | None, vm: ManagedObject) -> PowerOnBy:
    """Return who powers on the secondary of a VM; its own automation level counts before the cluster's."""
    drs = cluster.get("configurationEx.drsConfig") if cluster is not None else None
    if drs is None or not drs.enabled:
        return PowerOnBy.VCENTER
    override = _of_vm(cluster, "configurationEx.drsVmConfig", vm)
    behavior = (override.behavior if override is not None else None) or drs.defaultVmBehavior
    return PowerOnBy.DRS if behavior == "fullyAutomated" else PowerOnBy.ADMINISTRATOR


def limit(cluster: ManagedObject | None, option: tuple[str, int]) -> int | None:
    """Return the value of an advanced HA option that limits something; None for no limit."""
    key, default = option
    options = (cluster.get("configurationEx.dasConfig.option") if cluster is not None else None) or ()
    value = next((int(held.value) for held in options if held.key == key), default)
    return value or None


def override_drs(cluster: ManagedObject | None, primary: ManagedObject, secondary: ManagedObject) -> None:
    """Tell DRS what to do with a pair, as vCenter does (documented).

    In a cluster without EVC both VMs are taken out of balancing. With EVC the secondary is treated as its
    primary is.
    """
    if cluster is None or not cluster.get("configurationEx.drsConfig.enabled"):
        return
    if cluster.get("summary.currentEVCModeKey"):
        inherit_drs(cluster, primary, secondary)
        return
    held = cluster.get("configurationEx.drsVmConfig") or ()
    overridden = {override.key: override for override in held}
    for vm in (primary, secondary):
        before = overridden.get(vm.ref) or DataObject("ClusterDrsVmConfigInfo", key=vm.ref)
        overridden[vm.ref] = before.replace(enabled=False)
    cluster.set("configurationEx.drsVmConfig", tuple(overridden.values()))


def inherit_drs(cluster: ManagedObject, primary: ManagedObject, secondary: ManagedObject) -> None:
    """Give a secondary the DRS override that its primary has, or none."""
    path = "configurationEx.drsVmConfig"
    own = _of_vm(cluster, path, primary)
    held = cluster.get(path) or ()
    others = tuple(override for override in held if override.key != secondary.ref)
    inherited = (own.replace(key=secondary.ref),) if own is not None else ()
    if inherited or len(others) != len(held):
        cluster.set(path, (*others, *inherited))


def release_drs(cluster: ManagedObject, vm: ManagedObject) -> None:
    """Give a VM back to DRS's balancing (derived): take off the override that `override_drs` put there."""
    path = "configurationEx.drsVmConfig"
    held = _of_vm(cluster, path, vm)
    if held is not None and held.enabled is False:
        cluster.set(path, tuple(override for override in cluster.get(path) if override.key != vm.ref))


def forget(cluster: ManagedObject, vm: ManagedObject) -> None:
    """Take a VM that is deleted out of the cluster's overrides."""
    for path in ("configurationEx.drsVmConfig", "configurationEx.dasVmConfig"):
        held = cluster.get(path) or ()
        if any(override.key == vm.ref for override in held):
            cluster.set(path, tuple(override for override in held if override.key != vm.ref))


def _of_vm(cluster: ManagedObject | None, path: str, vm: ManagedObject) -> Any:
    """Return the element of an array of per-VM overrides that is about this VM, or None."""
    overrides = (cluster.get(path) if cluster is not None else None) or ()
    return next((override for override in overrides if override.key == vm.ref), None)

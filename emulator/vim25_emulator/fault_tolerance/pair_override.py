"""The overrides that vCenter sets for a pair in its cluster: DRS, and VM Component Protection (VMCP).

Where DRS does not cover pairs, it is disabled for both VMs, else the secondary has its primary's override
[documented]. At 6.0 VMCP is disabled for both [documented]. What was set is removed with the pair [derived].
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.cluster_policy import (
    DRS_OVERRIDES,
    HA_OVERRIDES,
    drs_covers_pairs,
    drs_enabled,
    override_of,
)
from vim25_emulator.vmodl.value import DataObject, MoRef

_SERVICE: Final = MoRef("ServiceInstance", "ServiceInstance")
_NO_COMPONENT_PROTECTION: Final = DataObject(
    "ClusterVmComponentProtectionSettings",
    vmStorageProtectionForAPD="disabled",
    vmStorageProtectionForPDL="disabled",
)


def set_overrides(
    inventory: Inventory, cluster: ManagedObject, primary: ManagedObject, secondary: ManagedObject
) -> None:
    """Set the overrides of a pair, as the cluster and the release require."""
    if drs_covers_pairs(inventory, cluster):
        _set(cluster, DRS_OVERRIDES, secondary, override_of(cluster, DRS_OVERRIDES, primary))
    elif drs_enabled(cluster):
        for vm in (primary, secondary):
            before = override_of(cluster, DRS_OVERRIDES, vm) or _new("ClusterDrsVmConfigInfo", vm)
            _set(cluster, DRS_OVERRIDES, vm, before.replace(enabled=False))
    if _excludes_component_protection(inventory, cluster):
        for vm in (primary, secondary):
            _disable_component_protection(cluster, vm)


def release_primary(inventory: Inventory, cluster: ManagedObject, vm: ManagedObject) -> None:
    """Remove the overrides that `set_overrides` set for a primary."""
    override = override_of(cluster, DRS_OVERRIDES, vm)
    excluded = override is not None and override.enabled is False
    if excluded and not drs_covers_pairs(inventory, cluster):
        _set(cluster, DRS_OVERRIDES, vm, None)
    override = override_of(cluster, HA_OVERRIDES, vm)
    settings = override.dasSettings if override is not None else None
    if settings is None or settings.vmComponentProtectionSettings != _NO_COMPONENT_PROTECTION:
        return
    if _excludes_component_protection(inventory, cluster):
        other = settings.replace(vmComponentProtectionSettings=None)
        remaining = override.replace(dasSettings=other if other.__dict__ else None)
        _set(cluster, HA_OVERRIDES, vm, remaining if remaining.__dict__.keys() > {"key"} else None)


def _excludes_component_protection(inventory: Inventory, cluster: ManagedObject) -> bool:
    """Whether the cluster has VMCP, but not for pairs: the release is 6.0."""
    service = inventory.find(_SERVICE)
    release = service.get("content.about.apiVersion") if service is not None else None
    return release == "6.0" and cluster.get("configurationEx.dasConfig.vmComponentProtecting") == "enabled"


def _disable_component_protection(cluster: ManagedObject, vm: ManagedObject) -> None:
    override = override_of(cluster, HA_OVERRIDES, vm) or _new("ClusterDasVmConfigInfo", vm)
    settings = override.dasSettings or DataObject("ClusterDasVmSettings")
    changed = settings.replace(vmComponentProtectionSettings=_NO_COMPONENT_PROTECTION)
    _set(cluster, HA_OVERRIDES, vm, override.replace(dasSettings=changed))


def _new(type_name: str, vm: ManagedObject) -> DataObject:
    return DataObject(type_name, key=vm.ref)


def _set(cluster: ManagedObject, path: str, vm: ManagedObject, override: DataObject | None) -> None:
    """Replace the override of a VM; None removes it."""
    present = cluster.get(path) or ()
    others = (other for other in present if other.key != vm.ref)
    changed = (*others, *(() if override is None else (override.replace(key=vm.ref),)))
    if override_of(cluster, path, vm) != override or len(changed) != len(present):
        cluster.set(path, changed)

"""ComputeResource and ClusterComputeResource: reconfiguring HA, DRS and their per-VM overrides."""

from __future__ import annotations

from vim25_emulator.behavior.cluster_change import scope_of, set_cluster_config
from vim25_emulator.behavior.cluster_config_spec import compute_resource_config, configured
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


def require_compute_resource_spec(
    call: Call, owner: ManagedObject, spec: DataObject, modify: bool
) -> DataObject:
    """Return the new configuration; raise the faults of `reconfigure`."""
    if spec.is_a("ClusterConfigSpecEx") is not owner.is_a("ClusterComputeResource"):
        raise MethodFault("InvalidArgument", invalidProperty="spec")
    if not owner.is_a("ClusterComputeResource"):
        return compute_resource_config(owner.get("configurationEx"), spec, modify=modify)
    return configured(owner.get("configurationEx"), spec, scope_of(call, owner), modify=modify)


@operation(
    "ComputeResource", "ReconfigureComputeResource_Task", locks=True, requires=require_compute_resource_spec
)
async def reconfigure(call: Call, owner: ManagedObject, spec: DataObject, modify: bool) -> None:
    """Apply a spec; with `modify`, unset properties are unchanged, without, they are reset to defaults.

    Raises InvalidArgument, DuplicateName for a rule, NotSupported for what is not emulated.
    """
    config = await call.work()
    if owner.is_a("ClusterComputeResource"):
        set_cluster_config(call, owner, config)
    else:
        owner.set("configurationEx", config)


def require_cluster_spec(call: Call, cluster: ManagedObject, spec: DataObject, modify: bool) -> DataObject:
    """Return the new configuration; raise the faults of `reconfigure`."""
    extended = DataObject("ClusterConfigSpecEx", **spec.__dict__)
    return configured(cluster.get("configurationEx"), extended, scope_of(call, cluster), modify=modify)


@operation("ClusterComputeResource", "ReconfigureCluster_Task", locks=True, requires=require_cluster_spec)
async def reconfigure_cluster(call: Call, cluster: ManagedObject, spec: DataObject, modify: bool) -> None:
    """Apply a ClusterConfigSpec, the predecessor of ClusterConfigSpecEx with fewer properties."""
    set_cluster_config(call, cluster, await call.work())

"""ComputeResource and ClusterComputeResource: reconfiguring HA, DRS and their per-VM overrides."""

from __future__ import annotations

from vim25_emulator.behavior.cluster_config_spec import apply_cluster_spec
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


def require_cluster_spec(call: Call, cluster: ManagedObject, spec: DataObject, modify: bool) -> None:
    """Raise InvalidArgument for a spec that is not a ClusterConfigSpecEx, and for one without a cluster."""
    if not (spec.is_a("ClusterConfigSpecEx") and cluster.is_a("ClusterComputeResource")):
        raise MethodFault("InvalidArgument", invalidProperty="spec")


@operation("ComputeResource", "ReconfigureComputeResource_Task", locks=True, requires=require_cluster_spec)
async def reconfigure(call: Call, cluster: ManagedObject, spec: DataObject, modify: bool) -> None:
    """Apply a spec; with `modify`, unset properties are unchanged, without, they are reset to defaults."""
    await call.work()
    apply_cluster_spec(call, cluster, spec, modify=modify)


@operation("ClusterComputeResource", "ReconfigureCluster_Task", locks=True)
async def reconfigure_cluster(call: Call, cluster: ManagedObject, spec: DataObject, modify: bool) -> None:
    """Apply a ClusterConfigSpec, the predecessor of ClusterConfigSpecEx with fewer properties."""
    await call.work()
    apply_cluster_spec(call, cluster, DataObject("ClusterConfigSpecEx", **spec.__dict__), modify=modify)

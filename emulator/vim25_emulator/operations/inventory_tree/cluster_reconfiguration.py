"""ComputeResource and ClusterComputeResource: reconfiguring HA, DRS and their per-VM overrides."""

from __future__ import annotations

from vim25_emulator.behavior.cluster_config_spec import apply_cluster_spec
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


def require_cluster_spec(call: Call, cluster: ManagedObject, spec: DataObject, modify: bool) -> None:
    """Raise InvalidArgument for a spec of something else than a cluster."""
    if not spec.is_a("ClusterConfigSpecEx"):
        raise MethodFault("InvalidArgument", invalidProperty="spec")


@operation("ComputeResource", "ReconfigureComputeResource_Task", locks=True, requires=require_cluster_spec)
async def reconfigure(call: Call, cluster: ManagedObject, spec: DataObject, modify: bool) -> None:
    """Apply a configuration spec. With `modify` what the spec leaves unset stays; without, it is reset."""
    await call.work()
    apply_cluster_spec(call, cluster, spec, modify=modify)


@operation("ClusterComputeResource", "ReconfigureCluster_Task", locks=True)
async def reconfigure_cluster(call: Call, cluster: ManagedObject, spec: DataObject, modify: bool) -> None:
    """Apply a spec of the older kind, which says less than that of `reconfigure`."""
    await call.work()
    apply_cluster_spec(call, cluster, DataObject("ClusterConfigSpecEx", **spec.__dict__), modify=modify)

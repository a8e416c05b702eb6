"""ClusterComputeResource: applying, canceling and refreshing DRS recommendations.

A recommendation can be applied once. InvalidArgument for an unknown or applied recommendation is [derived].
"""

from __future__ import annotations

from vim25_emulator.behavior.power_transition import start_power_on_task
from vim25_emulator.behavior.secondary_start import apply_placement, recommend_starts
from vim25_emulator.fault_tolerance.pair import is_secondary
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model import recommendation as recommendations
from vim25_emulator.model.power_state import OFF
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation


@operation("ClusterComputeResource", "ApplyRecommendation")
def apply_recommendation(call: Call, cluster: ManagedObject, key: str) -> None:
    """Apply a recommendation, and remove it from the list even if applying it fails."""
    approved = recommendations.find(cluster, key)
    recommendations.remove(cluster, approved)
    for vm, host in recommendations.placements(call.vcenter.inventory, approved):
        if is_secondary(vm):
            apply_placement(call, vm, host)
        else:
            start_power_on_task(call, vm, host, drs=True)
    recommendations.record(cluster, approved, call.vcenter.clock.now())


@operation("ClusterComputeResource", "CancelRecommendation")
def cancel_recommendation(call: Call, cluster: ManagedObject, key: str) -> None:
    """Remove a recommendation from the list; refreshing may add a new one for the same reason."""
    recommendations.remove(cluster, recommendations.find(cluster, key))


@operation("ClusterComputeResource", "RefreshRecommendation")
def refresh_recommendation(call: Call, cluster: ManagedObject) -> None:
    """Recompute the recommendations for secondaries; drop those for other VMs that are not powered off."""
    for recommendation in cluster.get("recommendation"):
        targets = call.vcenter.inventory.find_all(action.target for action in recommendation.action)
        if any(is_secondary(vm) or vm.get("runtime.powerState") != OFF for vm in targets):
            recommendations.remove(cluster, recommendation)
    recommend_starts(call, cluster)

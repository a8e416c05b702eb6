"""DRS recommendations to power on a VM, such as a secondary, for an administrator to approve.

A recommendation names the VM and the host. It is removed when it is applied, canceled or out of date.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import DataObject, MethodFault

_HISTORY: Final = 100  #: actions that a cluster remembers; the number is the emulator's own
_RATING: Final = 5  #: mandatory, as initial placement is [derived]


def recommend(cluster: ManagedObject, vm: ManagedObject, host: ManagedObject, now: datetime) -> DataObject:
    """Replace the cluster's recommendations for a VM by one to power it on on a host; return it."""
    withdraw(cluster, vm)
    recommendation = DataObject(
        "ClusterRecommendation",
        key=_new_key(cluster),
        type="V1",
        time=now,
        rating=_RATING,
        reason="powerOnVm",
        reasonText="The virtual machine is to be powered on",
        action=(
            DataObject(
                "ClusterInitialPlacementAction",
                type="VmPowerV1",
                target=vm.ref,
                targetHost=host.ref,
                pool=vm.get("resourcePool"),
            ),
        ),
        target=cluster.ref,
    )
    cluster.add("recommendation", recommendation)
    return recommendation


def _new_key(cluster: ManagedObject) -> str:
    """Return an unused key: the number of the change that will add the recommendation."""
    return str(cluster.journal.number + 1)


def find(cluster: ManagedObject, key: str) -> DataObject:
    """Return the recommendation with this key; InvalidArgument if it does not exist [derived]."""
    recommendations: tuple[DataObject, ...] = cluster.get("recommendation")
    for recommendation in recommendations:
        if recommendation.key == key:
            return recommendation
    raise MethodFault("InvalidArgument", invalidProperty="key")


def remove(cluster: ManagedObject, recommendation: DataObject) -> None:
    """Remove a recommendation from the cluster."""
    cluster.remove("recommendation", recommendation)


def record(cluster: ManagedObject, recommendation: DataObject, now: datetime) -> None:
    """Add the actions of an applied recommendation to the cluster's action history."""
    actions = (
        DataObject("ClusterActionHistory", action=action, time=now) for action in recommendation.action
    )
    cluster.set("actionHistory", (*(cluster.get("actionHistory") or ()), *actions)[-_HISTORY:])


def withdraw(cluster: ManagedObject, vm: ManagedObject) -> None:
    """Remove all recommendations for a VM from the cluster."""
    for recommendation in cluster.get("recommendation"):
        if any(action.target == vm.ref for action in recommendation.action):
            remove(cluster, recommendation)


def placements(
    inventory: Inventory, recommendation: DataObject
) -> Iterator[tuple[ManagedObject, ManagedObject]]:
    """Yield the VMs to power on and their hosts; ManagedObjectNotFound for objects that no longer exist."""
    for action in recommendation.action:
        if action.is_a("ClusterInitialPlacementAction"):
            yield inventory.require(action.target), inventory.require(action.targetHost)

"""DRS's recommendation to start a VM, often a secondary: it waits in the cluster until somebody approves it.

It carries all that is needed to act on it later: the VM to start and where. It is gone once applied,
canceled, or out of date.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import DataObject, MethodFault

_RATING: Final = 5  #: of 1 to 5 stars; placing a VM that is to start is mandatory (derived)


def recommend(cluster: ManagedObject, vm: ManagedObject, host: ManagedObject, now: datetime) -> DataObject:
    """Add a recommendation to start a VM on a host to the cluster's list; return it."""
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
    """Return a key that no recommendation had: the number of the change that brings it in."""
    return str(cluster.journal.number + 1)


def find(cluster: ManagedObject, key: str) -> DataObject:
    """Return the recommendation with this key; raise InvalidArgument if there is none (derived)."""
    for held in cluster.get("recommendation"):
        if held.key == key:
            found: DataObject = held
            return found
    raise MethodFault("InvalidArgument", invalidProperty="key")


def remove(cluster: ManagedObject, recommendation: DataObject) -> None:
    """Take a recommendation off the cluster's list."""
    cluster.remove("recommendation", recommendation)


def withdraw(cluster: ManagedObject, vm: ManagedObject) -> None:
    """Take every recommendation about a VM off the cluster's list."""
    for held in cluster.get("recommendation"):
        if any(action.target == vm.ref for action in held.action):
            remove(cluster, held)


def placements(
    inventory: Inventory, recommendation: DataObject
) -> Iterator[tuple[ManagedObject, ManagedObject]]:
    """Yield the VMs that a recommendation wants started, each with its host.

    Raises ManagedObjectNotFound for one that is gone.
    """
    for action in recommendation.action:
        if action.is_a("ClusterInitialPlacementAction"):
            yield _found(inventory, action.target), _found(inventory, action.targetHost)


def _found(inventory: Inventory, ref: object) -> ManagedObject:
    found = inventory.find(ref)  # type: ignore[arg-type]  # an action's fields are typed by the registry
    if found is None:
        raise MethodFault("ManagedObjectNotFound", obj=ref)
    return found

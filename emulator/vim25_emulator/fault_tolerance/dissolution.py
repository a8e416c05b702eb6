"""Dissolve a pair: delete the secondary and its history, and make the primary an ordinary VM again.

The memory reservation of the primary stays [documented].
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.fault_tolerance.metro_rule import remove_metro_rule
from vim25_emulator.fault_tolerance.pair_kind import PairKind
from vim25_emulator.fault_tolerance.pair_override import release_primary
from vim25_emulator.fault_tolerance.secondary_storage import give_back
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.cluster_policy import cluster_of, remove_overrides
from vim25_emulator.model.virtual_machine import unlink
from vim25_emulator.model.virtual_machine_change import refresh_files

#: Properties that only a fault tolerant VM has.
_OF_A_PRIMARY: Final = (
    "config.ftInfo",
    "config.flags.faultToleranceType",
    "config.files.ftMetadataDirectory",
    "config.metroFtEnabled",
    "config.metroFtHostGroup",
)


def dissolve(inventory: Inventory, primary: ManagedObject, secondary: ManagedObject) -> None:
    """Delete a secondary with its files, and unset what Fault Tolerance set on the primary."""
    if primary.get("config.flags.faultToleranceType") == PairKind.CHECKPOINTING.value:
        give_back(inventory, secondary)
    cluster = cluster_of(inventory, primary)
    if cluster is not None:
        remove_overrides(cluster, secondary)
        remove_metro_rule(cluster, primary)
        release_primary(inventory, cluster, primary)
    unlink(inventory, secondary)
    for path in _OF_A_PRIMARY:
        primary.set(path, None)
    refresh_files(inventory, primary)
    inventory.destroy(secondary)

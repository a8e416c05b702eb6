"""Networks: standard port groups as entities of the inventory."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datacenter import Folders
from vim25_emulator.model.entity import entity
from vim25_emulator.vmodl.value import DataObject, MoRef


def new_network(inventory: Inventory, folders: Folders, name: str) -> ManagedObject:
    """Create a network without hosts."""
    mo_id = inventory.new_mo_id("Network")
    created = inventory.create(
        "Network",
        mo_id,
        **entity(folders.network, name),
        summary=DataObject(
            "NetworkSummary", network=MoRef("Network", mo_id), name=name, accessible=True, ipPoolName=""
        ),
    )
    folders.network.add("childEntity", created.ref)
    folders.datacenter.add("network", created.ref)
    return created

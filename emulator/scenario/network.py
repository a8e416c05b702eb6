"""Networks: standard port groups as the datacenter sees them."""

from __future__ import annotations

from emulator.inventory.store import Inventory, ManagedObject
from emulator.scenario.entity import entity
from emulator.scenario.folder import Folders
from emulator.vmodl.value import DataObject, MoRef


def new_network(inventory: Inventory, folders: Folders, name: str) -> ManagedObject:
    """Create a network that no host has yet."""
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

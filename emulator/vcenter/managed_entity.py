"""ManagedEntity: what can be asked of every entity, whatever it is."""

from __future__ import annotations

from emulator.inventory.store import ManagedObject
from emulator.vcenter.operation import Call, operation


@operation("ManagedEntity", "Reload")
def reload(call: Call, entity: ManagedObject) -> None:
    """Read the entity's state anew: it is what it is already."""

"""Event arguments: the name and reference of an entity in an event."""

from __future__ import annotations

from typing import Final

from vim25_emulator.inventory.event import ARGUMENTS
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import DataObject

#: Managed object type → argument type, and its property for the reference.
_ARGUMENTS: Final = {
    "Folder": ("FolderEventArgument", "folder"),
    "ResourcePool": ("ResourcePoolEventArgument", "resourcePool"),
    **{kind: (argument, reference) for kind, (_, argument, reference) in ARGUMENTS.items()},
}
_ANY_ENTITY: Final = ("ManagedEntityEventArgument", "entity")


def event_argument(entity: ManagedObject) -> DataObject:
    """Return the EventArgument of an entity's own type."""
    return _naming(entity, *entity.type.nearest(_ARGUMENTS, _ANY_ENTITY))


def entity_argument(entity: ManagedObject) -> DataObject:
    """Return the ManagedEntityEventArgument of an entity, whatever its type."""
    return _naming(entity, *_ANY_ENTITY)


def _naming(entity: ManagedObject, argument: str, reference: str) -> DataObject:
    return DataObject(argument, name=entity.get("name") or "", **{reference: entity.ref})

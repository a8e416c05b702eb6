"""Save an inventory as a folder, as `govc object.save` does: a file per object, with an ObjectContent."""

from __future__ import annotations

from pathlib import Path

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.property_type import declared_type
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.soap.soap_encoder import encode_any
from vim25_emulator.vmodl.version import NEWEST

_NAMESPACES = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
)


def save(inventory: Inventory, folder: Path) -> dict[str, Path]:
    """Write a file per object; return the files by moId."""
    files = {}
    for number, managed in enumerate(inventory):
        file = folder / f"{number:04}-{managed.ref.type}-{managed.ref.value.replace('/', '_')}.xml"
        file.write_text(_content(managed), "utf-8")
        files[managed.ref.value] = file
    return files


def _content(managed: ManagedObject) -> str:
    properties = "".join(
        f"<propSet><name>{name}</name>{_value(managed, name)}</propSet>" for name in managed.properties
    )
    return (
        f'<ObjectContent {_NAMESPACES}><obj type="{managed.ref.type}">{managed.ref.value}</obj>'
        f"{properties}</ObjectContent>"
    )


def _value(managed: ManagedObject, name: str) -> str:
    declared = declared_type(managed.type.name, name, NEWEST.position)
    assert declared is not None
    return encode_any("val", declared, managed.properties[name], NEWEST).decode()

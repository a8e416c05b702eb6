"""An inventory that was saved from a server, given back as it was.

What was not saved is not made up: an unsaved property is unset, and an object that others only refer to is
there without any. The release is the one that the saved ServiceContent tells of.

`govc object.save` writes a folder of files, one for each object, which hold an ObjectContent; a recorded
conversation holds the same, in answers of the property collector.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from vim25_emulator.inventory import path as paths
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.property_type import declared_type
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.scenario.format import Scenario
from vim25_emulator.scenario.source import Location, Problem, ScenarioError
from vim25_emulator.soap.parse_fault import MisreadError
from vim25_emulator.soap.soap_reader import data
from vim25_emulator.soap.xml_tree import Element, NotWellFormedError, RefusedDocumentError, parse
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.type_description import TypeRef
from vim25_emulator.vmodl.type_names import MANAGED_TYPES
from vim25_emulator.vmodl.value import DataObject, MoRef, Tagged
from vim25_emulator.vmodl.version import NEWEST

_LOG = logging.getLogger(__name__)

#: Objects and their saved properties: property path → value, None if it was unset. A path of several
#: segments leads into a property's value.
Contents = Mapping[MoRef, Mapping[str, Any]]

_SERVICE: Final = MoRef("ServiceInstance", "ServiceInstance")


class SavedScenario(Scenario, frozen=True, kw_only=True):
    """A situation of which the inventory was saved. Users, rules and options are those of any scenario."""

    contents: Contents


def saved(contents: Contents, title: str) -> SavedScenario:
    """Return the situation in which an inventory was saved; raise ScenarioError without a ServiceContent."""
    content = contents.get(_SERVICE, {}).get("content")
    if content is None:
        where = Location(title, 1)
        raise ScenarioError(Problem(where, "expected the `content` of ServiceInstance among what was saved"))
    return SavedScenario(title=title, release=content.about.apiVersion, datacenters={}, contents=contents)


def load_folder(folder: Path) -> SavedScenario:
    """Return what `govc object.save -d FOLDER` saved; ScenarioError names the file that cannot be read."""
    contents: dict[MoRef, dict[str, Any]] = {}
    for file in sorted(folder.glob("*.xml")):
        found = _read(file)
        contents[found.obj] = property_values(found)
    return saved(contents, str(folder))


def _read(file: Path) -> DataObject:
    """Return the ObjectContent in a file; what is no value of its property is left out, with a warning."""
    try:
        root = parse(file.read_bytes())
        root[:] = [child for child in root if child.name != "propSet" or _is_readable(root, child, file)]
        read: DataObject = data("ObjectContent", NEWEST.position)(root)
    except (OSError, NotWellFormedError, RefusedDocumentError, MisreadError) as error:
        raise ScenarioError(Problem(Location(str(file), 1), f"expected an ObjectContent: {error}")) from None
    return read


def _is_readable(content: Element, told: Element, file: Path) -> bool:
    if told.child("val") is None:  # unset
        return False
    try:
        path = data("DynamicProperty", NEWEST.position)(told).name
        kind = content[0].attributes.get("type")
        if kind in MANAGED_TYPES and declared_type(kind, path, NEWEST.position) is None:
            raise MisreadError(f"a {kind} has no such property")
    except MisreadError as error:
        name = told.child("name")
        _LOG.warning("%s: left out %s: %s", file, name.text if name is not None else "a property", error)
        return False
    return True


def property_values(found: DataObject) -> dict[str, Any]:
    """Return what an ObjectContent tells of its object: property path → value."""
    return {told.name: untagged(found.obj.type, told.name, told.val) for told in found.propSet}


def untagged(type_name: str, path: str, value: Any) -> Any:
    """Return a value that came in an anyType place as one of a declared place, which needs no tag."""
    declared = declared_type(type_name, path, NEWEST.position)
    told_by_place = declared is not None and isinstance(value, Tagged)
    return value.value if told_by_place else value


def restore(contents: Contents, inventory: Inventory) -> ManagedObject:
    """Fill an empty inventory with what was saved; return the ServiceInstance."""
    for ref, told in contents.items():
        properties = _properties(ref.type, told)
        held = inventory.create(ref.type, ref.value, **properties)
        held.properties.update((name, None) for name, value in properties.items() if value is None)
    root = inventory[_SERVICE].get("content.rootFolder")
    for ref in dict.fromkeys(_references(tuple(held.properties for held in inventory))):
        if ref not in inventory:
            _create_unsaved(inventory, ref, root)
    return inventory[_SERVICE]


def _create_unsaved(inventory: Inventory, ref: MoRef, root: MoRef) -> None:
    """Create an object that is only referred to. An entity is below the root folder, for permissions."""
    below_root = ref != root and managed_type(ref.type).is_a("ManagedEntity")
    inventory.create(ref.type, ref.value, **({"parent": root} if below_root else {}))


def _properties(type_name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties by name, with values at longer paths merged into data objects."""
    properties: dict[str, Any] = {}
    for path in sorted(told, key=len):
        first, *rest = paths.split(path)
        declared = managed_type(type_name).properties[first.name].type
        properties[first.name] = _with(declared, properties.get(first.name), rest, told[path])
    return properties


def _with(declared: TypeRef, held: Any, rest: Sequence[paths.Segment], value: Any) -> Any:
    """Return what is held in a place of a declared type, with a value at the steps that lead into it."""
    if not rest:
        return value
    owner = held if isinstance(held, DataObject) else DataObject(declared.name)
    name = rest[0].name
    inner = _with(owner.type_.properties[name].type, getattr(owner, name), rest[1:], value)
    return owner.replace(**{name: inner})


def _references(value: Any) -> Iterator[MoRef]:
    """Yield every reference in a value."""
    if isinstance(value, MoRef):
        yield value
    elif isinstance(value, DataObject | dict):
        yield from _references(tuple((value if isinstance(value, dict) else value.__dict__).values()))
    elif isinstance(value, tuple):
        for each in value:
            yield from _references(each)

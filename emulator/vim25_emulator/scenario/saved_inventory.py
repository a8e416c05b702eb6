"""Inventories saved from a server, restored unchanged.

Properties that were not saved are unset, and objects that are only referred to have no properties, except
what operations cannot do without (`completion`). The release is that of the saved ServiceContent.

`govc object.save` writes a folder with one file per object, which contains an ObjectContent. Recorded
conversations contain the same in the property collector's responses.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from vim25_emulator.inventory import path as paths
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.property_type import reachable_type
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.scenario.format import Scenario
from vim25_emulator.scenario.lenient_reader import LOST, LenientReader
from vim25_emulator.scenario.source import Location, Problem, ScenarioError
from vim25_emulator.soap.parse_fault import MisreadError
from vim25_emulator.soap.soap_encoder import encode_any
from vim25_emulator.soap.soap_leaf_reader import reference
from vim25_emulator.soap.xml_tree import Element, NotWellFormedError, RefusedDocumentError, parse
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.type_description import TypeRef
from vim25_emulator.vmodl.value import DataObject, MoRef, Tagged
from vim25_emulator.vmodl.version import NEWEST

_LOG = logging.getLogger(__name__)

#: Objects and their saved properties: property path → value, None if it was unset. A path of several
#: segments leads into a property's value.
Contents = Mapping[MoRef, Mapping[str, Any]]

_SERVICE: Final = MoRef("ServiceInstance", "ServiceInstance")


class SavedScenario(Scenario, frozen=True, kw_only=True):
    """A scenario with a saved inventory, and with the default users, rules and options.

    `completed`: what operations need and the inventory lacks is added (`completion`).
    """

    contents: Contents
    completed: bool = False


def saved(contents: Contents, title: str) -> SavedScenario:
    """Return the scenario of a saved inventory; ScenarioError if it has no ServiceContent."""
    content = contents.get(_SERVICE, {}).get("content")
    if content is None:
        location = Location(title, 1)
        raise ScenarioError(Problem(location, "expected the `content` of ServiceInstance in saved inventory"))
    return SavedScenario(title=title, release=content.about.apiVersion, datacenters={}, contents=contents)


def load_folder(folder: Path) -> SavedScenario:
    """Return the scenario in the output folder of `govc object.save`; ScenarioError for an invalid file.

    What cannot be read is omitted, but nothing around it; warnings say what.
    """
    contents: dict[MoRef, dict[str, Any]] = {}
    files: dict[str, Path] = {}
    for file in sorted(folder.glob("*.xml")):
        lenient = LenientReader()
        try:
            root = parse(file.read_bytes())
            ref = _object(root, lenient)
        except (OSError, NotWellFormedError, RefusedDocumentError, MisreadError) as error:
            problem = Problem(Location(str(file), 1), f"expected an ObjectContent: {error}")
            raise ScenarioError(problem) from None
        if ref is not None and files.setdefault(ref.value, file) != file:
            lenient.notes.append(f"omitted {ref}: {files[ref.value].name} has an object with this moId")
        elif ref is not None:
            contents[ref] = dict(_properties_in(root, ref.type, lenient))
        for note in lenient.notes:
            _LOG.warning("%s: %s", file, note)
    return replace(saved(contents, str(folder)), completed=True)


def _object(root: Element, lenient: LenientReader) -> MoRef | None:
    """Return the object of an ObjectContent, None if its type is unknown; raise MisreadError without one."""
    element = root.child("obj")
    if element is None:
        raise MisreadError("Required property obj is missing from data object of type ObjectContent")
    if not element.attributes.get("type"):
        raise MisreadError("Attribute type is missing")
    try:
        ref: MoRef = reference("ManagedObject")(element)
    except MisreadError as error:
        lenient.notes.append(f"omitted the object: {error}")
        return None
    return ref


def _properties_in(root: Element, type_name: str, lenient: LenientReader) -> Iterator[tuple[str, Any]]:
    """Yield the paths and values that can be read."""
    for prop in root:
        name, value = prop.child("name"), prop.child("val")
        if prop.name != "propSet" or name is None or value is None:  # unset
            continue
        path = name.text.strip()
        declared = reachable_type(type_name, path)
        if declared is None:
            lenient.notes.append(f"omitted {path}: unknown property of {type_name}")
            continue
        read = untagged(type_name, path, lenient.value(value, declared, path))
        try:
            encode_any("val", declared, None if read is LOST else read, NEWEST)
        except (TypeError, ValueError) as error:
            lenient.notes.append(f"omitted {path}: {error}")
        else:
            if read is not LOST:
                yield path, read


def property_values(content: DataObject) -> dict[str, Any]:
    """Return the property values of an ObjectContent by path."""
    return {prop.name: untagged(content.obj.type, prop.name, prop.val) for prop in content.propSet}


def untagged(type_name: str, path: str, value: Any) -> Any:
    """Return a value without the type tag of anyType, which a declared property does not need."""
    declared = reachable_type(type_name, path)
    return value.value if declared is not None and isinstance(value, Tagged) else value


def restore(contents: Contents, inventory: Inventory) -> ManagedObject:
    """Create the saved objects in an empty inventory; return the ServiceInstance."""
    for ref, values in contents.items():
        properties = _properties(ref.type, values)
        managed = inventory.create(ref.type, ref.value, **properties)
        managed.properties.update((name, None) for name, value in properties.items() if value is None)
    inventory.number_after(ref.value for ref in contents)
    root = inventory[_SERVICE].get("content.rootFolder")
    for ref in dict.fromkeys(_references(tuple(managed.properties for managed in inventory))):
        if ref not in inventory:
            _create_unsaved(inventory, ref, root)
    _end_cycles(inventory, inventory.require(root))
    return inventory[_SERVICE]


def _end_cycles(inventory: Inventory, root: ManagedObject) -> None:
    """Make every entity lead to the root folder, which has no parent: checks of rights go that way."""
    if root.get("parent") is not None:
        _LOG.warning("%s: omitted the parent of the root folder", root.ref)
        root.set("parent", None)
    sound = {root.ref}
    for managed in inventory.of_type("ManagedEntity"):
        line: dict[MoRef, ManagedObject] = {}
        place: ManagedObject | None = managed
        while place is not None and place.ref not in sound:
            line[place.ref] = place
            above = inventory.find(place.get("parent"))
            if above is not None and above.ref in line:
                _LOG.warning("%s: its parent %s is below it; moved to the root folder", place.ref, above.ref)
                place.set("parent", root.ref)
                above = root
            place = above
        sound.update(line)


def _create_unsaved(inventory: Inventory, ref: MoRef, root: MoRef) -> None:
    """Create an object without properties; an entity is a child of the root folder, for permissions.

    A reference that gives an existing object another type leads nowhere.
    """
    if MoRef("ManagedObject", ref.value) in inventory:
        _LOG.warning("a reference to %s leads nowhere: the object has another type", ref)
        return
    below_root = ref != root and managed_type(ref.type).is_a("ManagedEntity")
    inventory.create(ref.type, ref.value, **({"parent": root} if below_root else {}))


def _properties(type_name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties by name, with values at longer paths merged into data objects."""
    properties: dict[str, Any] = {}
    for path in sorted(values, key=len):
        first, *rest = paths.split(path)
        declared = managed_type(type_name).properties[first.name].type
        properties[first.name] = _with(declared, properties.get(first.name), rest, values[path])
    return properties


def _with(declared: TypeRef, current: Any, path: Sequence[paths.Segment], value: Any) -> Any:
    """Return the current value of a declared type with another value at a path inside it."""
    if not path:
        return value
    owner = current if isinstance(current, DataObject) else DataObject(declared.name)
    name = path[0].name
    inner = _with(owner.type_.properties[name].type, getattr(owner, name), path[1:], value)
    return owner.replace(**{name: inner})


def _references(value: Any) -> Iterator[MoRef]:
    """Yield all references in a value."""
    if isinstance(value, MoRef):
        yield value
    elif isinstance(value, DataObject | dict):
        yield from _references(tuple((value if isinstance(value, dict) else value.__dict__).values()))
    elif isinstance(value, tuple):
        for item in value:
            yield from _references(item)

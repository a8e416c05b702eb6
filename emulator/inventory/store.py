"""Managed objects by moId, and the operations that change them.

Every change goes through `set`, `add`, `remove`, `Inventory.create` or `Inventory.destroy`, so the journal
misses nothing. Values inside are immutable; a property is changed by replacing it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, Final

from emulator.inventory import path as paths
from emulator.inventory.journal import Journal, Op, Watcher
from emulator.inventory.mirror import mirrored
from emulator.vmodl.registry import managed_type
from emulator.vmodl.type_description import ManagedType
from emulator.vmodl.value import MoRef

#: What moIds of each type begin with, as a real vCenter makes them; others begin with their type's name.
MO_ID_PREFIXES: Final = {
    "Folder": "group",
    "Datacenter": "datacenter",
    "ClusterComputeResource": "domain-c",
    "ComputeResource": "domain-s",
    "HostSystem": "host",
    "ResourcePool": "resgroup",
    "VirtualApp": "resgroup-v",
    "VirtualMachine": "vm",
    "Datastore": "datastore",
    "Network": "network",
    "DistributedVirtualPortgroup": "dvportgroup",
    "VirtualMachineSnapshot": "snapshot",
    "Task": "task",
    "EnvironmentBrowser": "envbrowser",
}


class ManagedObject:
    """One managed object: its reference, its type, and its properties by name.

    `fragments` is the encoder's: (path, version position) → encoded value, dropped when the path changes.
    """

    __slots__ = ("fragments", "journal", "properties", "ref", "type", "watchers")

    def __init__(self, ref: MoRef, journal: Journal, properties: dict[str, Any]) -> None:
        self.ref = ref
        self.type: ManagedType = managed_type(ref.type)
        self.journal = journal
        self.properties = properties
        self.watchers: list[Watcher] = []
        self.fragments: dict[tuple[str, int], bytes] = {}

    def __repr__(self) -> str:
        return f"<{self.ref}>"

    def is_a(self, name: str) -> bool:
        """Whether this object is of the named type or of one that extends it."""
        return self.type.is_a(name)

    def get(self, path: str) -> Any:
        """Return the value at a property path; None where it is unset.

        An array property is () then, unless it holds None: some servers leave some of them out (seen).
        """
        first, *rest = paths.split(path)
        value = self.properties.get(first.name)
        if first.key is not None and value is not None:
            value = next((element for element in value if paths.key_of(element) == first.key), None)
        for segment in rest:
            value = paths.step(value, segment)
        if value is None and not rest and first.key is None and first.name not in self.properties:
            declared = self.type.properties.get(first.name)
            return () if declared is not None and declared.type.array else None
        return value

    def set(self, path: str, value: Any) -> None:
        """Set the value at a property path, and at all places that mirror it; None unsets.

        Setting an equal value is no change and is not recorded.
        Raises KeyError for a property that the type does not have, ValueError where the owner of the
        place is unset.
        """
        value = tuple(value) if isinstance(value, list) else value
        if self._assign(path, value):
            names = tuple(ancestor.name for ancestor in self.type.ancestors)
            for source, target in mirrored(names, path):
                owner, _, _ = target.rpartition(".")
                if not owner or self.get(owner) is not None:
                    self._assign(target, self.get(source))

    def _assign(self, path: str, value: Any) -> bool:
        first, *rest = paths.split(path)
        if first.name not in self.type.properties:
            raise KeyError(f"{self.type.name} has no property {first.name!r}")
        if self.get(path) == value:
            return False
        held = self.properties.get(first.name)
        new = paths.replaced(held, tuple(rest), value) if rest else value
        if new is None:
            self.properties.pop(first.name, None)
        else:
            self.properties[first.name] = new
        self._changed(path, Op.ASSIGN, value)
        return True

    def add(self, path: str, element: Any) -> None:
        """Append an element to the array at a path."""
        self._splice(path, (*(self.get(path) or ()), element), Op.ADD, element)

    def remove(self, path: str, element: Any) -> None:
        """Take an element out of the array at a path; nothing happens if it is not there."""
        held = self.get(path) or ()
        if element in held:
            self._splice(path, tuple(e for e in held if e != element), Op.REMOVE, element)

    def _splice(self, path: str, elements: tuple[Any, ...], op: Op, element: Any) -> None:
        first, *rest = paths.split(path)
        if first.name not in self.type.properties:
            raise KeyError(f"{self.type.name} has no property {first.name!r}")
        held = self.properties.get(first.name)
        self.properties[first.name] = paths.replaced(held, tuple(rest), elements) if rest else elements
        self._changed(path, op, element)

    def _changed(self, path: str, op: Op, value: Any) -> None:
        if self.fragments:
            stale = [key for key in self.fragments if paths.overlaps(key[0], path)]
            for key in stale:
                del self.fragments[key]
        self.journal.record(self, path, op, value)


class Inventory:
    """All managed objects of one vCenter, by moId."""

    def __init__(self) -> None:
        self.journal = Journal()
        self._objects: dict[str, ManagedObject] = {}
        self._numbers = count(1)

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[ManagedObject]:
        return iter(self._objects.values())

    def new_mo_id(self, type_name: str) -> str:
        """Return a moId that no object has or had, in the form that a real vCenter gives this type."""
        prefix = MO_ID_PREFIXES.get(type_name, type_name)
        joint = "" if prefix.endswith(("-c", "-s", "-v")) else "-"
        while True:
            mo_id = f"{prefix}{joint}{next(self._numbers)}"
            if mo_id not in self._objects:
                return mo_id

    def create(self, type_name: str, mo_id: str | None = None, /, **properties: Any) -> ManagedObject:
        """Create an object and record that it entered; raise ValueError if the moId is taken."""
        ref = MoRef(type_name, mo_id or self.new_mo_id(type_name))
        if ref.value in self._objects:
            raise ValueError(f"moId {ref.value!r} is taken by {self._objects[ref.value]}")
        created = ManagedObject(ref, self.journal, {k: v for k, v in properties.items() if v is not None})
        unknown = properties.keys() - created.type.properties.keys()
        if unknown:
            raise KeyError(f"{type_name} has no property {', '.join(sorted(unknown))}")
        self._objects[ref.value] = created
        self.journal.record(created, "", Op.ENTER)
        return created

    def destroy(self, gone: ManagedObject) -> None:
        """Remove an object and record that it left. References to it in other objects are the caller's."""
        if self._objects.pop(gone.ref.value, None) is not None:
            self.journal.record(gone, "", Op.LEAVE)

    def find(self, ref: MoRef | None) -> ManagedObject | None:
        """Return the object that a reference names; None if it is gone, never was, or is of another type."""
        found = self._objects.get(ref.value) if ref is not None else None
        return found if found is not None and ref is not None and found.is_a(ref.type) else None

    def find_all(self, refs: Iterable[MoRef]) -> Iterator[ManagedObject]:
        """Yield the objects that references name, passing over those that `find` does not find."""
        get = self._objects.get
        for ref in refs:
            found = get(ref.value)
            if found is not None and (found.ref is ref or found.is_a(ref.type)):
                yield found

    def __getitem__(self, ref: MoRef | str) -> ManagedObject:
        return self._objects[ref if isinstance(ref, str) else ref.value]

    def __contains__(self, ref: MoRef) -> bool:
        return self.find(ref) is not None

    def of_type(self, name: str) -> Iterator[ManagedObject]:
        """Yield the objects of a type, those of extending types included, oldest first."""
        return (held for held in self._objects.values() if held.is_a(name))

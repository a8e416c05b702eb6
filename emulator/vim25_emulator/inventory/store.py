"""The inventory: all managed objects of a vCenter, by moId."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import count
from typing import Any, Final, TypeVar

from vim25_emulator.inventory.managed_object import (
    FRAGMENT_OVERHEAD,
    MOST_FRAGMENTS,
    Journal,
    ManagedObject,
    Op,
)
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.value import MethodFault, MoRef

T = TypeVar("T")

_NUMBER: Final = re.compile(r"(?<![0-9])[0-9]{1,9}\Z")

#: Managed object type → prefix of its moIds on a real vCenter; for other types it is the type's name.
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
    "VmwareDistributedVirtualSwitch": "dvs",
    "VirtualMachineSnapshot": "snapshot",
    "Task": "task",
    "EnvironmentBrowser": "envbrowser",
}


#: Bytes of encoded values that all objects together cache.
FRAGMENT_BYTES: Final = 256 << 20


class Inventory:
    """All managed objects of a vCenter, by moId."""

    def __init__(self) -> None:
        self.journal = Journal()
        self._objects: dict[str, ManagedObject] = {}
        self._by_type: dict[str, dict[str, tuple[int, ManagedObject]]] = {}
        self._created = count()
        self._numbers = count(1)
        self._indexes: dict[Callable[[Inventory], Any], Any] = {}

    def index(self, kind: Callable[[Inventory], T]) -> T:
        """Return the index of this inventory that `kind` creates; it is created when it is first used."""
        found: T | None = self._indexes.get(kind)
        if found is None:
            found = self._indexes[kind] = kind(self)
        return found

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[ManagedObject]:
        return iter(self._objects.values())

    def new_mo_id(self, type_name: str) -> str:
        """Return a moId that no object has or had, in the format of a real vCenter for this type."""
        prefix = MO_ID_PREFIXES.get(type_name, type_name)
        separator = "" if prefix.endswith(("-c", "-s", "-v")) else "-"
        while True:
            mo_id = f"{prefix}{separator}{next(self._numbers)}"
            if mo_id not in self._objects:
                return mo_id

    def number_after(self, taken: Iterable[str]) -> None:
        """Give new moIds numbers above all in these: an object and those that belong to it share a number."""
        numbers = (match[0] for mo_id in taken if (match := _NUMBER.search(mo_id)) is not None)
        self._numbers = count(max(map(int, numbers), default=0) + 1)

    def create(self, type_name: str, mo_id: str | None = None, /, **properties: Any) -> ManagedObject:
        """Create an object and record that it entered; raise ValueError if the moId is already in use."""
        ref = MoRef(type_name, mo_id or self.new_mo_id(type_name))
        if ref.value in self._objects:
            raise ValueError(f"moId {ref.value!r} is already in use by {self._objects[ref.value]}")
        created = ManagedObject(ref, self.journal, {k: v for k, v in properties.items() if v is not None})
        unknown = properties.keys() - created.type.properties.keys()
        if unknown:
            raise KeyError(f"{type_name} has no property {', '.join(sorted(unknown))}")
        self._objects[ref.value] = created
        self._by_type.setdefault(type_name, {})[ref.value] = next(self._created), created
        self.journal.record(created, "", Op.ENTER)
        return created

    def destroy(self, leaving: ManagedObject) -> None:
        """Remove an object and record that it left. The caller must remove references to it."""
        if self._objects.pop(leaving.ref.value, None) is not None:
            del self._by_type[leaving.ref.type][leaving.ref.value]
            self.journal.record(leaving, "", Op.LEAVE)
            leaving.drop_fragments()

    def cache_fragment(self, entity: ManagedObject, key: tuple[str, int], fragment: bytes) -> None:
        """Cache an encoded value of an object.

        All caches are emptied when together they are too large, that of the object when it has too many
        paths, which nobody repeats.
        """
        journal, cached = self.journal, entity.fragments
        if journal.fragment_bytes > FRAGMENT_BYTES:
            for managed in self:
                managed.drop_fragments()
        if len(cached) >= MOST_FRAGMENTS:
            entity.drop_fragments()
        cached[key] = fragment
        journal.fragment_bytes += FRAGMENT_OVERHEAD + len(fragment)

    def find(self, ref: MoRef | None) -> ManagedObject | None:
        """Return the object of a reference, None if it does not exist or is of another type."""
        target = self._objects.get(ref.value) if ref is not None else None
        return target if target is not None and ref is not None and target.is_a(ref.type) else None

    def require(self, ref: MoRef) -> ManagedObject:
        """Return the object of a reference; raise ManagedObjectNotFound if it does not exist."""
        target = self.find(ref)
        if target is None:
            raise MethodFault("ManagedObjectNotFound", obj=ref)
        return target

    def find_all(self, refs: Iterable[MoRef]) -> Iterator[ManagedObject]:
        """Yield the objects of references, without those that do not exist or are of another type."""
        get = self._objects.get
        for ref in refs:
            target = get(ref.value)
            if target is not None and (target.ref is ref or target.is_a(ref.type)):
                yield target

    def __getitem__(self, ref: MoRef | str) -> ManagedObject:
        return self._objects[ref if isinstance(ref, str) else ref.value]

    def __contains__(self, ref: MoRef) -> bool:
        return self.find(ref) is not None

    def of_type(self, name: str) -> Iterator[ManagedObject]:
        """Yield the objects of a type or its subtypes, oldest first; others, such as tasks, cost nothing."""
        kinds = (objects for kind, objects in self._by_type.items() if managed_type(kind).is_a(name))
        return (managed for _, managed in merge(*(objects.values() for objects in kinds)))

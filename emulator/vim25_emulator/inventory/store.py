"""The inventory: managed objects by moId."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, Final

from vim25_emulator.inventory.managed_object import Journal, ManagedObject, Op
from vim25_emulator.vmodl.value import MethodFault, MoRef

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

    def require(self, ref: MoRef) -> ManagedObject:
        """Return the object that a reference names; raise ManagedObjectNotFound if it does not exist."""
        found = self.find(ref)
        if found is None:
            raise MethodFault("ManagedObjectNotFound", obj=ref)
        return found

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

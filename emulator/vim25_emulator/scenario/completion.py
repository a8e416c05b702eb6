"""Completion of a saved inventory with what operations cannot do without.

Every object of some types has some properties on a real server, and a data object all members that are not
optional. A saved inventory may lack them: they were not saved, or could not be read. What is missing is taken
from an object of a small scenario; without one, a member is empty or zero. What was saved stays as it is, and
warnings name what was added. A boolean that is missing is false. Objects that are only referred to are
completed in the same way.

References are never made up, but found at the other end: a host that lists a VM is its host.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timezone
from functools import cache
from typing import Any, Final

from vim25_emulator.inventory import path as paths
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.virtual_machine_change import snapshot_nodes
from vim25_emulator.vmodl.registry import data_type, enum_type
from vim25_emulator.vmodl.type_description import DataType, Kind, TypeRef
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import Version

_LOG = logging.getLogger(__name__)

#: Type → properties that operations need of every object of it; a config only of those that have one.
_NEEDED: Final = {
    "VirtualMachine": ("capability", "runtime", "summary", "overallStatus", "storage", "layoutEx", "guest"),
    "HostSystem": ("hardware", "capability", "runtime", "summary", "config", "overallStatus"),
    "ClusterComputeResource": ("configurationEx", "summary", "overallStatus"),
    "ComputeResource": ("configurationEx", "summary", "overallStatus"),
    "ResourcePool": ("config", "runtime", "summary", "overallStatus"),
    "Datastore": ("summary", "info", "capability", "iormConfiguration", "overallStatus"),
    "Network": ("summary", "overallStatus"),
    "VirtualMachineSnapshot": (),
}
#: Properties that are completed where they exist: an object without them is in a state of its own.
_IF_SAVED: Final = {"VirtualMachine": ("config",), "VirtualMachineSnapshot": ("config",)}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)

# ---- values --------------------------------------------------------------------------------------------


class _Completer:
    """Completes the values of one object from those of a model; `added` are the paths of what was missing."""

    def __init__(self, managed: ManagedObject, model: ManagedObject | None, position: int) -> None:
        self._position = position
        self._own = {model.ref: managed.ref} if model is not None else {}
        self.added: list[str] = []

    def value(self, current: Any, model: Any, path: str) -> Any:
        """Return the current value with all that it lacks; the model's if it is unset."""
        if current is None or (current == () and isinstance(model, tuple)):
            adopted = self._adopted(model)
            if adopted not in (None, ()):
                self.added.append(path)
            return adopted
        if isinstance(current, tuple) and not isinstance(current, MoRef):
            return tuple(self.value(item, None, path) for item in current) if _has_data(current) else current
        return self._members(current, model, path) if isinstance(current, DataObject) else current

    def _members(self, current: DataObject, model: Any, path: str) -> DataObject:
        kind, values = current.type_, current.__dict__
        pattern = model.__dict__ if isinstance(model, DataObject) else {}
        changed: dict[str, Any] = {}
        for name, declared in _required(kind, self._position):
            if name not in values:
                adopted = None if declared.name == "boolean" else self._adopted(pattern.get(name))
                changed[name] = _neutral(declared, self._position) if adopted is None else adopted
                self.added.append(f"{path}.{name}")
        for name, value in values.items():
            completed = self.value(value, pattern.get(name), f"{path}.{name}")
            if completed is not value:
                changed[name] = completed
        return current.replace(**changed) if changed else current

    def _adopted(self, value: Any) -> Any:
        """Return a model's value without its references, except those to itself."""
        if isinstance(value, MoRef):
            return self._own.get(value)
        if isinstance(value, DataObject):
            return value.replace(**{name: self._adopted(inner) for name, inner in value.__dict__.items()})
        if type(value) is tuple:
            return tuple(item for item in map(self._adopted, value) if item is not None)
        return value


def _has_data(values: tuple[Any, ...]) -> bool:
    return any(isinstance(value, DataObject) for value in values)


@cache
def _required(kind: DataType, position: int) -> tuple[tuple[str, TypeRef], ...]:
    """Return the members that a server of a release always sends, except references and faults."""
    return tuple(
        (prop.name, prop.type)
        for prop in kind.properties.values()
        if prop.since <= position
        and not (prop.optional or prop.type.array or prop.type.kind in (Kind.REFERENCE, Kind.FAULT))
    )


_PRIMITIVE: Final[dict[str, Any]] = {"boolean": False, "float": 0.0, "double": 0.0, "dateTime": _EPOCH}
_TEXTS: Final = frozenset({"string", "anyURI", "TypeName", "MethodName", "PropertyPath"})


def _neutral(declared: TypeRef, position: int) -> Any:
    """Return an empty value of a type: 0, False, "", the first of an enumeration's values."""
    if declared.kind is Kind.ENUM:
        return enum_type(declared.name).values[0]
    if declared.kind is Kind.DATA:
        kind = data_type(declared.name)
        required = _required(kind, position)
        return DataObject(kind, **{name: _neutral(inner, position) for name, inner in required})
    if declared.name == "base64Binary":
        return b""
    return "" if declared.name in _TEXTS or declared.kind is Kind.ANY else _PRIMITIVE.get(declared.name, 0)


# ---- objects -------------------------------------------------------------------------------------------


def complete(inventory: Inventory, saved: Collection[MoRef], models: Inventory, release: Version) -> None:
    """Complete the objects of an inventory of a release with values of the objects of another one.

    `saved` are the objects that were saved; all others are only referred to.
    """
    examples = {managed.type.name: managed for managed in models}
    kinds = {**examples, "ComputeResource": examples["ClusterComputeResource"]}

    def complete_all(entities: Iterable[ManagedObject]) -> None:
        for managed in entities:
            needed = managed.type.nearest(_NEEDED, None)
            if needed is not None:
                _complete(managed, managed.type.nearest(kinds, None), needed, release.position)

    _detach(inventory, saved)
    before = tuple(inventory)
    complete_all(before)
    _link(inventory, saved)
    complete_all(tuple(inventory)[len(before) :])
    for vm in tuple(inventory.of_type("VirtualMachine")):
        _complete_machine(inventory, vm)
        _give_access(inventory, vm)


def _complete(
    managed: ManagedObject, model: ManagedObject | None, needed: tuple[str, ...], position: int
) -> None:
    completer = _Completer(managed, model, position)
    saved = managed.type.nearest(_IF_SAVED, ())
    names = [*needed, *(name for name in saved if managed.get(name) is not None)]
    for name in names:
        pattern = model.get(name) if model is not None and name in model.type.properties else None
        current = managed.properties.get(name)
        completed = completer.value(current, pattern, name)
        if completed is not current and completed is not None:
            managed.properties[name] = completed
    if managed.is_a("ManagedEntity") and not managed.get("name"):
        managed.properties["name"] = _name_of(managed)
        completer.added.append("name")
    if completer.added:
        shown = ", ".join(completer.added[:_SHOWN]) + (" …" if len(completer.added) > _SHOWN else "")
        _LOG.warning("%s was saved without %s: assumed", managed.ref, shown)


_SHOWN: Final = 20  #: paths in a warning


def _name_of(managed: ManagedObject) -> str:
    """Return the name that an object has elsewhere; else its moId."""
    for path in _NAMES:
        head, *rest = paths.split(path)
        name = managed.properties.get(head.name)
        for segment in rest:
            name = paths.step(name, segment)
        if name:
            return str(name)
    return managed.ref.value


_NAMES: Final = ("config.name", "summary.config.name", "summary.name", "info.name")


def _complete_machine(inventory: Inventory, vm: ManagedObject) -> None:
    """Set the state of a VM without a configuration, and create snapshots that were not saved."""
    if vm.get("config") is None:
        if vm.get("runtime.connectionState") == "connected":
            vm.set("runtime.connectionState", "inaccessible")
            _LOG.warning("%s was saved without config: assumed that it is inaccessible", vm.ref)
        return
    _drop_unnamed_snapshots(vm)
    for node in snapshot_nodes(vm.get("snapshot.rootSnapshotList") or ()):
        snapshot = inventory.find(node.snapshot)
        if snapshot is not None:
            for name, value in (("config", vm.get("config")), ("vm", vm.ref)):
                if snapshot.get(name) is None:
                    snapshot.set(name, value)


def _drop_unnamed_snapshots(vm: ManagedObject) -> None:
    """Remove the nodes of a VM's snapshot trees that refer to no snapshot, and what is below them."""

    def named(trees: tuple[DataObject, ...]) -> tuple[DataObject, ...]:
        kept = (tree for tree in trees if tree.snapshot is not None)
        return tuple(tree.replace(childSnapshotList=named(tree.childSnapshotList) or None) for tree in kept)

    trees = vm.get("snapshot.rootSnapshotList") or ()
    if any(node.snapshot is None for node in snapshot_nodes(trees)):
        remaining = named(trees)
        vm.set("snapshot.rootSnapshotList" if remaining else "snapshot", remaining or None)
        _LOG.warning("%s: omitted snapshots without a reference", vm.ref)


# ---- references ----------------------------------------------------------------------------------------

#: Type, its reference to an owner, type of the owner, the owner's references to such objects.
_ENDS: Final = (
    ("ManagedEntity", "parent", "Folder", "childEntity"),
    ("Folder", "parent", "Datacenter", "vmFolder"),
    ("Folder", "parent", "Datacenter", "hostFolder"),
    ("Folder", "parent", "Datacenter", "datastoreFolder"),
    ("Folder", "parent", "Datacenter", "networkFolder"),
    ("HostSystem", "parent", "ComputeResource", "host"),
    ("ResourcePool", "parent", "ComputeResource", "resourcePool"),
    ("ResourcePool", "parent", "ResourcePool", "resourcePool"),
    ("VirtualMachine", "runtime.host", "HostSystem", "vm"),
    ("VirtualMachine", "resourcePool", "ResourcePool", "vm"),
    ("VirtualMachine", "datastore", "Datastore", "vm"),
    ("VirtualMachine", "network", "Network", "vm"),
    ("HostSystem", "network", "Network", "host"),
)


def _detach(inventory: Inventory, saved: Collection[MoRef]) -> None:
    """Give hosts and pools that were not saved a compute resource of their own: no folder contains them."""
    root = next(inventory.of_type("Folder"), None)
    for kind, path in (("HostSystem", "host"), ("ResourcePool", "resourcePool")):
        for entity in [entity for entity in inventory.of_type(kind) if entity.ref not in saved]:
            held: Any = (entity.ref,) if kind == "HostSystem" else entity.ref
            parent = root.ref if root is not None else None
            owner = inventory.create("ComputeResource", name=entity.ref.value, parent=parent, **{path: held})
            entity.set("parent", owner.ref)


def _link(inventory: Inventory, saved: Collection[MoRef]) -> None:
    """Set the references that are missing at one end, if the other end was saved."""
    for kind, path, owner_kind, listing in _ENDS:
        _answer(inventory, saved, (owner_kind, listing), (kind, path))
        _answer(inventory, saved, (kind, path), (owner_kind, listing))
    for kind, path, found in _FOUND:
        for entity in tuple(inventory.of_type(kind)):
            owner = None if entity.get(path) else next(found(inventory, entity), None)
            if owner is not None:
                _refer(entity, path, owner.ref)


def _answer(
    inventory: Inventory, saved: Collection[MoRef], one: tuple[str, str], other: tuple[str, str]
) -> None:
    """Let objects refer to those of one type whose property refers to them."""
    for source in [source for source in inventory.of_type(one[0]) if source.ref in saved]:
        for target in tuple(inventory.find_all(_refs(source.get(one[1])))):
            if target.is_a(other[0]):
                _refer(target, other[1], source.ref)


def _refs(value: Any) -> tuple[MoRef, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, MoRef) else value


def _refer(entity: ManagedObject, path: str, ref: MoRef) -> None:
    """Set a reference that is unset, or add one to a list."""
    current = entity.get(path)
    if entity.type.properties[path.partition(".")[0]].type.array:
        if ref not in current:
            entity.add(path, ref)
    elif current is None:
        entity.set(path, ref)


def _of(kind: str) -> Callable[[Inventory, ManagedObject], Iterator[ManagedObject]]:
    return lambda inventory, entity: inventory.of_type(kind)


def _owners(inventory: Inventory, pool: ManagedObject) -> Iterator[ManagedObject]:
    """Yield the compute resource above a pool, which a pool of pools shares with its parent."""
    parent = inventory.find(pool.get("parent"))
    while parent is not None and parent.is_a("ResourcePool"):
        parent = inventory.find(parent.get("parent"))
    if parent is not None and parent.is_a("ComputeResource"):
        yield parent


def _root_pools(inventory: Inventory, vm: ManagedObject) -> Iterator[ManagedObject]:
    host = inventory.find(vm.get("runtime.host"))
    resource = inventory.find(host.get("parent")) if host is not None else None
    if resource is not None and not vm.get("config.template"):
        yield from inventory.find_all(_refs(resource.get("resourcePool")))


def _pools_of(inventory: Inventory, resource: ManagedObject) -> Iterator[ManagedObject]:
    """Yield a root pool of a compute resource; a new one, since there is always one."""
    yield inventory.create("ResourcePool", name="Resources", parent=resource.ref, owner=resource.ref)


def _give_access(inventory: Inventory, vm: ManagedObject) -> None:
    """Add the datastores and networks of a VM to its host, which runs it and so has access to them."""
    host = inventory.find(vm.get("runtime.host"))
    for path in ("datastore", "network") if host is not None else ():
        for ref in vm.get(path):
            _refer(host, path, ref)


def _stores(inventory: Inventory, vm: ManagedObject) -> Iterator[ManagedObject]:
    """Yield the datastores of a VM's files, then all."""
    home = (vm.get("config.files.vmPathName") or "").partition("]")[0].removeprefix("[")
    stores = list(inventory.of_type("Datastore"))
    yield from (store for store in stores if store.get("name") == home)
    yield from stores


#: Type, reference, and what it may refer to if nothing refers back; in this order.
_FOUND: Final = (
    ("HostSystem", "parent", _of("ComputeResource")),
    ("VirtualMachine", "runtime.host", _of("HostSystem")),
    ("ComputeResource", "resourcePool", _pools_of),
    ("ResourcePool", "owner", _owners),
    ("VirtualMachine", "resourcePool", _root_pools),
    ("VirtualMachine", "datastore", _stores),
)

"""Properties as one caller may see them.

All objects that the property collector selects are read here, and written by the writer of the call's
binding. A property with the same value for every caller is written once per binding and API version and
cached with its object until it changes, so an answer about thousands of objects is mostly a join. Properties
that the caller may not read go into `missingSet`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from operator import methodcaller
from typing import Any, Final, NamedTuple

from vim25_emulator.inventory import filter_spec
from vim25_emulator.inventory import path as paths
from vim25_emulator.inventory.filter_spec import require_property
from vim25_emulator.inventory.managed_object import ManagedObject, Op
from vim25_emulator.inventory.property_filter import ObjectUpdate, PathChange
from vim25_emulator.inventory.property_type import reachable_type
from vim25_emulator.vcenter.authorization import no_permission, not_authenticated
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.property_writer import Changes
from vim25_emulator.vcenter.session_object import find_for
from vim25_emulator.vmodl.value import DataObject, Fragment, MethodFault

_CACHED_BYTES: Final = 4096  #: larger fragments are not cached: those of 10,000 VMs would fill the memory
_OBJECT: Final = ""  #: cache key of an object's own reference


#: An array in one fragment; empty without one.
Written = tuple[Fragment, ...]


class KnownPath(NamedTuple):
    """How a path of a type is read and written, and whether what is written is the same for all callers."""

    read: Callable[[ManagedObject], Any]
    write: Callable[[Any], bytes]
    is_cached: bool


class PropertyReader:
    """Reads properties for one call, and has them written."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._position = call.version.position
        self._writer = call.property_writer
        self._slot = self._writer.slot
        self._rights = call.rights
        self._computed_properties = call.vcenter.implementation.computed_properties
        self._sees_all = self._rights.unrestricted
        self._own_key = _OBJECT, self._slot
        self._known_paths: dict[tuple[str, str], KnownPath] = {}
        self._keys_of: dict[tuple[str, ...], list[tuple[str, int]]] = {}

    # Reading

    def value(self, entity: ManagedObject, path: str) -> Any:
        """Return the value at a path, computed for the caller where it is a computed property."""
        computed = self._computed_properties(entity.type.name)
        if computed:
            first, *rest = paths.split(path)
            if first.name in computed:
                value = paths.element(computed[first.name](self._call, entity), first.key)
                for segment in rest:
                    value = paths.step(value, segment)
                return value
        return entity.get(path)

    def _is_computed(self, entity: ManagedObject, path: str) -> bool:
        return paths.split(path)[0].name in self._computed_properties(entity.type.name)

    def fetch(self, entity: ManagedObject, path: str) -> Fragment:
        """Return one property as the answer to Fetch; empty if unset.

        Raise InvalidProperty, NotAuthenticated or NoPermission.
        """
        declared = require_property(entity.type, path, self._call.version)
        denied = None if self._sees_all else self._denied(entity, path)
        if denied is not None:
            raise denied
        return self._writer.fetched(declared, self.value(entity, path))

    # Access

    def _denied(self, entity: ManagedObject, path: str) -> MethodFault | None:
        privilege = entity.type.properties[paths.split(path)[0].name].privilege or "System.Read"
        if self._rights.grant(entity, privilege):
            return None
        if self._call.session is None:
            return not_authenticated(self._call.vcenter.root_folder.ref)
        return no_permission(entity.ref, privilege)

    def _readable(self, entity: ManagedObject, requested: Iterable[str]) -> tuple[tuple[str, ...], bytes]:
        """Return the paths that the caller may read, and the written missingSet of the others."""
        denied = {path: fault for path in requested if (fault := self._denied(entity, path)) is not None}
        missing = self._writer.missing(
            DataObject("MissingProperty", path=path, fault=fault.data) for path, fault in denied.items()
        )
        return tuple(path for path in requested if path not in denied), missing

    # Contents

    def contents(self, tag: str, selected: Iterable[tuple[ManagedObject, tuple[str, ...]]]) -> Written:
        """Return an ObjectContent for each object and its paths; unset properties have no entry."""
        before, between, after = self._writer.content_frame(tag)
        pieces: list[bytes] = []
        for entity, requested in selected:
            cached, missing = entity.fragments, b""
            if not self._sees_all:
                requested, missing = self._readable(entity, requested)
            pieces += (before, cached.get(self._own_key) or self._reference(entity), between)
            for key in self._keys_of.get(requested) or self._keys(requested):
                fragment = cached.get(key)
                pieces.append(self._property(entity, key[0]) if fragment is None else fragment)
            pieces += (missing, after)
        return (self._writer.contents(pieces),) if pieces else ()

    def _keys(self, requested: tuple[str, ...]) -> list[tuple[str, int]]:
        """Return the cache keys of these paths, built once per call."""
        self._keys_of[requested] = [(path, self._slot) for path in requested]
        return self._keys_of[requested]

    def _property(self, entity: ManagedObject, path: str) -> bytes:
        """Return a property as its writer writes it, empty if unset; cache it if it is the same for all."""
        key = path, self._slot
        fragment = entity.fragments.get(key)
        if fragment is None:
            known = self._known_paths.get((entity.type.name, path)) or self._learn(entity, path)
            fragment = known.write(known.read(entity))
            if known.is_cached and len(fragment) <= _CACHED_BYTES:
                self._call.vcenter.inventory.cache_fragment(entity, key, fragment)
        return fragment

    def _learn(self, entity: ManagedObject, path: str) -> KnownPath:
        """Return how a path of a type is read and written, found once per call."""
        declared = reachable_type(entity.type.name, path, self._position)
        write = self._writer.property(path, declared) if declared else _nothing
        is_computed = self._is_computed(entity, path)
        read = partial(self.value, path=path) if is_computed else methodcaller("get", path)
        known = KnownPath(read, write, not is_computed and "[" not in path)
        self._known_paths[entity.type.name, path] = known
        return known

    def _reference(self, entity: ManagedObject) -> bytes:
        """Return the written reference of an object, cached as long as the object exists."""
        fragment = entity.fragments.get(self._own_key)
        if fragment is None:
            fragment = self._writer.obj(entity.ref)
            self._call.vcenter.inventory.cache_fragment(entity, self._own_key, fragment)
        return fragment

    # Updates

    def updates(self, updates: Iterable[ObjectUpdate]) -> Written:
        """Return an ObjectUpdate for each update, with current values."""
        fragment = self._writer.updates(map(self._update, updates))
        return (fragment,) if fragment else ()

    def _update(self, update: ObjectUpdate) -> Changes:
        entity, changes, missing = update.object, update.changes, b""
        if not self._sees_all:
            readable, missing = self._readable(entity, [change.path for change in changes])
            known = frozenset(readable)
            changes = tuple(change for change in changes if change.path in known)
        written = [self._change(entity, change) for change in changes]
        return update.kind.value, self._reference(entity), written, missing

    def _change(self, entity: ManagedObject, change: PathChange) -> bytes:
        fragment = self._property(entity, change.path)
        op = change.op.value if fragment else self._unset_op(entity, change.path)
        return self._writer.change(change.path, op, fragment)

    def _unset_op(self, entity: ManagedObject, path: str) -> str:
        """Return the operation that reports a path without a value: unset, removed, or its owner is unset."""
        above = paths.owner(path)
        if above and self.value(entity, above) is None:
            return "indirectRemove"
        return Op.REMOVE.value if path.endswith("]") else Op.ASSIGN.value


def _nothing(_value: Any) -> bytes:
    """Write a path that the caller's version does not have."""
    return b""


def read_spec(call: Call, spec: DataObject) -> filter_spec.FilterSpec:
    """Check and convert a PropertyFilterSpec of the caller, and find its roots.

    Raises the faults of an invalid spec, and ManagedObjectNotFound for a root that does not exist for the
    caller, unless the spec requests to report it.
    """
    read = filter_spec.read(spec, call.version)
    inventory = call.vcenter.inventory
    missing = dict.fromkeys(ref for ref, _ in read.roots if find_for(call.session, inventory, ref) is None)
    if not missing:
        return read
    if call.session is None:  # without a session, nobody learns what exists
        raise not_authenticated(call.vcenter.root_folder.ref)
    if not read.reports_missing:
        raise MethodFault("ManagedObjectNotFound", obj=next(iter(missing)))
    present = tuple((ref, node) for ref, node in read.roots if ref not in missing)
    return read._replace(roots=present, missing=tuple(missing))

"""Properties as one caller may see them, read and encoded.

All objects that the property collector selects are encoded here. A property with the same value for every
caller is encoded once per API version and cached with its object until it changes, so an answer about
thousands of objects is mostly a join. Properties that the caller may not read go into `missingSet`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, Final

from vim25_emulator.inventory import filter_spec
from vim25_emulator.inventory import path as paths
from vim25_emulator.inventory.filter_spec import require_property
from vim25_emulator.inventory.managed_object import ManagedObject, Op
from vim25_emulator.inventory.property_filter import ObjectUpdate, PathChange
from vim25_emulator.inventory.property_type import reachable_type
from vim25_emulator.soap.soap_encoder import encode, encode_any
from vim25_emulator.soap.soap_text import escape
from vim25_emulator.vcenter.authorization import no_permission, not_authenticated
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.session_object import find_for
from vim25_emulator.vmodl.type_description import Kind, TypeRef
from vim25_emulator.vmodl.value import DataObject, Fragment, MethodFault

_REFERENCE: Final = TypeRef(Kind.REFERENCE, "ManagedObject", array=False)
_MISSING: Final = TypeRef(Kind.DATA, "MissingProperty", array=False)
_CACHED_BYTES: Final = 4096  #: larger fragments are not cached: those of 10,000 VMs would fill the memory
_OBJECT: Final = ""  #: cache key of an object's own reference
_AFTER: Final = b"</propSet>"


class PropertyReader:
    """Reads and encodes properties for one call."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._version = call.version
        self._texts = call.vcenter.texts
        self._position = call.version.position
        self._rights = call.rights
        self._computed_properties = call.vcenter.implementation.computed_properties
        self._sees_all = self._rights.unrestricted
        self._own_key = _OBJECT, self._position
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
        """Return one property as the answer to Fetch, typed anyType; empty if unset [observed: recordings].

        Raise InvalidProperty, NotAuthenticated or NoPermission.
        """
        declared = require_property(entity.type, path, self._version)
        denied = None if self._sees_all else self._denied(entity, path)
        if denied is not None:
            raise denied
        return Fragment(self._encoded("returnval", declared, self.value(entity, path)))

    # Access

    def _denied(self, entity: ManagedObject, path: str) -> MethodFault | None:
        privilege = entity.type.properties[paths.split(path)[0].name].privilege or "System.Read"
        if self._rights.grant(entity, privilege):
            return None
        if self._call.session is None:
            return not_authenticated(self._call.vcenter.root_folder.ref)
        return no_permission(entity.ref, privilege)

    def _readable(self, entity: ManagedObject, requested: Iterable[str]) -> tuple[tuple[str, ...], bytes]:
        """Return the paths that the caller may read, and the missingSet elements of the others."""
        denied = {path: fault for path in requested if (fault := self._denied(entity, path)) is not None}
        missing = (
            DataObject("MissingProperty", path=path, fault=fault.data) for path, fault in denied.items()
        )
        encoded = b"".join(
            encode("missingSet", _MISSING, entry, self._version, self._texts) for entry in missing
        )
        return tuple(path for path in requested if path not in denied), encoded

    # Encoding

    def contents(self, tag: str, selected: Iterable[tuple[ManagedObject, tuple[str, ...]]]) -> Fragment:
        """Return an ObjectContent element for each object and its paths; unset properties have no entry."""
        opening, closing = f"<{tag}>".encode(), f"</{tag}>".encode()
        pieces: list[bytes] = []
        for entity, requested in selected:
            cached, missing = entity.fragments, b""
            if not self._sees_all:
                requested, missing = self._readable(entity, requested)
            pieces += (opening, cached.get(self._own_key) or self._reference(entity))
            for key in self._keys_of.get(requested) or self._keys(requested):
                fragment = cached.get(key)
                pieces.append(self._property(entity, key[0]) if fragment is None else fragment)
            pieces += (missing, closing)
        return Fragment(b"".join(pieces))

    def _keys(self, requested: tuple[str, ...]) -> list[tuple[str, int]]:
        """Return the cache keys of these paths, built once per call."""
        self._keys_of[requested] = [(path, self._position) for path in requested]
        return self._keys_of[requested]

    def _property(self, entity: ManagedObject, path: str) -> bytes:
        """Return the propSet element of a property, empty if unset; cache it if it is the same for all."""
        key = path, self._position
        fragment = entity.fragments.get(key)
        if fragment is None:
            declared = reachable_type(entity.type.name, path, self._position)
            value = self._encoded("val", declared, self.value(entity, path)) if declared else b""
            fragment = b"%b%b%b" % (_before(path), value, _AFTER) if value else b""
            if len(fragment) <= _CACHED_BYTES and "[" not in path and not self._is_computed(entity, path):
                self._call.vcenter.inventory.cache_fragment(entity, key, fragment)
        return fragment

    def _encoded(self, tag: str, declared: TypeRef, value: Any) -> bytes:
        return encode_any(tag, declared, value, self._version, self._texts)

    def _reference(self, entity: ManagedObject) -> bytes:
        """Return the `obj` element of an object, cached as long as the object exists."""
        fragment = entity.fragments.get(self._own_key)
        if fragment is None:
            fragment = encode("obj", _REFERENCE, entity.ref, self._version)
            self._call.vcenter.inventory.cache_fragment(entity, self._own_key, fragment)
        return fragment

    def updates(self, updates: Iterable[ObjectUpdate]) -> Fragment:
        """Return an ObjectUpdate element for each update, with current values."""
        pieces: list[bytes] = []
        for update in updates:
            entity, changes, missing = update.object, update.changes, b""
            if not self._sees_all:
                readable, missing = self._readable(entity, [change.path for change in changes])
                known = frozenset(readable)
                changes = tuple(change for change in changes if change.path in known)
            pieces += (_opening(update.kind.value), self._reference(entity))
            pieces += [self._change(entity, change) for change in changes]
            pieces += (missing, b"</objectSet>")
        return Fragment(b"".join(pieces))

    def _change(self, entity: ManagedObject, change: PathChange) -> bytes:
        fragment = self._property(entity, change.path)
        before = _before(change.path)
        op = change.op.value if fragment else self._unset_op(entity, change.path)
        value = fragment[len(before) : -len(_AFTER)]
        return b"<changeSet>%b<op>%b</op>%b</changeSet>" % (before[len("<propSet>") :], op.encode(), value)

    def _unset_op(self, entity: ManagedObject, path: str) -> str:
        """Return the operation that reports a path without a value: unset, removed, or its owner is unset."""
        above = paths.owner(path)
        if above and self.value(entity, above) is None:
            return "indirectRemove"
        return Op.REMOVE.value if path.endswith("]") else Op.ASSIGN.value


@lru_cache(maxsize=8192)
def _before(path: str) -> bytes:
    return f"<propSet><name>{escape(path)}</name>".encode()


@cache
def _opening(kind: str) -> bytes:
    return f"<objectSet><kind>{kind}</kind>".encode()


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
    if not read.reports_missing:
        raise MethodFault("ManagedObjectNotFound", obj=next(iter(missing)))
    present = tuple((ref, node) for ref, node in read.roots if ref not in missing)
    return read._replace(roots=present, missing=tuple(missing))

"""A PropertyFilterSpec as a graph: which objects to traverse, and which properties to report.

Every ObjectSpec and TraversalSpec is a node of the graph. A node says whether the objects reached at it are
selected or only traversed (`skip`), and through which properties the traversal continues (`hops`). A
SelectionSpec that only names a TraversalSpec refers to that one's node, so a recursive spec is a graph with a
cycle.

InvalidProperty for an invalid spec is [observed: recordings]; the other faults are [derived] from the API
reference.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from vim25_emulator.inventory.property_type import declared_type
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.type_description import Kind, ManagedType, TypeRef
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef
from vim25_emulator.vmodl.version import Version

#: Characters of the longest path that clients may ask for; the longest key of a real server is a UUID.
LONGEST_PATH: Final = 1000


class Hop(NamedTuple):
    """A step of a traversal: from objects of a type, along the references at a property path, to a node."""

    type: str
    path: str
    to: TraversalNode


class TraversalNode:
    """A node of a traversal. Nodes are compared by identity."""

    def __init__(self, *, skip: bool) -> None:
        self.skip = skip
        self.hops: list[Hop] = []
        self._of_type: dict[str, tuple[Hop, ...]] = {}

    def hops_of(self, kind: ManagedType) -> tuple[Hop, ...]:
        """Return the hops that apply to an object of this type."""
        hops = self._of_type.get(kind.name)
        if hops is None:
            hops = self._of_type[kind.name] = tuple(hop for hop in self.hops if kind.is_a(hop.type))
        return hops


Roots = tuple[tuple[MoRef, TraversalNode], ...]


class PropertySets:
    """The paths to report per object type: the union of the matching PropertySpecs."""

    def __init__(self, specs: Iterable[DataObject], version: Version) -> None:
        self._specs = tuple(specs)
        self._position = version.position
        self._of_type: dict[str, tuple[str, ...] | None] = {}
        for spec in self._specs:
            kind = require_type(spec.type, "propSet.type")
            for path in () if spec.all else spec.pathSet:
                require_property(kind, path, version)

    def paths_of(self, kind: ManagedType) -> tuple[str, ...] | None:
        """Return the paths for objects of a type, sorted; None if no PropertySpec matches the type."""
        try:
            return self._of_type[kind.name]
        except KeyError:
            matching = [spec for spec in self._specs if kind.is_a(spec.type)]
            union = {path for spec in matching for path in self._paths(spec, kind)}
            paths = self._of_type[kind.name] = tuple(sorted(union)) if matching else None
            return paths

    def _paths(self, spec: DataObject, kind: ManagedType) -> Iterator[str]:
        if not spec.all:  # otherwise the paths are ignored [documented]; some clients set both
            return iter(spec.pathSet)
        return (prop.name for prop in kind.properties.values() if prop.since <= self._position)


class FilterSpec(NamedTuple):
    """A checked PropertyFilterSpec; `missing` are the objects that it names and that do not exist."""

    roots: Roots
    property_sets: PropertySets
    reports_missing: bool
    missing: tuple[MoRef, ...] = ()


def require_type(name: str, place: str) -> ManagedType:
    """Return the managed object type with this name; raise InvalidArgument for `place` if it is unknown."""
    try:
        return managed_type(name)
    except KeyError:
        raise MethodFault("InvalidArgument", invalidProperty=place) from None


def require_property(kind: ManagedType, path: str, version: Version) -> TypeRef:
    """Return the declared type of a path; raise InvalidProperty, without a message, for an invalid path.

    A property newer than the client's version is invalid, too [observed: a 5.1 host asked for a 5.5 one].
    One that is longer than any is not looked up, since caches would store it.
    """
    declared = declared_type(kind.name, path, version.position) if len(path) <= LONGEST_PATH else None
    if declared is None:
        raise MethodFault("InvalidProperty", name=path)
    return declared


def read(spec: DataObject, version: Version) -> FilterSpec:
    """Check and convert a PropertyFilterSpec of a client of this version.

    Raises InvalidProperty for a path that its type does not have, and InvalidArgument for an unknown type or
    an undefined selection name.
    """
    reader = _SpecReader(spec, version)
    roots = tuple((object_spec.obj, reader.node(object_spec)) for object_spec in spec.objectSet)
    return FilterSpec(roots, PropertySets(spec.propSet, version), bool(spec.reportMissingObjectsInResults))


class _SpecReader:
    """Creates the nodes of a spec: one per TraversalSpec, however often it is referred to."""

    def __init__(self, spec: DataObject, version: Version) -> None:
        self._version = version
        self._named: dict[str, DataObject] = {}
        self._nodes: dict[int, TraversalNode] = {}
        self._without_hops: deque[DataObject] = deque()
        for object_spec in spec.objectSet:
            self._collect_names(object_spec.selectSet)

    def _collect_names(self, selections: Iterable[DataObject]) -> None:
        for selection in selections:
            if selection.is_a("TraversalSpec"):
                if selection.name:
                    self._named.setdefault(selection.name, selection)
                self._collect_names(selection.selectSet)

    def node(self, spec: DataObject) -> TraversalNode:
        """Return the node of an ObjectSpec, with all that it leads to: a chain of names may be long."""
        node = self._node(spec)
        while self._without_hops:
            reached = self._without_hops.popleft()
            self._nodes[id(reached)].hops = [
                self._hop(self._resolve(selection)) for selection in reached.selectSet
            ]
        return node

    def _node(self, spec: DataObject) -> TraversalNode:
        node = self._nodes.get(id(spec))
        if node is None:
            node = self._nodes[id(spec)] = TraversalNode(skip=bool(spec.skip))
            self._without_hops.append(spec)
        return node

    def _resolve(self, selection: DataObject) -> DataObject:
        if selection.is_a("TraversalSpec"):
            return selection
        try:
            return self._named[selection.name]
        except KeyError:
            raise MethodFault("InvalidArgument", invalidProperty="selectSet.name") from None

    def _hop(self, traversal: DataObject) -> Hop:
        kind = require_type(traversal.type, "selectSet.type")
        if require_property(kind, traversal.path, self._version).kind is not Kind.REFERENCE:
            raise MethodFault("InvalidProperty", name=traversal.path)
        return Hop(kind.name, traversal.path, self._node(traversal))

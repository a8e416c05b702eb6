"""A PropertyFilterSpec, read and checked once: which way to walk, and which properties to show.

The way is a graph of stations. An ObjectSpec is a station, and so is each TraversalSpec; a station says
whether the objects that are reached at it are selected or only passed through (`skip`), and by which
properties one goes on from them (`hops`). A SelectionSpec that only names a TraversalSpec leads to that one's
station, so a recursive spec is a graph with a cycle.

What a real server answers to a spec that makes no sense is known for InvalidProperty alone; the other faults
are derived from the API reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vim25_emulator.inventory.property_type import declared_type
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.type_description import Kind, ManagedType, TypeRef
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef
from vim25_emulator.vmodl.version import Version


class Hop(NamedTuple):
    """One way on: from objects of a type, by the references that a property path holds, to a station."""

    type: str
    path: str
    to: Station


class Station:
    """A place in the walk. Two stations are never equal, however alike."""

    def __init__(self, *, skip: bool) -> None:
        self.skip = skip
        self.hops: list[Hop] = []
        self._of_type: dict[str, tuple[Hop, ...]] = {}

    def hops_of(self, kind: ManagedType) -> tuple[Hop, ...]:
        """Return the ways on from an object of this type."""
        found = self._of_type.get(kind.name)
        if found is None:
            found = self._of_type[kind.name] = tuple(hop for hop in self.hops if kind.is_a(hop.type))
        return found


Roots = tuple[tuple[MoRef, Station], ...]


class PropertySets:
    """Which paths are to be shown of objects of each type: all that the matching PropertySpecs name."""

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
            united = {path for spec in matching for path in self._paths(spec, kind)}
            shown = self._of_type[kind.name] = tuple(sorted(united)) if matching else None
            return shown

    def _paths(self, spec: DataObject, kind: ManagedType) -> Iterator[str]:
        if not spec.all:  # else the API reference says to ignore the paths, which some clients leave in
            return iter(spec.pathSet)
        return (prop.name for prop in kind.properties.values() if prop.since <= self._position)


class FilterSpec(NamedTuple):
    """A checked PropertyFilterSpec."""

    roots: Roots
    property_sets: PropertySets
    reports_missing: bool


def require_type(name: str, place: str) -> ManagedType:
    """Return the managed object type with a name; raise InvalidArgument at `place` if there is none."""
    try:
        return managed_type(name)
    except KeyError:
        raise MethodFault("InvalidArgument", invalidProperty=place) from None


def require_property(kind: ManagedType, path: str, version: Version) -> TypeRef:
    """Return the declared type of a path; raise InvalidProperty, without any text, if it leads nowhere.

    A property newer than the client's version is such a path too (seen: a 5.1 host asked for a 5.5 one).
    """
    declared = declared_type(kind.name, path, version.position)
    if declared is None:
        raise MethodFault("InvalidProperty", name=path)
    return declared


def read(spec: DataObject, version: Version) -> FilterSpec:
    """Check a PropertyFilterSpec for a client of this version and return what it asks for.

    Raises InvalidProperty for a path that its type does not have, and InvalidArgument for an unknown type or
    for the name of a selection that the spec does not define.
    """
    reader = _SpecReader(spec, version)
    roots = tuple((each.obj, reader.station(each)) for each in spec.objectSet)
    return FilterSpec(roots, PropertySets(spec.propSet, version), bool(spec.reportMissingObjectsInResults))


class _SpecReader:
    """Makes the stations of one spec, one for each TraversalSpec however often it is named."""

    def __init__(self, spec: DataObject, version: Version) -> None:
        self._version = version
        self._named: dict[str, DataObject] = {}
        self._stations: dict[int, Station] = {}
        for each in spec.objectSet:
            self._learn_names(each.selectSet)

    def _learn_names(self, selections: Iterable[DataObject]) -> None:
        for selection in selections:
            if selection.is_a("TraversalSpec"):
                if selection.name:
                    self._named.setdefault(selection.name, selection)
                self._learn_names(selection.selectSet)

    def station(self, spec: DataObject) -> Station:
        """Return the station of an ObjectSpec or TraversalSpec."""
        made = self._stations.get(id(spec))
        if made is None:
            made = self._stations[id(spec)] = Station(skip=bool(spec.skip))
            made.hops = [self._hop(self._resolved(selection)) for selection in spec.selectSet]
        return made

    def _resolved(self, selection: DataObject) -> DataObject:
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
        return Hop(kind.name, traversal.path, self.station(traversal))

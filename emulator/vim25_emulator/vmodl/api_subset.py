"""The part of the API that a WSDL or an OpenAPI document describes: all of a version, or what is implemented.

Methods need the types that they declare, and the types of the properties of the managed objects they belong
to, with all types that those declare in turn. Types that only extend one of these are included on demand;
runtime faults, which every method may raise, always are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Final

from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.type_description import DataType, EnumType, Kind, Method, Property, TypeRef
from vim25_emulator.vmodl.version import Version

#: Types that VMODL itself defines, not the registry.
_BUILT_IN: Final = frozenset({"DataObject", "ManagedObject", "DynamicData", "DynamicProperty"})

#: Types that every fault needs.
_AROUND_FAULTS: Final = ("LocalizedMethodFault", "LocalizableMessage", "KeyAnyValue")


@dataclass(frozen=True, eq=False)
class ApiSubset:
    """Methods of the API at a version, sorted by name, and their types."""

    version: Version
    methods: tuple[Method, ...]
    types: tuple[DataType, ...]
    enums: tuple[EnumType, ...]


@lru_cache(maxsize=8)
def whole(version: Version) -> ApiSubset:
    """Return everything that a version has."""
    types = map(registry.data_type, registry.data_type_names())
    enums = map(registry.enum_type, registry.enum_type_names())
    return ApiSubset(
        version,
        tuple(_methods(version)),
        tuple(kind for kind in types if kind.since <= version.position and kind.name not in _BUILT_IN),
        tuple(enum for enum in enums if enum.since <= version.position),
    )


def _methods(version: Version) -> list[Method]:
    owners = (registry.managed_type(name) for name in registry.managed_type_names())
    methods = (method for owner in owners for method in owner.own_methods if owner.name != "ManagedObject")
    return sorted((m for m in methods if m.since <= version.position), key=lambda m: m.name)


def reachable(
    version: Version,
    operations: Collection[tuple[str, str]],
    *,
    readable: Collection[str] = (),
    subtypes: bool = False,
) -> ApiSubset:
    """Return what some operations need; an operation is a managed object type and a method.

    The properties of `readable` managed object types are included as those of the operations' types are.
    With `subtypes`, so are types that only extend a declared one.
    """
    everything = whole(version)
    names = {method for _, method in operations}
    methods = tuple(method for method in everything.methods if method.name in names)
    present = {method.name for method in methods}
    owners = {owner for owner, method in operations if method in present}.union(readable)
    declared = chain(_declared_by(methods, version), _properties_of(owners, version))
    runtime_faults = (kind.name for kind in everything.types if kind.is_a("RuntimeFault"))
    names_of_types = chain((used.name for used in declared), runtime_faults)
    needed = _needed(version, names_of_types, subtypes=subtypes)
    return ApiSubset(
        version,
        methods,
        tuple(kind for kind in everything.types if kind.name in needed),
        tuple(enum for enum in everything.enums if enum.name in needed),
    )


def _types_of(declared: Iterable[Property], version: Version) -> Iterator[TypeRef]:
    return (prop.type for prop in declared if prop.since <= version.position)


def _declared_by(methods: Iterable[Method], version: Version) -> Iterator[TypeRef]:
    """Yield the types of parameters, results and faults."""
    for method in methods:
        yield from _types_of(method.parameters, version)
        yield from (method.result, method.task_result)
        yield from (TypeRef(Kind.FAULT, fault, array=False) for fault in method.faults)


def _properties_of(owners: Iterable[str], version: Version) -> Iterator[TypeRef]:
    for owner in owners:
        yield from _types_of(registry.managed_type(owner).properties.values(), version)


def _needed(version: Version, names: Iterable[str], *, subtypes: bool) -> set[str]:
    """Return the names of some types, of their bases, and of all that those declare in turn."""
    data = {kind.name: kind for kind in whole(version).types}
    needed, visited = set[str](), set[str]()
    pending = [*_AROUND_FAULTS, *names]
    while pending:
        name = pending.pop()
        if name in visited:
            continue
        visited.add(name)
        needed.add(name)
        below = registry.data_type_names_below(name) if subtypes and name in data else ()
        for kind in (data[name] for name in (name, *below) if name in data):
            needed.update(kind.ancestor_names)
            pending += [used.name for base in kind.ancestors for used in _types_of(base.own, version)]
    return needed

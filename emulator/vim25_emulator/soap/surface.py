"""What a contract describes: all of the API that a version knows, or what some of its methods need.

What methods need are the types that they declare, those that these declare, and so on, and those of the
properties of the managed objects that have them. Types that only extend one of these are not among them.
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

#: Types whose definition is the language's, not the registry's.
_BUILT_IN: Final = frozenset({"DataObject", "ManagedObject", "DynamicData", "DynamicProperty"})

#: What travels around a fault, and what every fault is made of.
_AROUND_FAULTS: Final = ("LocalizedMethodFault", "LocalizableMessage", "KeyAnyValue", "RuntimeFault")


@dataclass(frozen=True, eq=False)
class Surface:
    """Methods of the API at a version, sorted by name, and the types that there are for them."""

    version: Version
    methods: tuple[Method, ...]
    types: tuple[DataType, ...]
    enums: tuple[EnumType, ...]


@lru_cache(maxsize=8)
def whole(version: Version) -> Surface:
    """Return all that a version knows."""
    types = map(registry.data_type, registry.data_type_names())
    enums = map(registry.enum_type, registry.enum_type_names())
    return Surface(
        version,
        tuple(_methods(version)),
        tuple(kind for kind in types if kind.since <= version.position and kind.name not in _BUILT_IN),
        tuple(enum for enum in enums if enum.since <= version.position),
    )


def _methods(version: Version) -> list[Method]:
    owners = (registry.managed_type(name) for name in registry.managed_type_names())
    methods = (method for owner in owners for method in owner.own_methods if owner.name != "ManagedObject")
    return sorted((m for m in methods if m.since <= version.position), key=lambda m: m.name)


def reachable(version: Version, operations: Collection[tuple[str, str]]) -> Surface:
    """Return what some operations need, each named by its managed object type and its method."""
    everything = whole(version)
    names = {method for _, method in operations}
    methods = tuple(method for method in everything.methods if method.name in names)
    owners = {owner for owner, method in operations if method in {each.name for each in methods}}
    needed = _needed(version, chain(_declared_by(methods, version), _properties_of(owners, version)))
    return Surface(
        version,
        methods,
        tuple(kind for kind in everything.types if kind.name in needed),
        tuple(enum for enum in everything.enums if enum.name in needed),
    )


def _known(declared: Iterable[Property], version: Version) -> Iterator[TypeRef]:
    return (prop.type for prop in declared if prop.since <= version.position)


def _declared_by(methods: Iterable[Method], version: Version) -> Iterator[TypeRef]:
    """Yield the types of parameters, results and faults."""
    for method in methods:
        yield from _known(method.parameters, version)
        yield from (method.result, method.task_result)
        yield from (TypeRef(Kind.FAULT, fault, array=False) for fault in method.faults)


def _properties_of(owners: Iterable[str], version: Version) -> Iterator[TypeRef]:
    for owner in owners:
        yield from _known(registry.managed_type(owner).properties.values(), version)


def _needed(version: Version, declared: Iterable[TypeRef]) -> set[str]:
    """Return the names of the types that are declared, and of all that those declare in turn."""
    data = {kind.name: kind for kind in whole(version).types}
    needed = set[str]()
    waiting = [*_AROUND_FAULTS, *(used.name for used in declared)]
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        kind = data.get(name)
        if kind is not None:
            waiting += [used.name for used in _known(kind.own, version)]
            waiting += [kind.base.name] if kind.base is not None else []
    return needed

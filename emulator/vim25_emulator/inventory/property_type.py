"""The declared type of a property path.

A client's path leads through declared types only: `config.ftInfo.secondaries` is invalid, since `ftInfo` is
declared as FaultToleranceConfigInfo [observed: output of 8.0.3, three client projects]. The emulator's own
paths may contain properties of subtypes. A step with a key selects one element of an array; a path cannot
continue from a whole array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache, lru_cache
from itertools import chain

from vim25_emulator.inventory import path as paths
from vim25_emulator.vmodl.registry import data_type, data_type_names_below, managed_type
from vim25_emulator.vmodl.type_description import DataType, Property, TypeRef
from vim25_emulator.vmodl.type_names import DATA_TYPES
from vim25_emulator.vmodl.version import NEWEST

#: From the name of a data object type and a property's name to the properties that a path can reach.
MembersOf = Callable[[str, str], tuple[Property, ...]]


def declared_type(type_name: str, path: str, position: int) -> TypeRef | None:
    """Return the declared type of a client's path in a managed object type, None if the path is invalid.

    `position` is that of the client's version in the chain; newer properties do not exist for the client.
    """
    return _reached_type(type_name, path, position, _declared_members)


def reachable_type(type_name: str, path: str, position: int = NEWEST.position) -> TypeRef | None:
    """Return the type of a path that may lead through subtypes, None if there is no such path."""
    return _reached_type(type_name, path, position, _members)


@lru_cache(maxsize=8192)
def _reached_type(type_name: str, path: str, position: int, members_of: MembersOf) -> TypeRef | None:
    try:
        first, *rest = paths.split(path)
    except ValueError:
        return None
    own = managed_type(type_name).properties.get(first.name)
    reached = _known((own,) if own else (), first, position)
    for segment in rest:
        places = (place.name for place in reached if not place.array)
        members = chain.from_iterable(members_of(place, segment.name) for place in places)
        reached = _known(members, segment, position)
    return next(iter(reached), None)


def _known(properties: Iterable[Property], segment: paths.Segment, position: int) -> list[TypeRef]:
    """Return the types of the properties, or of the elements that the segment's key selects."""
    known = (prop.type for prop in properties if prop.since <= position)
    if segment.key is None:
        return list(known)
    return [replace(declared, array=False) for declared in known if declared.array]


@cache
def _declared_members(type_name: str, name: str) -> tuple[Property, ...]:
    """Return the property of a data object type."""
    try:
        own = data_type(type_name).properties.get(name)
    except KeyError:  # a primitive: nothing is inside
        return ()
    return (own,) if own is not None else ()


@cache
def _members(type_name: str, name: str) -> tuple[Property, ...]:
    """Return the property of a data object type, else those of the extending types that have it."""
    own = _declared_members(type_name, name)
    if own or type_name not in DATA_TYPES:
        return own
    found = (kind.properties.get(name) for kind in _extending(type_name))
    return tuple(dict.fromkeys(prop for prop in found if prop is not None))


@cache
def _extending(type_name: str) -> tuple[DataType, ...]:
    return tuple(map(data_type, data_type_names_below(type_name)))

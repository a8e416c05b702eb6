"""The declared type of a property path.

A path may contain a property of a subtype (`info.vmfs` of a Datastore, whose `info` is declared as
DatastoreInfo); rejecting it would break clients that a real server accepts [derived]. A step with a key
selects one element of an array; a path cannot continue from a whole array.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache, lru_cache
from itertools import chain

from vim25_emulator.inventory import path as paths
from vim25_emulator.vmodl.registry import data_type, data_type_names_below, managed_type
from vim25_emulator.vmodl.type_description import DataType, Property, TypeRef


@lru_cache(maxsize=8192)
def declared_type(type_name: str, path: str, position: int) -> TypeRef | None:
    """Return the declared type of a path in a managed object type, None if the path is invalid.

    `position` is that of the client's version in the chain; newer properties do not exist for the client.
    """
    try:
        first, *rest = paths.split(path)
    except ValueError:
        return None
    own = managed_type(type_name).properties.get(first.name)
    reached = _known((own,) if own else (), first, position)
    for segment in rest:
        places = (place.name for place in reached if not place.array)
        members = chain.from_iterable(_members(place, segment.name) for place in places)
        reached = _known(members, segment, position)
    return next(iter(reached), None)


def _known(properties: Iterable[Property], segment: paths.Segment, position: int) -> list[TypeRef]:
    """Return the types of the properties, or of the elements that the segment's key selects."""
    known = (prop.type for prop in properties if prop.since <= position)
    if segment.key is None:
        return list(known)
    return [replace(declared, array=False) for declared in known if declared.array]


@cache
def _members(type_name: str, name: str) -> tuple[Property, ...]:
    """Return the property of a data object type, else those of the extending types that have it."""
    try:
        own = data_type(type_name).properties.get(name)
    except KeyError:  # a primitive: nothing is inside
        return ()
    if own is not None:
        return (own,)
    found = (kind.properties.get(name) for kind in _extending(type_name))
    return tuple(dict.fromkeys(prop for prop in found if prop is not None))


@cache
def _extending(type_name: str) -> tuple[DataType, ...]:
    return tuple(map(data_type, data_type_names_below(type_name)))

"""The declared type of a property path.

A path may contain a property of a subtype (`info.vmfs` of a Datastore, whose `info` is declared as
DatastoreInfo); rejecting it would break clients that a real server accepts [derived]. A step with a key
selects one element of an array; a path cannot continue from a whole array.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache

from vim25_emulator.inventory import path as paths
from vim25_emulator.vmodl.registry import data_type, data_type_names, managed_type
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
    declared = _type_of(managed_type(type_name).properties.get(first.name), first, position)
    for segment in rest:
        if declared is None or declared.array:
            return None
        declared = _type_of(_member(declared.name, segment.name), segment, position)
    return declared


def _type_of(prop: Property | None, segment: paths.Segment, position: int) -> TypeRef | None:
    """Return the type of a property, or of its element if the segment has a key."""
    if prop is None or prop.since > position:
        return None
    if segment.key is None:
        return prop.type
    return replace(prop.type, array=False) if prop.type.array else None


@cache
def _member(type_name: str, name: str) -> Property | None:
    """Return the property of a data object type, else of its first subtype that has it."""
    try:
        own = data_type(type_name).properties.get(name)
    except KeyError:  # a primitive has no properties
        return None
    if own is not None:
        return own
    return next((kind.properties[name] for kind in _subtypes(type_name) if name in kind.properties), None)


def _subtypes(type_name: str) -> Iterator[DataType]:
    return (kind for kind in map(data_type, data_type_names()) if kind.is_a(type_name))

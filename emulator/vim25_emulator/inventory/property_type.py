"""What a property path leads to by declaration: is there such a property, and of which type is it?

A path may go on through a property of an extending type (`info.vmfs` of a Datastore, whose `info` is declared
DatastoreInfo): what a subtype has is accepted [derived], since refusing it would break a client that a real
server serves. A step with a key chooses one element of an array; no path goes through a whole array.
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
    """Return the type of what `path` leads to in the named managed object type, None if it leads nowhere.

    `position` is that of the client's version in the chain: what is newer does not exist for it.
    """
    try:
        first, *rest = paths.split(path)
    except ValueError:
        return None
    found = _known(managed_type(type_name).properties.get(first.name), first, position)
    for segment in rest:
        if found is None or found.array:
            return None
        found = _known(_member(found.name, segment.name), segment, position)
    return found


def _known(prop: Property | None, segment: paths.Segment, position: int) -> TypeRef | None:
    """Return the type of a property, or of its element that the segment's key chooses."""
    if prop is None or prop.since > position:
        return None
    if segment.key is None:
        return prop.type
    return replace(prop.type, array=False) if prop.type.array else None


@cache
def _member(type_name: str, name: str) -> Property | None:
    """Return the property of a data object type, else of the first extending type that has it."""
    try:
        own = data_type(type_name).properties.get(name)
    except KeyError:  # a primitive: nothing is inside
        return None
    if own is not None:
        return own
    return next((kind.properties[name] for kind in _extending(type_name) if name in kind.properties), None)


def _extending(type_name: str) -> Iterator[DataType]:
    return (kind for kind in map(data_type, data_type_names()) if kind.is_a(type_name))

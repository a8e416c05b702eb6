"""The properties of a data object, or the parameters of a method, as a client of a version sends them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vim25_emulator.vmodl.type_description import DataType, Method, Property
from vim25_emulator.vmodl.version import version

#: The first version of the namespace urn:vim25; every client of the namespace has all of it.
_FIRST_IN_NAMESPACE: Final = version("2.5").position


def wire_members(owner: DataType | Method, position: int) -> Iterator[tuple[Property, bool]]:
    """Yield the members that exist at a position, in wire order, each with whether it is required.

    Clients older than a member omit it.
    """
    for prop, owner_since in _declared(owner):
        if prop.since <= position:
            is_newer = prop.since > max(owner_since, _FIRST_IN_NAMESPACE)
            yield prop, not (prop.optional or is_newer)


def _declared(owner: DataType | Method) -> Iterator[tuple[Property, int]]:
    """Yield properties or parameters in wire order, with the position of the type or method that has them."""
    if isinstance(owner, Method):
        yield from ((parameter, owner.since) for parameter in owner.parameters)
    else:
        for ancestor in reversed(owner.ancestors):
            yield from ((prop, ancestor.since) for prop in ancestor.own)

"""The type that a reference names, as a client of a version sees it, and as a server understands it."""

from __future__ import annotations

from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.type_names import MANAGED_TYPES


def shown_type(name: str, declared: str, position: int, where: str) -> str:
    """Return the nearest ancestor of a reference's type that exists at a position.

    Raises TypeError, which names the place, for a type that does not exist or is not the declared one.
    """
    if name not in MANAGED_TYPES:
        raise TypeError(f"{where}: vim25 has no managed object type {name!r}")
    if not managed_type(name).is_a(declared):
        raise TypeError(f"{where} takes a reference to a {declared}, not to a {name}")
    ancestors = managed_type(name).ancestors
    shown: str = next(ancestor.name for ancestor in ancestors if ancestor.since <= position)
    return shown


def understood_type(name: str, declared: str) -> str | None:
    """Return the type of a client's reference: the declared one for a base of it; None for any other.

    That goes for ManagedObject, too [observed: recording of 9.0.1].
    """
    if managed_type(name).is_a(declared):
        return name
    return declared if managed_type(declared).is_a(name) else None

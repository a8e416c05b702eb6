"""The API versions of vim25, oldest first."""

from __future__ import annotations

import functools

from pyVmomi import VmomiSupport


class UnknownApiVersionError(ValueError):
    """The API version does not exist; the message lists those that do."""


@functools.cache
def versions() -> tuple[str, ...]:
    """Return the API version ids of vim25, oldest first."""
    uris = [uri for uri in VmomiSupport.versionMap if uri.startswith("vim25/")]
    ordered = sorted(uris, key=lambda uri: len(VmomiSupport.GetVersionParents(VmomiSupport.versionMap[uri])))
    return tuple(uri.partition("/")[2] for uri in ordered)


def age(version: str) -> int:
    """Return the position of an API version, oldest first; raise UnknownApiVersionError."""
    try:
        return versions().index(version)
    except ValueError:
        known = ", ".join(versions())
        raise UnknownApiVersionError(f"{version!r} is not an API version; known: {known}") from None

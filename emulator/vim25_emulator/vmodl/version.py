"""The chain of API versions, in which each version contains all earlier ones.

pyVmomi tags every type, property, method and parameter with the version that introduced it, in one of
several namespaces (`vim.version.…`, `vmodl.version.…`, `vmodl.query.version.…`). Each tag becomes visible at
one position in the chain, so "does version V have this?" is a comparison of integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import pyVmomi  # noqa: F401  # the import fills the registry in VmomiSupport
from pyVmomi import VmomiSupport

#: Position of a tag outside the chain (vSAN's own versions).
NEVER: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Version:
    """An API version: its position in the chain, wire id (`8.0.2.0`), VMODL name and XML namespace."""

    position: int
    id: str
    name: str
    namespace: str

    def __str__(self) -> str:
        return self.id

    @property
    def is_released(self) -> bool:
        """Whether a release has this version; the chain has one with an internal id that none has."""
        return self.id[0].isdigit()

    def __ge__(self, other: Version) -> bool:
        return self.position >= other.position

    def __lt__(self, other: Version) -> bool:
        return self.position < other.position


class UnknownVersionError(ValueError):
    """No version of the chain has this id."""


def _chain() -> tuple[Version, ...]:
    parents = VmomiSupport.parentMap
    names = [name for name in VmomiSupport.versionIdMap if name.startswith("vim.version.")]
    names.sort(key=lambda name: len(parents[name]))
    return tuple(
        Version(position, VmomiSupport.versionIdMap[name], name, f"urn:{VmomiSupport.nsMap[name]}")
        for position, name in enumerate(names)
    )


VERSIONS: Final[tuple[Version, ...]] = _chain()
NEWEST: Final = VERSIONS[-1]
_BY_ID: Final = {version.id: version for version in VERSIONS}


def version(version_id: str) -> Version:
    """Return the version with this wire id; raise `UnknownVersionError`, which suggests similar ids."""
    try:
        return _BY_ID[version_id]
    except KeyError:
        import difflib

        released = [version.id for version in VERSIONS if version.is_released]
        similar = difflib.get_close_matches(version_id, released, n=3, cutoff=0.4)
        hint = f"did you mean {', '.join(similar)}?" if similar else f"known: {', '.join(released)}"
        raise UnknownVersionError(f"no API version {version_id!r}; {hint}") from None


@cache
def version_of_product(product_version: str) -> Version:
    """Return the newest released version of the API that a product of this version (`8.0.2`) has."""
    product = _numbers(product_version)
    released = (entry for entry in reversed(VERSIONS) if entry.is_released)
    fitting = (entry for entry in released if _numbers(entry.id)[: len(product)] <= product)
    return next(fitting, VERSIONS[0])


def _numbers(dotted: str) -> tuple[int, ...]:
    return tuple(int(number) for number in dotted.partition("u")[0].split("."))


def known(version_id: str) -> Version | None:
    """Return the version with this wire id, or None."""
    return _BY_ID.get(version_id)


@cache
def position_of(tag: str) -> int:
    """Return the first position in the chain at which a registry tag is visible, or `NEVER`."""
    for candidate in VERSIONS:
        if tag in VmomiSupport.parentMap[candidate.name]:
            return candidate.position
    return NEVER

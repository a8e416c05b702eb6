"""What is deprecated: types, methods, properties and values of enumerations.

The table beside this file has the facts of the API reference up to 9.1 [documented]; nothing on the wire says
so. A row is a type, its member, the release that deprecated it, and what replaces it; the reference does not
always name the last two.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from vim25_emulator.vmodl.version import Version


@dataclass(frozen=True, slots=True)
class Deprecation:
    """The release that deprecated something, and its replacement; each may be empty."""

    as_of: str
    replacement: str

    def applies_to(self, version: Version) -> bool:
        """Whether a release says so already."""
        return not self.as_of or _numbers(self.as_of) <= _numbers(version.id)

    def __str__(self) -> str:
        release = f" as of {self.as_of}" if self.as_of else ""
        return f"Deprecated{release}" + (f"; use {self.replacement}." if self.replacement else ".")


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))


def deprecation(version: Version, type_name: str, member: str = "") -> Deprecation | None:
    """Return the deprecation of a type or its member at a version; None if it is not deprecated."""
    found = _table().get((type_name, member))
    return found if found is not None and found.applies_to(version) else None


@cache
def _table() -> dict[tuple[str, str], Deprecation]:
    """Return the rows by type and member."""
    text = resources.files(__package__).joinpath("deprecations.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(row["type"], row["member"]): Deprecation(row["as_of"], row["replacement"]) for row in rows}

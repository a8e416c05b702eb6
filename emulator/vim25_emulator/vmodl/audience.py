"""Who an answer is written for, as far as the codecs need to know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from vim25_emulator.vmodl.text import Catalog, catalog
from vim25_emulator.vmodl.version import NEWEST


@dataclass(frozen=True, slots=True, eq=False)
class Audience:
    """The client's position in the chain of versions, and the server's texts of faults.

    `audience_at` returns one instance per pair, so that caches can use its identity.
    """

    position: int
    texts: Catalog


@cache
def audience_at(position: int, texts: Catalog | None) -> Audience:
    """Return the audience for a position and texts, by default those of the newest release."""
    return Audience(position, texts or catalog(NEWEST))

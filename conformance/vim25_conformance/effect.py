"""What a case does to a target, as a ladder: each step includes the ones before it."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum


class Effect(Enum):
    """An effect, mildest first, by the name that users see."""

    READS = "reads"
    #: VMs that the case creates, and VMs that the lab file names for it.
    OWN_OBJECTS = "own objects"
    #: The settings of a cluster, which other VMs share.
    SHARED_SETTINGS = "shared settings"
    #: A host and all VMs on it.
    DESTRUCTIVE = "destructive"


_BY_ROLE = {
    "primary": Effect.OWN_OBJECTS,
    "secondary": Effect.OWN_OBJECTS,
    "cluster": Effect.SHARED_SETTINGS,
    "host": Effect.DESTRUCTIVE,
}


def worst(touches: Collection[str]) -> Effect:
    """Return the worst effect on the roles that a case modifies."""
    ladder = list(Effect)
    return max((_BY_ROLE[role] for role in touches), key=ladder.index, default=Effect.READS)

"""The rows of the table of forbidden operations: which call affects which VMs, when it is refused, and how.

The rows themselves are in `forbidden`. They are evaluated after the privilege check and the lock, before the
operation starts, so a refused call has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from vim25_emulator.fault_tolerance.certainty import Certainty
from vim25_emulator.fault_tolerance.fault_shape import FaultShape
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import MoRef
from vim25_emulator.vmodl.version import Version, version

_PRIMARY_ROLE: Final = 1


class PairMember(Enum):
    """Which VM of a pair a row applies to."""

    PRIMARY = "the primary"
    SECONDARY = "the secondary"
    EITHER = "either VM"

    def is_(self, vm: ManagedObject) -> bool:
        """Whether a VM is such a member of a pair."""
        info = vm.get("config.ftInfo")
        if info is None:
            return False
        return self is PairMember.EITHER or (self is PairMember.PRIMARY) is (info.role == _PRIMARY_ROLE)


@dataclass(frozen=True)
class Attempt:
    """A call on `this` with its arguments, references resolved, to a vCenter of a release."""

    inventory: Inventory
    release: Version
    this: ManagedObject
    arguments: dict[str, Any]

    @property
    def spec(self) -> Any:
        """The argument `spec`."""
        return self.arguments.get("spec")

    def find(self, value: MoRef | ManagedObject | None) -> ManagedObject | None:
        """Return the object that an argument, or a part of one, refers to."""
        return value if isinstance(value, ManagedObject) else self.inventory.find(value)


#: The VMs that a call affects.
Affected = Callable[[Attempt], Iterable[ManagedObject]]

#: Whether a call does to a VM what the row forbids.
Condition = Callable[[Attempt, ManagedObject], bool]


@dataclass(frozen=True)
class Prohibition:
    """One row: a method of a type is refused if `wrong` is true of a pair's VM that it affects.

    `since` and `until` are releases of the vCenter, both inclusive. `sources` states what the two documents
    behind a contested row say.
    """

    name: str
    methods: tuple[str, ...]
    wrong: Condition
    fault: FaultShape
    certainty: Certainty
    type: str
    member: PairMember
    affected: Affected
    since: str = "4.0"
    until: str | None = None
    sources: str = ""

    def applies(self, release: Version) -> bool:
        """Whether a vCenter of a release has this row."""
        return version(self.since) <= release and (self.until is None or release <= version(self.until))

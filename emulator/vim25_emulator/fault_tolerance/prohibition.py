"""What may not be done to a fault tolerant VM: who is touched by a call, when that is refused, how.

The rows themselves are in `forbidden`. A call is asked about after privilege and lock and before the
operation does anything, so a refused call has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from vim25_emulator.fault_tolerance.certainty import Certainty
from vim25_emulator.fault_tolerance.check import FaultShape
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import MoRef
from vim25_emulator.vmodl.version import Version, version

_PRIMARY_ROLE = 1


class PairMember(Enum):
    """Which VM of a pair a row is about."""

    PRIMARY = "the primary"
    SECONDARY = "the secondary"
    EITHER = "either of the two"

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
        """Return the object that an argument or a part of one names."""
        return value if isinstance(value, ManagedObject) else self.inventory.find(value)


#: Finds the VMs that a call touches; only members of pairs count.
Touched = Callable[[Attempt], Iterable[ManagedObject | None]]

#: Whether touching a VM this way is what is forbidden.
Wrong = Callable[[Attempt, ManagedObject], bool]


@dataclass(frozen=True)
class Prohibition:
    """One row: a method on a type of object is refused if `wrong` is true of a VM that it touches.

    `since` and `until` are releases of the vCenter, both inclusive.
    """

    name: str
    type: str
    methods: tuple[str, ...]
    member: PairMember
    touched: Touched
    wrong: Wrong
    fault: FaultShape
    certainty: Certainty
    since: str = "4.0"
    until: str | None = None

    def applies(self, release: Version) -> bool:
        """Whether a vCenter of this release refuses so."""
        return version(self.since) <= release and (self.until is None or release <= version(self.until))

"""Allocations of CPU and memory: which ones a virtual machine or a resource pool can have.

A reservation is 0 or more, a limit is -1 (none) or at least the reservation, custom shares are not negative
[derived]. The summaries of a server show reservations as 32-bit integers of MHz or MB, so no reservation can
be larger [derived].
"""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.vmodl.value import DataObject, MethodFault

UNLIMITED: Final = -1
ALLOCATIONS: Final = ("cpuAllocation", "memoryAllocation")
_MAX_RESERVATION: Final = 2**31 - 1


def changed_allocation(current: DataObject | None, change: DataObject, path: str) -> DataObject:
    """Return an allocation with the set members of another one; raise InvalidArgument with the wrong member.

    `path` is that of the allocation in the request.
    """
    allocation = change if current is None else current.replace(**change.__dict__)
    for member, valid in (
        ("reservation", 0 <= _number(allocation, "reservation") <= _MAX_RESERVATION),
        ("limit", _is_limit(allocation)),
        ("shares.shares", _has_shares(allocation.shares)),
    ):
        if not valid:
            raise MethodFault("InvalidArgument", invalidProperty=f"{path}.{member}")
    return allocation


def _number(allocation: DataObject, member: str) -> int:
    return int(allocation.__dict__.get(member) or 0)


def _is_limit(allocation: DataObject) -> bool:
    limit: Any = allocation.limit
    return limit is None or limit == UNLIMITED or limit >= _number(allocation, "reservation")


def _has_shares(shares: DataObject | None) -> bool:
    return shares is None or shares.level != "custom" or shares.shares >= 0

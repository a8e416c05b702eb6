"""Evaluate the table of forbidden operations for one call."""

from __future__ import annotations

from functools import cache
from typing import Any

from vim25_emulator.fault_tolerance.forbidden import FORBIDDEN
from vim25_emulator.fault_tolerance.prohibition import Attempt, Prohibition
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.type_description import ManagedType
from vim25_emulator.vmodl.value import MethodFault
from vim25_emulator.vmodl.version import Version


@cache
def rows_about(type_: ManagedType, method_name: str) -> tuple[Prohibition, ...]:
    """Return the rows about a method of a type of managed object."""
    return tuple(row for row in FORBIDDEN if method_name in row.methods and type_.is_a(row.type))


def forbid(
    inventory: Inventory, release: Version, method_name: str, this: ManagedObject, arguments: dict[str, Any]
) -> None:
    """Raise the fault of a call that Fault Tolerance forbids."""
    attempt = Attempt(inventory, release, this, arguments)
    for row in rows_about(this.type, method_name):
        if not row.applies(release):
            continue
        for vm in row.affected(attempt):
            if row.member.is_(vm) and row.wrong(attempt, vm):
                raise MethodFault(row.fault.make(attempt, vm))

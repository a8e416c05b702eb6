"""What all managed entities have in common, and names that come out the same in every run.

Identifiers are made from names (uuid5), so two runs of a scenario can be compared line by line.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import DataObject, MoRef

_NAMESPACE: Final = uuid.UUID("6f0d7a4e-5b1c-5f0e-9c53-9b5a4f2d7e11")

GIB: Final = 1 << 30
MIB: Final = 1 << 20

_ADMIN_ROLE: Final = (-1,)
_TRAILING_DIGITS: Final = re.compile(r"\d+\Z")


def uuid_of(*names: object) -> str:
    """Return the uuid that belongs to these names."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(map(str, names))))


def change_version(now: datetime, number: int) -> str:
    """Return the `changeVersion` of a configuration that changes now; `number` is the journal's."""
    return f"{now:%Y-%m-%dT%H:%M:%S.%fZ}-{number}"


def digits_of(*names: object, size: int = 16) -> str:
    """Return hexadecimal digits for `size` bytes that belong to these names."""
    return blake2b("/".join(map(str, names)).encode(), digest_size=size).hexdigest()


def mac_of(*names: object) -> str:
    """Return the MAC address that belongs to these names, in the range that vCenter hands out."""
    digits = digits_of("mac", *names, size=3)
    return f"00:50:56:{0x80 | int(digits[:2], 16) & 0x3F:02x}:{digits[2:4]}:{digits[4:6]}"


def entity(parent: ManagedObject | None, name: str, status: str = "green") -> dict[str, Any]:
    """Return the properties that every managed entity has."""
    return {
        "parent": parent.ref if parent is not None else None,
        "name": name,
        "overallStatus": status,
        "configStatus": "green",
        "effectiveRole": _ADMIN_ROLE,
        "alarmActionsEnabled": True,
    }


def refs(objects: list[ManagedObject]) -> tuple[MoRef, ...]:
    """Return the references to these objects."""
    return tuple(held.ref for held in objects)


def number_of(held: ManagedObject) -> str:
    """Return the number in an object's moId, which the objects that belong to it share (`host-9`: `9`)."""
    found = _TRAILING_DIGITS.search(held.ref.value)
    return found.group() if found else held.ref.value


@lru_cache(maxsize=64)
def shares(level: str, amount: int) -> DataObject:
    """Return SharesInfo."""
    return DataObject("SharesInfo", shares=amount, level=level)


@lru_cache(maxsize=256)
def allocation(
    amount: int, *, reservation: int = 0, limit: int = -1, expandable: bool = False, level: str = "normal"
) -> DataObject:
    """Return ResourceAllocationInfo with this number of shares; reservation and limit in MHz or MB."""
    return DataObject(
        "ResourceAllocationInfo",
        reservation=reservation,
        expandableReservation=expandable,
        limit=limit,
        shares=shares(level, amount),
    )


@lru_cache(maxsize=1024)
def description(label: str, summary: str | None = None) -> DataObject:
    """Return a Description; the summary repeats the label unless given."""
    return DataObject("Description", label=label, summary=summary or label)

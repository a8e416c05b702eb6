"""Properties that all managed entities share, and reproducible identifiers.

Identifiers are hashes of names, so two runs of a scenario can be compared line by line.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from hashlib import blake2b
from string import digits
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.text_cache import text_cache
from vim25_emulator.vmodl.value import DataObject, MoRef

_NAMESPACE: Final = uuid.UUID("6f0d7a4e-5b1c-5f0e-9c53-9b5a4f2d7e11")

#: Bytes.
GIB: Final = 1 << 30
MIB: Final = 1 << 20

_ADMIN_ROLE: Final = (-1,)


def uuid_of(*names: object) -> str:
    """Return the UUID of these names."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(map(str, names))))


def change_version(now: datetime, number: int) -> str:
    """Return the `changeVersion` of a configuration that changes now; `number` is the journal's."""
    return f"{now:%Y-%m-%dT%H:%M:%S.%fZ}-{number}"


def digits_of(*names: object, size: int = 16) -> str:
    """Return the hash of these names: `size` bytes as hexadecimal digits."""
    return blake2b("/".join(map(str, names)).encode(), digest_size=size).hexdigest()


def mac_of(*names: object) -> str:
    """Return the MAC address of these names, in the range that vCenter assigns from."""
    number = digits_of("mac", *names, size=3)
    return f"00:50:56:{0x80 | int(number[:2], 16) & 0x3F:02x}:{number[2:4]}:{number[4:6]}"


def entity(parent: ManagedObject | None, name: str, status: str = "green") -> dict[str, Any]:
    """Return the properties of all managed entities."""
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
    return tuple(managed.ref for managed in objects)


def number_of(managed: ManagedObject) -> str:
    """Return the number in an object's moId (`host-9`: `9`); the objects that belong to it share it."""
    mo_id = managed.ref.value
    return mo_id[len(mo_id.rstrip(digits)) :] or mo_id


@text_cache(64)
def shares(level: str, amount: int) -> DataObject:
    """Return SharesInfo."""
    return DataObject("SharesInfo", shares=amount, level=level)


@text_cache(256)
def allocation(
    amount: int, *, reservation: int = 0, limit: int = -1, expandable: bool = False, level: str = "normal"
) -> DataObject:
    """Return ResourceAllocationInfo with `amount` shares; reservation and limit in MHz or MB."""
    return DataObject(
        "ResourceAllocationInfo",
        reservation=reservation,
        expandableReservation=expandable,
        limit=limit,
        shares=shares(level, amount),
    )


@text_cache(1024)
def description(label: str, summary: str | None = None) -> DataObject:
    """Return a Description; the default summary is the label."""
    return DataObject("Description", label=label, summary=summary or label)

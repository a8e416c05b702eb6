"""Event categories: info, warning, error or user.

An event does not carry its category; clients look it up by type. The categories of Fault Tolerance events are
[observed: event catalog of 8.0], the others [derived].
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.vmodl.value import DataObject

#: Event type → category; `info` for all others.
CATEGORIES: Final = {
    "VmTimedoutStartingSecondaryEvent": "error",
    "VmNoCompatibleHostForSecondaryEvent": "error",
    "VmSecondaryDisabledBySystemEvent": "error",
    "VmPrimaryFailoverEvent": "error",
    "VmFailedUpdatingSecondaryConfig": "error",
    "VmMaxFTRestartCountReached": "warning",
    "GeneralUserEvent": "user",
    "BadUsernameSessionEvent": "error",
    "HostConnectionLostEvent": "error",
    "VmFailedToPowerOnEvent": "error",
    "VmFailedToPowerOffEvent": "error",
    "VmFailedMigrateEvent": "error",
}


def category_of(event: DataObject) -> str:
    """Return the category of an event: its severity if it has one, else its type's, else `info`."""
    severity = event.__dict__.get("severity")
    return str(severity) if severity else CATEGORIES.get(event.type_.name, "info")

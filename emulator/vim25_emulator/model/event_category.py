"""The category of each event: info, warning, error or user.

An event does not carry its category; clients look it up by type. Fault Tolerance events are as the facts
list them (documented); of the rest, those that are not plain information are named here (derived).
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.vmodl.value import DataObject

CATEGORIES: Final = {
    "VmFailedStartingSecondaryEvent": "error",
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
    "AlarmStatusChangedEvent": "info",
}


def category_of(event: DataObject) -> str:
    """Return an event's category: its own severity if it carries one, else its type's, else `info`."""
    severity = event.__dict__.get("severity")
    return str(severity) if severity else CATEGORIES.get(event.type_.name, "info")

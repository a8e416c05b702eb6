"""Why a secondary was not started: the fault that says so, and what it means for the pair."""

from __future__ import annotations

from typing import Final

from vim25_emulator.fault_tolerance.pair_state import Event
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import PowerOnBy
from vim25_emulator.vmodl.value import DataObject

#: Faults that say by themselves why a secondary was not started; any other is wrapped (derived).
_SPEAKING: Final = (
    "PowerOnFtSecondaryFailed",
    "PowerOnFtSecondaryTimedout",
    "NoHostSuitableForFtSecondary",
    "InsufficientFailoverResourcesFault",
)

#: Fault behind a failed start → what happened to the pair, and what if it was HA that started it again.
_EVENTS: Final = (
    ("Timedout", Event.START_TIMED_OUT, Event.START_TIMED_OUT),
    ("NoHostSuitableForFtSecondary", Event.NO_HOST, Event.RESTART_NO_HOST),
    ("MethodFault", Event.START_FAILED, Event.RESTART_FAILED),
)

#: Who powers the secondary on → the FtIssuesOnHostHostSelectionType of the host that was tried.
_SELECTED_BY: Final = {
    PowerOnBy.VCENTER: "vc",
    PowerOnBy.HA: "vc",
    PowerOnBy.CALLER: "user",
    PowerOnBy.DRS: "drs",
    PowerOnBy.ADMINISTRATOR: "drs",
}


def start_failure(
    primary: ManagedObject, cause: DataObject, by: PowerOnBy, host_errors: tuple[DataObject, ...] = ()
) -> DataObject:
    """Return the fault of a secondary that was not started because of `cause`.

    A fault that names the primary has it filled in; one that says nothing of Fault Tolerance becomes the root
    cause of a PowerOnFtSecondaryFailed.
    """
    named = {"vm": primary.ref, "vmName": primary.get("name")}
    if any(cause.is_a(name) for name in _SPEAKING):
        absent = {name: value for name, value in named.items() if name in cause.type_.properties}
        return cause.replace(**{**absent, **cause.__dict__})
    return DataObject(
        "PowerOnFtSecondaryFailed",
        **named,
        hostSelectionBy=_SELECTED_BY[by],
        hostErrors=host_errors,
        rootCause=cause,
    )


def on_host(host: ManagedObject, *errors: DataObject) -> DataObject:
    """Return FtIssuesOnHost."""
    return DataObject("FtIssuesOnHost", host=host.ref, hostName=host.get("name"), errors=errors)


def event_of(fault: DataObject, by: PowerOnBy) -> Event:
    """Return what happens to the pair when starting its secondary ends with this fault."""
    first, again = next((first, again) for name, first, again in _EVENTS if fault.is_a(name))
    return again if by is PowerOnBy.HA else first

"""The fault of a secondary that was not started, and the event that it means for the pair."""

from __future__ import annotations

from typing import Final

from vim25_emulator.fault_tolerance.pair_state import Event
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import PowerOnBy
from vim25_emulator.vmodl.value import DataObject

#: Faults that explain a failed start by themselves; all others are wrapped [derived].
_SELF_EXPLANATORY: Final = (
    "PowerOnFtSecondaryFailed",
    "PowerOnFtSecondaryTimedout",
    "NoHostSuitableForFtSecondary",
    "InsufficientFailoverResourcesFault",
)

#: Type of the fault of a failed start → event of a first start, event of a restart by HA.
_EVENTS: Final = {
    "Timedout": (Event.START_TIMED_OUT, Event.START_TIMED_OUT),
    "NoHostSuitableForFtSecondary": (Event.NO_HOST, Event.RESTART_NO_HOST),
}
#: The same for any other fault.
_OTHER_EVENTS: Final = (Event.START_FAILED, Event.RESTART_FAILED)

#: Who powers the secondary on → FtIssuesOnHostHostSelectionType.
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

    The primary is added to a fault that has properties for it. Faults that are not about Fault Tolerance
    become the root cause of a PowerOnFtSecondaryFailed.
    """
    entity = {"vm": primary.ref, "vmName": primary.get("name")}
    if any(cause.is_a(name) for name in _SELF_EXPLANATORY):
        added = {name: value for name, value in entity.items() if name in cause.type_.properties}
        return cause.replace(**{**added, **cause.__dict__})
    return DataObject(
        "PowerOnFtSecondaryFailed",
        **entity,
        hostSelectionBy=_SELECTED_BY[by],
        hostErrors=host_errors,
        rootCause=cause,
    )


def on_host(host: ManagedObject, *errors: DataObject) -> DataObject:
    """Return FtIssuesOnHost."""
    return DataObject("FtIssuesOnHost", host=host.ref, hostName=host.get("name"), errors=errors)


def event_of(fault: DataObject, by: PowerOnBy) -> Event:
    """Return the event that a failed start with this fault means for the pair."""
    first, restart = fault.type_.nearest(_EVENTS, _OTHER_EVENTS)
    return restart if by is PowerOnBy.HA else first

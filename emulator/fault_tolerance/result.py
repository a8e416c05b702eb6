"""What CreateSecondaryVM_Task ends with: the secondary, and how starting it went.

A primary that is off has nothing started (`powerOnAttempted` false, no `powerOnResult`). A failure to start
the secondary is no failure of the task: it is one of the entries in `notAttempted` (documented).
"""

from __future__ import annotations

from emulator.fault_tolerance.cluster import PowerOnBy
from emulator.fault_tolerance.pair import Pair
from emulator.fault_tolerance.state import Event
from emulator.inventory.store import ManagedObject
from emulator.vmodl.value import DataObject, MoRef

#: Faults that say by themselves why a secondary was not started; any other is wrapped (derived).
_SPEAKING: tuple[str, ...] = (
    "PowerOnFtSecondaryFailed",
    "PowerOnFtSecondaryTimedout",
    "NoHostSuitableForFtSecondary",
    "InsufficientFailoverResourcesFault",
)

#: Fault behind a failed start → what happened to the pair.
_EVENTS: tuple[tuple[str, Event], ...] = (
    ("Timedout", Event.START_TIMED_OUT),
    ("NoHostSuitableForFtSecondary", Event.NO_HOST),
    ("MethodFault", Event.START_FAILED),
)


def operation_result(pair: Pair, power_on: DataObject | None) -> DataObject:
    """Return FaultToleranceSecondaryOpResult; `power_on` is None if nothing was to be started."""
    return DataObject(
        "FaultToleranceSecondaryOpResult",
        vm=pair.secondary.ref,
        powerOnAttempted=power_on is not None,
        powerOnResult=power_on,
    )


def attempted(secondary: ManagedObject, task: MoRef | None) -> DataObject:
    """Return ClusterPowerOnVmResult of a start that is under way.

    `task` shows its progress; only a cluster without DRS tells it (documented).
    """
    info = DataObject("ClusterAttemptedVmInfo", vm=secondary.ref, task=task)
    return DataObject("ClusterPowerOnVmResult", attempted=(info,))


def not_attempted(secondary: ManagedObject, fault: DataObject) -> DataObject:
    """Return ClusterPowerOnVmResult of a start that failed."""
    info = DataObject("ClusterNotAttemptedVmInfo", vm=secondary.ref, fault=fault)
    return DataObject("ClusterPowerOnVmResult", notAttempted=(info,))


def recommended(recommendation: DataObject) -> DataObject:
    """Return ClusterPowerOnVmResult of a start that waits for approval."""
    return DataObject("ClusterPowerOnVmResult", recommendations=(recommendation,))


def start_failure(
    pair: Pair, cause: DataObject, by: PowerOnBy, host_errors: tuple[DataObject, ...] = ()
) -> DataObject:
    """Return the fault of a secondary that was not started because of `cause`.

    Faults that name the primary have it filled in; one that says nothing of Fault Tolerance becomes the root
    cause of a PowerOnFtSecondaryFailed.
    """
    named = {"vm": pair.primary.ref, "vmName": pair.primary.get("name")}
    if any(cause.is_a(name) for name in _SPEAKING):
        absent = {name: value for name, value in named.items() if name in cause.type_.properties}
        return cause.replace(**{**absent, **cause.__dict__})
    selected_by = "vc" if by is PowerOnBy.VCENTER else "drs"
    return DataObject(
        "PowerOnFtSecondaryFailed",
        **named,
        hostSelectionBy=selected_by,
        hostErrors=host_errors,
        rootCause=cause,
    )


def event_of(fault: DataObject) -> Event:
    """Return what happens to the pair when starting its secondary ends with this fault."""
    return next(event for name, event in _EVENTS if fault.is_a(name))

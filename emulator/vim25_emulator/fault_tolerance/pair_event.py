"""Telling of a pair: the event that a notice of the state table stands for, filled in.

Most are event types of their own. The others are extended events, known by a type id (seen, as are their
kinds; what their messages say is our own).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vim25_emulator.fault_tolerance.pair_state import Notice
from vim25_emulator.inventory.event import Events
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import DataObject

_MILLISECONDS: Final = 1000  #: the fault counts a time-out in seconds, the event in milliseconds (documented)

#: Root causes by what they mean for the attempt (VmFailedStartingSecondaryEventFailureReason; derived).
_FAILURES: Final = {
    "InsufficientResourcesFault": "incompatibleHost",
    "VmFaultToleranceIssue": "incompatibleHost",
    "VmConfigFault": "incompatibleHost",
    "MigrationFault": "incompatibleHost",
    "InvalidLogin": "loginFailed",
    "HostConnectFault": "loginFailed",
    "AlreadyExists": "registerVmFailed",
    "DuplicateName": "registerVmFailed",
    "FileFault": "registerVmFailed",
}
_OTHER_FAILURE: Final = "migrateFailed"

#: Extended events: what they say of a virtual machine.
_MESSAGES: Final = {
    Notice.HA_STARTED: "vSphere HA started the secondary of {name}",
    Notice.HA_FAILED: "vSphere HA could not start the secondary of {name}",
    Notice.HA_OFF: "HA was switched off for the cluster of the fault tolerant virtual machine {name}",
}


def tell(
    events: Events, notice: Notice, vm: ManagedObject, user: str, cause: DataObject | None, reason: str | None
) -> None:
    """Post the event of a notice about a VM.

    `cause` is the fault behind a start that ended badly, `reason` the VirtualMachineNeedSecondaryReason of a
    primary that lost its secondary.
    """
    if notice in _MESSAGES:
        _tell_extended(events, notice, vm, user)
        return
    fields = _FIELDS.get(notice, _no_fields)(vm, cause, reason)
    events.post(notice.value, vm, user=user, template=False, **fields)


def _tell_extended(events: Events, notice: Notice, vm: ManagedObject, user: str) -> None:
    message = _MESSAGES[notice].format(name=vm.get("name"))
    common = {"eventTypeId": notice.value, "message": message}
    if notice is Notice.HA_OFF:
        events.post("ExtendedEvent", vm, user=user, managedObject=vm.ref, **common)
        return
    about = {"objectId": vm.ref.value, "objectType": vm.ref.type, "objectName": vm.get("name")}
    severity = "error" if notice is Notice.HA_FAILED else "info"
    events.post("EventEx", vm, user=user, severity=severity, **about, **common)


def _no_fields(vm: ManagedObject, cause: DataObject | None, reason: str | None) -> dict[str, Any]:
    return {}


def _with_reservation(vm: ManagedObject, cause: DataObject | None, reason: str | None) -> dict[str, Any]:
    """Return what is said of a primary whose memory is reserved (derived: no other change is named)."""
    allocation = vm.get("config.memoryAllocation")
    return {"configSpec": DataObject("VirtualMachineConfigSpec", memoryAllocation=allocation)}


def _with_fault(vm: ManagedObject, cause: DataObject | None, reason: str | None) -> dict[str, Any]:
    return {"reason": cause}


def _with_reason(vm: ManagedObject, cause: DataObject | None, reason: str | None) -> dict[str, Any]:
    return {"reason": reason}


def _with_failure(vm: ManagedObject, cause: DataObject | None, reason: str | None) -> dict[str, Any]:
    """Return the VmFailedStartingSecondaryEventFailureReason of a fault (derived)."""
    root = cause.rootCause if cause is not None and cause.is_a("PowerOnFtSecondaryFailed") else cause
    known = root.type_.nearest(_FAILURES, _OTHER_FAILURE) if root is not None else _OTHER_FAILURE
    return {"reason": known}


def _with_timeout(vm: ManagedObject, cause: DataObject | None, reason: str | None) -> dict[str, Any]:
    timed = cause is not None and cause.is_a("PowerOnFtSecondaryTimedout")
    return {"timeout": cause.timeout * _MILLISECONDS} if timed and cause is not None else {}


_Fields = Callable[[ManagedObject, "DataObject | None", "str | None"], dict[str, Any]]

#: What events say besides where it happened.
_FIELDS: Final[dict[Notice, _Fields]] = {
    Notice.RECONFIGURED: _with_reservation,
    Notice.DISABLED_BY_SYSTEM: _with_fault,
    Notice.FAILED: _with_failure,
    Notice.TIMED_OUT: _with_timeout,
    Notice.FAILED_OVER: _with_reason,
    Notice.TERMINATED: _with_reason,
}

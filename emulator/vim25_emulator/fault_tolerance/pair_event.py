"""Posting the vCenter events of the state table, with their properties.

Most have event types of their own. The others are extended events, identified by a type ID [observed:
EventManager.description of 8.0]; their messages are worded by the emulator.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vim25_emulator.fault_tolerance.pair_transition import PostedEvent
from vim25_emulator.inventory.event import Events
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.extended_event import EXTENDED_EVENTS, extended_category
from vim25_emulator.vmodl.value import DataObject

_MILLISECONDS: Final = 1000  #: the fault counts in seconds, the event in milliseconds [documented]

#: Type of the root cause → VmFailedStartingSecondaryEventFailureReason [derived].
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

#: Extended event → message, with the name of the VM.
_MESSAGES: Final = {
    PostedEvent.HA_STARTED: "vSphere HA started the secondary of {name}",
    PostedEvent.HA_FAILED: "vSphere HA could not start the secondary of {name}",
    PostedEvent.HA_OFF: "HA was switched off for the cluster of the fault tolerant virtual machine {name}",
}


def post(
    events: Events,
    posted: PostedEvent,
    vm: ManagedObject,
    user: str,
    cause: DataObject | None,
    reason: str | None,
) -> None:
    """Post an event of the state table about a VM.

    `cause` is the fault of a failed start, `reason` the VirtualMachineNeedSecondaryReason of a primary that
    lost its secondary.
    """
    if posted in _MESSAGES:
        _post_extended(events, posted, vm, user)
        return
    fields = _FIELDS.get(posted, _no_fields)(vm, cause, reason)
    events.post(posted.value, vm, user=user, template=False, **fields)


def _post_extended(events: Events, posted: PostedEvent, vm: ManagedObject, user: str) -> None:
    message = _MESSAGES[posted].format(name=vm.get("name"))
    common = {"eventTypeId": posted.value, "message": message}
    if EXTENDED_EVENTS[posted.value] == "ExtendedEvent":
        events.post("ExtendedEvent", vm, user=user, managedObject=vm.ref, **common)
        return
    about = {"objectId": vm.ref.value, "objectType": vm.ref.type, "objectName": vm.get("name")}
    severity = extended_category(posted.value)
    events.post("EventEx", vm, user=user, severity=severity, **about, **common)


def _no_fields(vm: ManagedObject, cause: DataObject | None, reason: str | None) -> dict[str, Any]:
    return {}


def _with_reservation(vm: ManagedObject, cause: DataObject | None, reason: str | None) -> dict[str, Any]:
    """Return the reconfiguration of a primary: its memory reservation, no other change [derived]."""
    allocation = vm.get("config.memoryAllocation")
    return {"configSpec": DataObject("VirtualMachineConfigSpec", memoryAllocation=allocation)}


def _with_fault(vm: ManagedObject, cause: DataObject | None, reason: str | None) -> dict[str, Any]:
    return {"reason": cause}


def _with_reason(vm: ManagedObject, cause: DataObject | None, reason: str | None) -> dict[str, Any]:
    return {"reason": reason}


def _with_failure(vm: ManagedObject, cause: DataObject | None, reason: str | None) -> dict[str, Any]:
    """Return the VmFailedStartingSecondaryEventFailureReason of a fault [derived]."""
    root = cause.rootCause if cause is not None and cause.is_a("PowerOnFtSecondaryFailed") else cause
    reason_of_fault = root.type_.nearest(_FAILURES, _OTHER_FAILURE) if root is not None else _OTHER_FAILURE
    return {"reason": reason_of_fault}


def _with_timeout(vm: ManagedObject, cause: DataObject | None, reason: str | None) -> dict[str, Any]:
    if cause is None or not cause.is_a("PowerOnFtSecondaryTimedout"):
        return {}
    return {"timeout": cause.timeout * _MILLISECONDS}


_Fields = Callable[[ManagedObject, "DataObject | None", "str | None"], dict[str, Any]]

#: Event → function that returns its own properties.
_FIELDS: Final[dict[PostedEvent, _Fields]] = {
    PostedEvent.RECONFIGURED: _with_reservation,
    PostedEvent.DISABLED_BY_SYSTEM: _with_fault,
    PostedEvent.FAILED: _with_failure,
    PostedEvent.TIMED_OUT: _with_timeout,
    PostedEvent.FAILED_OVER: _with_reason,
    PostedEvent.TERMINATED: _with_reason,
}

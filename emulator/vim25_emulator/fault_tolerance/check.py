"""What a check is: who is looked at, what would be wrong, which fault says so, since when, and how sure.

The rows themselves are in `admission`. A row is data, so that the table can be read, tested and printed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from vim25_emulator.fault_tolerance.certainty import Certainty, Delivery
from vim25_emulator.fault_tolerance.creation import Creation, PairKind
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import version

#: What a check looks at: the primary or a host (managed objects), or a device of the primary.
Subject = Any
Condition = Callable[[Creation, Subject], Any]


class Stage(Enum):
    """The stages of checking, in their order; what each does with the faults of its rows.

    `value`: what happens to a fault; `delivery`: where the caller finds it.
    """

    ELIGIBILITY = "the first one ends the task, before anything else is looked at"
    ISSUES = "all are collected into one VmFaultToleranceOpIssuesList"
    COMPATIBILITY = "they exclude a host; for a named host: IncompatibleHostForFtSecondary"
    RESOURCES = "the first one ends the task, if no host can do without"
    POWER_ON = "they exclude a host from running the secondary: FtIssuesOnHost"

    @property
    def delivery(self) -> Delivery:
        """Where the caller finds the fault (seen for ISSUES, derived for the others)."""
        return Delivery.RESULT if self is Stage.POWER_ON else Delivery.TASK


class Scope(Enum):
    """What a check looks at."""

    VM = "the primary"
    DEVICE = "each of the primary's devices"
    SOURCE = "the primary's host"
    TARGET = "each host that could hold the secondary"
    HOST = "the primary's host and each that could hold the secondary"


@dataclass(frozen=True)
class FaultShape:
    """The fault that a check answers with.

    A field is a constant, a function of (what is wanted, subject), another shape, or a tuple of those. What
    is wanted is a Creation, or an Attempt of something else.
    """

    type: str
    fields: dict[str, Any]

    def make(self, wanted: Any, subject: Subject) -> DataObject:
        """Return the fault about this subject."""
        filled = {name: _filled(value, wanted, subject) for name, value in self.fields.items()}
        return DataObject(self.type, **filled)


def _filled(value: Any, wanted: Any, subject: Subject) -> Any:
    if isinstance(value, FaultShape):
        return value.make(wanted, subject)
    if isinstance(value, tuple):
        return tuple(_filled(element, wanted, subject) for element in value)
    return value(wanted, subject) if callable(value) else value


@dataclass(frozen=True)
class Check:
    """One row. `wrong` is true of a subject that may not pass.

    `since` and `until` are releases of the vCenter, both inclusive. `kind`: only this make of Fault Tolerance
    (both without). `running`: only for a primary that is powered on; others are checked when they are.
    `warning`: told beside the errors, stops nothing.
    """

    name: str
    wrong: Condition
    fault: FaultShape
    certainty: Certainty
    stage: Stage
    scope: Scope
    since: str = "4.0"
    until: str | None = None
    kind: PairKind | None = None
    running: bool = False
    warning: bool = False

    def applies(self, creation: Creation) -> bool:
        """Whether a vCenter of the request's release makes this check for its VM as it is now."""
        return (
            version(self.since) <= creation.release
            and (self.until is None or creation.release <= version(self.until))
            and self.kind in (None, creation.kind)
            and (creation.powered_on or not self.running)
        )


def fault(type_name: str, **fields: Any) -> FaultShape:
    """Return the shape of a fault."""
    return FaultShape(type_name, fields)


def entity_ref(wanted: Any, subject: ManagedObject) -> MoRef:
    """Return the reference of what is checked."""
    return subject.ref


def entity_name(wanted: Any, subject: ManagedObject) -> Any:
    """Return the name of what is checked."""
    return subject.get("name")


def issue(reason: str) -> FaultShape:
    """Return the shape of a VmFaultToleranceConfigIssue about the VM or host that is checked."""
    return fault("VmFaultToleranceConfigIssue", reason=reason, entity=entity_ref, entityName=entity_name)


def config_issue(reason: str, subject: ManagedObject) -> DataObject:
    """Return a VmFaultToleranceConfigIssue about a VM or host."""
    about = {"entity": subject.ref, "entityName": subject.get("name")}
    return DataObject("VmFaultToleranceConfigIssue", reason=reason, **about)


def not_supported(key: str) -> FaultShape:
    """Return the shape of a NotSupported that the key of its message explains (the carrier is derived)."""
    message = DataObject("LocalizableMessage", key=f"com.vmware.vim.ft.{key}")
    return fault("NotSupported", faultMessage=(message,))


def explained(key: str) -> FaultShape:
    """Return the shape of an issue about the VM that only the key of its message explains."""
    return fault(
        "VmFaultToleranceConfigIssueWrapper",
        entity=entity_ref,
        entityName=entity_name,
        error=not_supported(key),
    )


def listed(shape: FaultShape) -> FaultShape:
    """Return the shape of a list of issues with this one in it."""
    return fault("VmFaultToleranceOpIssuesList", errors=(shape,))


def device_label(creation: Creation, device: DataObject) -> str:
    """Return how a fault names a device: by its label."""
    return device.deviceInfo.label if device.deviceInfo is not None else str(device.key)


def incompatible_device(type_name: str, **fields: Any) -> FaultShape:
    """Return the shape of a VmConfigIncompatibleForFaultTolerance that wraps a fault about a device."""
    inner = fault(type_name, device=device_label, **fields)
    return fault("VmConfigIncompatibleForFaultTolerance", fault=inner)

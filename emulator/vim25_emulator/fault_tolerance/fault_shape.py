"""The shapes of faults in the tables: a type, and where the values of its fields come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import DataObject
from vim25_emulator.vmodl.wording import FT_MESSAGES

#: What a row looks at: a VM or host (managed objects), or a device of the VM.
Subject = Any


@dataclass(frozen=True)
class FaultShape:
    """The fault that a row answers with, or a data object in it.

    A field is a constant, a function of (request, subject), another shape, or a tuple of those. The request
    is a SecondaryRequest, or the Attempt of a call that is forbidden.
    """

    type: str
    fields: dict[str, Any]

    def make(self, request: Any, subject: Subject) -> DataObject:
        """Return the fault about this subject."""
        fields = {name: _value(value, request, subject) for name, value in self.fields.items()}
        return DataObject(self.type, **fields)


def _value(value: Any, request: Any, subject: Subject) -> Any:
    if isinstance(value, FaultShape):
        return value.make(request, subject)
    if isinstance(value, tuple):
        return tuple(_value(element, request, subject) for element in value)
    return value(request, subject) if callable(value) else value


def fault(type_name: str, **fields: Any) -> FaultShape:
    """Return the shape of a fault."""
    return FaultShape(type_name, fields)


def entity_ref(request: Any, subject: ManagedObject) -> Any:
    """Return the reference of the subject."""
    return subject.ref


def entity_name(request: Any, subject: ManagedObject) -> Any:
    """Return the name of the subject."""
    return subject.get("name")


def issue(reason: str) -> FaultShape:
    """Return the shape of a VmFaultToleranceConfigIssue about the VM or host."""
    return fault("VmFaultToleranceConfigIssue", reason=reason, entity=entity_ref, entityName=entity_name)


def config_issue(reason: str, subject: ManagedObject) -> DataObject:
    """Return a VmFaultToleranceConfigIssue about a VM or host."""
    return issue(reason).make(None, subject)


def not_supported(key: str) -> FaultShape:
    """Return the shape of a NotSupported with a message of Fault Tolerance about the VM or host [derived]."""
    text = FT_MESSAGES[key]
    message = fault(
        "LocalizableMessage",
        key=f"com.vmware.vim.ft.{key}",
        arg=(fault("KeyAnyValue", key=_argument_name, value=entity_name),),
        message=lambda _, subject: text.format(name=subject.get("name")),
    )
    return fault("NotSupported", faultMessage=(message,))


def _argument_name(request: Any, subject: ManagedObject) -> str:
    return "vmName" if subject.is_a("VirtualMachine") else "hostName"


def explained(key: str) -> FaultShape:
    """Return the shape of an issue about the VM or host that only the key of a message explains."""
    return fault(
        "VmFaultToleranceConfigIssueWrapper",
        entity=entity_ref,
        entityName=entity_name,
        error=not_supported(key),
    )


def listed(shape: FaultShape) -> FaultShape:
    """Return the shape of a VmFaultToleranceOpIssuesList with one error."""
    return fault("VmFaultToleranceOpIssuesList", errors=(shape,))


def device_label(request: SecondaryRequest, device: DataObject) -> str:
    """Return the label of a device, or its key if it has none."""
    return device.deviceInfo.label if device.deviceInfo is not None else str(device.key)


def incompatible_device(type_name: str, **fields: Any) -> FaultShape:
    """Return the shape of a VmConfigIncompatibleForFaultTolerance that wraps a fault about a device."""
    inner = fault(type_name, device=device_label, **fields)
    return fault("VmConfigIncompatibleForFaultTolerance", fault=inner)

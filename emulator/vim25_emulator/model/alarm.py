"""The predefined alarms: Fault Tolerance, and the connection state of a host.

vCenter defines them on the root folder. The Fault Tolerance states and their alarm statuses, and the latency
statuses, are [documented]; all other triggers are [derived].
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.value import DataObject, MoRef


def _event(type_name: str, status: str, **attributes: str) -> DataObject:
    """Return an EventAlarmExpression: an event of this type with these attributes sets this status."""
    comparisons = tuple(
        DataObject("EventAlarmExpressionComparison", attributeName=name, operator="equals", value=value)
        for name, value in attributes.items()
    )
    return DataObject(
        "EventAlarmExpression",
        comparisons=comparisons,
        eventType=type_name,
        eventTypeId=data_type(type_name).vmodl_name,
        objectType="VirtualMachine",
        status=status,
    )


def _state(type_name: str, path: str, **values: str) -> DataObject:
    """Return a StateAlarmExpression: these values of a property set these statuses."""
    return DataObject("StateAlarmExpression", operator="isEqual", type=type_name, statePath=path, **values)


_STATE_CHANGED: Final = "VmFaultToleranceStateChangedEvent"


#: Alarm name → its expressions; the first that matches applies.
_ALARMS: Final = {
    "Host connection and power state": (
        _state("HostSystem", "runtime.connectionState", red="notResponding"),
    ),
    "Virtual machine Fault Tolerance state changed": (
        _event(_STATE_CHANGED, "red", newState="needSecondary"),
        _event(_STATE_CHANGED, "yellow", newState="disabled"),
        _event(_STATE_CHANGED, "green"),
    ),
    "No compatible host for Secondary VM": (
        _event("VmNoCompatibleHostForSecondaryEvent", "red"),
        _event("VmSecondaryStartedEvent", "green"),
    ),
    "Timed out starting Secondary VM": (
        _event("VmTimedoutStartingSecondaryEvent", "red"),
        _event("VmSecondaryStartedEvent", "green"),
    ),
    # The name is [observed: administrators' scripts].
    "Virtual Machine Fault Tolerance vLockStep interval Status Changed": (
        _state("VirtualMachine", "summary.quickStats.ftLatencyStatus", yellow="yellow", red="red"),
    ),
}


def new_alarms(inventory: Inventory, root: ManagedObject, now: datetime) -> None:
    """Create the predefined alarms on the root folder."""
    for number, (name, expressions) in enumerate(_ALARMS.items(), start=1):
        key = f"alarm-{number}"
        info = DataObject(
            "AlarmInfo",
            name=name,
            description=name,
            enabled=True,
            expression=DataObject("OrAlarmExpression", expression=expressions),
            setting=DataObject("AlarmSetting", toleranceRange=0, reportingFrequency=0),
            key=key,
            alarm=MoRef("Alarm", key),
            entity=root.ref,
            lastModifiedTime=now,
            lastModifiedUser="",
            creationEventId=0,
        )
        inventory.create("Alarm", key, info=info)


#: Types of entities to which all alarms apply, because their members may trigger them: [observed: recordings]
#: for datacenters, else [derived].
_CONTAINERS: Final = ("Folder", "Datacenter", "ComputeResource")


def declared_states(inventory: Inventory, entity: ManagedObject) -> tuple[DataObject, ...]:
    """Return the AlarmState of every alarm that applies to an entity; gray if nothing has set it yet."""
    evaluated: tuple[DataObject, ...] = entity.get("declaredAlarmState") or ()
    known = {state.alarm for state in evaluated}
    return (
        *evaluated,
        *(
            DataObject(
                "AlarmState",
                key=f"{alarm.ref.value}.{entity.ref.value}",
                entity=entity.ref,
                alarm=alarm.ref,
                overallStatus="gray",
                time=alarm.get("info.lastModifiedTime"),
                acknowledged=False,
            )
            for alarm in _predefined(inventory)
            if alarm.ref not in known and _applies(alarm.get("info.expression"), entity)
        ),
    )


def _predefined(inventory: Inventory) -> Iterator[ManagedObject]:
    """Yield the alarms that `new_alarms` created, by their moIds: reading one entity visits no other."""
    for number in range(1, len(_ALARMS) + 1):
        alarm = inventory.find(MoRef("Alarm", f"alarm-{number}"))
        if alarm is not None and alarm.get("info") is not None:
            yield alarm


def _applies(expression: DataObject, entity: ManagedObject) -> bool:
    if any(map(entity.is_a, _CONTAINERS)):
        return True
    parts = expression.expression if expression.is_a("OrAlarmExpression") else (expression,)
    types = (part.__dict__.get("objectType") or part.__dict__.get("type") for part in parts)
    return any(entity.is_a(name) for name in types if name)

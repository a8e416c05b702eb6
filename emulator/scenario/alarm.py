"""The alarms that are defined: those on Fault Tolerance, and on a host that is lost.

They are defined as a vCenter has them, on the root folder, for clients that list alarms; what triggers them
is derived. Nothing here watches for it, so they are disabled.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from emulator.inventory.store import Inventory, ManagedObject
from emulator.vmodl.registry import data_type
from emulator.vmodl.value import DataObject, MoRef


def _event(type_name: str, status: str) -> DataObject:
    return DataObject(
        "EventAlarmExpression",
        eventType=type_name,
        eventTypeId=data_type(type_name).vmodl_name,
        objectType="VirtualMachine",
        status=status,
    )


#: Name → what triggers it.
_ALARMS: Final = {
    "Host connection and power state": DataObject(
        "StateAlarmExpression",
        operator="isEqual",
        type="HostSystem",
        statePath="runtime.connectionState",
        red="notResponding",
    ),
    "Virtual machine Fault Tolerance state changed": _event("VmFaultToleranceStateChangedEvent", "yellow"),
    "No compatible host for Secondary VM": _event("VmNoCompatibleHostForSecondaryEvent", "red"),
    "Timed out starting Secondary VM": _event("VmTimedoutStartingSecondaryEvent", "red"),
}


def new_alarms(inventory: Inventory, root: ManagedObject, now: datetime) -> None:
    """Define the alarms on the root folder."""
    for number, (name, expression) in enumerate(_ALARMS.items(), start=1):
        key = f"alarm-{number}"
        info = DataObject(
            "AlarmInfo",
            name=name,
            description=name,
            enabled=False,
            expression=DataObject("OrAlarmExpression", expression=(expression,)),
            setting=DataObject("AlarmSetting", toleranceRange=0, reportingFrequency=0),
            key=key,
            alarm=MoRef("Alarm", key),
            entity=root.ref,
            lastModifiedTime=now,
            lastModifiedUser="",
            creationEventId=0,
        )
        inventory.create("Alarm", key, info=info)

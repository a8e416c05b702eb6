"""AlarmManager: reading the alarms that are defined, and the states that entities show of them."""

from __future__ import annotations

from emulator.inventory.store import ManagedObject
from emulator.vcenter.operation import Call, operation
from emulator.vmodl.value import DataObject


@operation("AlarmManager", "GetAlarm")
def get_alarm(call: Call, manager: ManagedObject, entity: ManagedObject | None = None) -> list[ManagedObject]:
    """Return the alarms that are defined on an entity; all without one."""
    alarms = call.vcenter.inventory.of_type("Alarm")
    return [alarm for alarm in alarms if entity is None or alarm.get("info.entity") == entity.ref]


@operation("AlarmManager", "GetAlarmState")
def get_alarm_state(call: Call, manager: ManagedObject, entity: ManagedObject) -> tuple[DataObject, ...]:
    """Return the AlarmStates that an entity shows as declared."""
    states: tuple[DataObject, ...] = entity.get("declaredAlarmState")
    return states

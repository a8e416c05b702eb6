"""AlarmManager: the alarms that are defined, the states that entities show of them, acknowledging those."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject


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


@operation("AlarmManager", "AcknowledgeAlarm")
def acknowledge_alarm(
    call: Call, manager: ManagedObject, alarm: ManagedObject, entity: ManagedObject
) -> None:
    """Show a triggered alarm as acknowledged by the caller, wherever it shows; one that is not stays so."""
    key = f"{alarm.ref.value}.{entity.ref.value}"
    seen = {
        "acknowledged": True,
        "acknowledgedByUser": call.user,
        "acknowledgedTime": call.vcenter.clock.now(),
    }
    for holder in call.vcenter.inventory.of_type("ManagedEntity"):
        held = holder.get("triggeredAlarmState")
        if any(state.key == key for state in held):
            shown = (state.replace(**seen) if state.key == key else state for state in held)
            holder.set("triggeredAlarmState", tuple(shown))


@operation("AlarmManager", "ClearTriggeredAlarms")
def clear_triggered_alarms(call: Call, manager: ManagedObject, filter: DataObject) -> None:
    """Reset to green the triggered alarms that a filter selects by status; without one, all [derived]."""
    wanted = set(filter.status)
    for holder in call.vcenter.inventory.of_type("ManagedEntity"):
        held = holder.get("triggeredAlarmState")
        kept = tuple(state for state in held if wanted and state.overallStatus not in wanted)
        holder.set("triggeredAlarmState", kept)

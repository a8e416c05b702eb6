"""AlarmManager: alarm definitions, the alarm states of entities, acknowledging and clearing them."""

from __future__ import annotations

from functools import partial
from typing import Final

from vim25_emulator.behavior.enumerated_string import require_enumerated
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.alarm import declared_states
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject


@operation("AlarmManager", "GetAlarm")
def get_alarm(call: Call, manager: ManagedObject, entity: ManagedObject | None = None) -> list[ManagedObject]:
    """Return the alarms defined on an entity; all alarms if `entity` is unset."""
    alarms = call.vcenter.inventory.of_type("Alarm")
    return [alarm for alarm in alarms if entity is None or alarm.get("info.entity") == entity.ref]


@operation("AlarmManager", "GetAlarmState")
def get_alarm_state(call: Call, manager: ManagedObject, entity: ManagedObject) -> tuple[DataObject, ...]:
    """Return the declared AlarmStates of an entity."""
    return declared_states(call.vcenter.inventory, entity)


@computed_property("ManagedEntity", "declaredAlarmState")
def declared_alarm_state(call: Call, entity: ManagedObject) -> tuple[DataObject, ...]:
    """Return the state of every alarm that applies to an entity."""
    return declared_states(call.vcenter.inventory, entity)


@operation("AlarmManager", "AcknowledgeAlarm")
def acknowledge_alarm(
    call: Call, manager: ManagedObject, alarm: ManagedObject, entity: ManagedObject
) -> None:
    """Acknowledge a triggered alarm wherever it is shown; no-op if it is not triggered."""
    key = f"{alarm.ref.value}.{entity.ref.value}"
    acknowledgment = {
        "acknowledged": True,
        "acknowledgedByUser": call.user,
        "acknowledgedTime": call.vcenter.clock.now(),
    }
    for shown_on in call.vcenter.inventory.of_type("ManagedEntity"):
        states = shown_on.get("triggeredAlarmState")
        if any(state.key == key for state in states):
            changed = (state.replace(**acknowledgment) if state.key == key else state for state in states)
            shown_on.set("triggeredAlarmState", tuple(changed))


@operation("AlarmManager", "ClearTriggeredAlarms")
def clear_triggered_alarms(call: Call, manager: ManagedObject, filter: DataObject) -> None:
    """Reset to green the triggered alarms that a filter selects; all without one [derived]."""
    require_enumerated(filter, "filter")
    call.vcenter.alarms.clear(partial(_is_selected, call, filter), call.vcenter.clock.now())


def _is_selected(call: Call, filter: DataObject, state: DataObject) -> bool:
    """Return whether a filter selects a triggered alarm by status, type of entity and type of trigger."""
    alarm = call.vcenter.inventory.find(state.alarm)
    expression = alarm.get("info.expression") if alarm is not None else None
    parts = (expression, *getattr(expression, "expression", ())) if expression is not None else ()
    entity_type, trigger = _ENTITY_TYPES.get(filter.typeEntity), _TRIGGERS.get(filter.typeTrigger)
    return (
        (not filter.status or state.overallStatus in filter.status)
        and (entity_type is None or state.entity.type == entity_type)
        and (trigger is None or any(part.is_a(trigger) for part in parts))
    )


#: AlarmFilterSpecAlarmTypeByEntity → type of the entity; entityTypeAll is any.
_ENTITY_TYPES: Final = {"entityTypeHost": "HostSystem", "entityTypeVm": "VirtualMachine"}
#: AlarmFilterSpecAlarmTypeByTrigger → type of an expression; triggerTypeAll is any.
_TRIGGERS: Final = {"triggerTypeEvent": "EventAlarmExpression", "triggerTypeMetric": "MetricAlarmExpression"}

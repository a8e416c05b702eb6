"""The `description` of managers: labels of methods, states, enumeration values and event types.

A vCenter reads them from its message catalog; here they are derived from the API's names, when first read.
"""

from __future__ import annotations

from functools import cache

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.event_category import CATEGORIES
from vim25_emulator.model.extended_event import EXTENDED_EVENTS, extended_category
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.label import element, words
from vim25_emulator.vmodl.registry import data_type_names_below, enum_type, task_description_ids
from vim25_emulator.vmodl.value import DataObject


def type_description(key: str) -> DataObject:
    """Return the TypeDescription of a type."""
    return DataObject("TypeDescription", label=words(key), summary=words(key), key=key)


@cache
def enum_elements(enum_name: str) -> tuple[DataObject, ...]:
    """Return the ElementDescriptions of an enumeration's values."""
    return tuple(element(value) for value in enum_type(enum_name).values)


def _types(*names: str) -> tuple[DataObject, ...]:
    return tuple(type_description(name) for name in names)


@computed_property("TaskManager", "description")
def task_description(call: Call, manager: ManagedObject) -> DataObject:
    """Return TaskDescription."""
    return _task_description()


@cache
def _task_description() -> DataObject:
    return DataObject(
        "TaskDescription",
        methodInfo=tuple(element(method_id) for method_id in task_description_ids()),
        state=enum_elements("TaskInfoState"),
        reason=_types("TaskReasonAlarm", "TaskReasonSchedule", "TaskReasonSystem", "TaskReasonUser"),
    )


@computed_property("EventManager", "description")
def event_description(call: Call, manager: ManagedObject) -> DataObject:
    """Return EventDescription of all event types."""
    return _event_description()


@cache
def _event_description() -> DataObject:
    return DataObject(
        "EventDescription",
        category=tuple(element(category) for category in ("info", "warning", "error", "user")),
        eventInfo=(
            *(_event_detail(name, CATEGORIES.get(name, "info")) for name in data_type_names_below("Event")),
            *(_extended_event_detail(type_id, name) for type_id, name in EXTENDED_EVENTS.items()),
        ),
    )


def _extended_event_detail(type_id: str, name: str) -> DataObject:
    """Return the detail of an extended event: its full format begins with the type ID [observed: scripts]."""
    text = words(type_id.rpartition(".")[2].removesuffix("Event"))
    detail = _event_detail(name, extended_category(type_id), text)
    return detail.replace(fullFormat=f"{type_id}|{text}")


def _event_detail(name: str, category: str, description: str = "") -> DataObject:
    text = description or words(name.removesuffix("Event"))
    places = ("formatOnDatacenter", "formatOnComputeResource", "formatOnHost", "formatOnVm", "fullFormat")
    return DataObject(
        "EventDescriptionEventDetail",
        key=name,
        description=text,
        category=category,
        **dict.fromkeys(places, text),
    )


@computed_property("AlarmManager", "description")
def alarm_description(call: Call, manager: ManagedObject) -> DataObject:
    """Return AlarmDescription."""
    return _alarm_description()


@cache
def _alarm_description() -> DataObject:
    return DataObject(
        "AlarmDescription",
        expr=_types(
            "AndAlarmExpression", "OrAlarmExpression", "StateAlarmExpression", "EventAlarmExpression"
        ),
        stateOperator=enum_elements("StateAlarmOperator"),
        metricOperator=enum_elements("MetricAlarmOperator"),
        hostSystemConnectionState=enum_elements("HostSystemConnectionState"),
        virtualMachinePowerState=enum_elements("VirtualMachinePowerState"),
        datastoreConnectionState=tuple(element(state) for state in ("connected", "disconnected")),
        hostSystemPowerState=enum_elements("HostSystemPowerState"),
        virtualMachineGuestHeartbeatStatus=enum_elements("ManagedEntityStatus"),
        entityStatus=enum_elements("ManagedEntityStatus"),
        action=_types("MethodAction", "SendEmailAction", "SendSNMPAction", "RunScriptAction"),
    )


@computed_property("ScheduledTaskManager", "description")
def scheduled_task_description(call: Call, manager: ManagedObject) -> DataObject:
    """Return ScheduledTaskDescription."""
    return _scheduled_task_description()


@cache
def _scheduled_task_description() -> DataObject:
    schedulers = ("OnceTaskScheduler", "HourlyTaskScheduler", "DailyTaskScheduler", "WeeklyTaskScheduler")
    return DataObject(
        "ScheduledTaskDescription",
        action=_types("MethodAction", "CreateTaskAction"),
        schedulerInfo=tuple(
            DataObject(
                "ScheduledTaskDetail", key=name, label=words(name), summary=words(name), frequency=words(name)
            )
            for name in schedulers
        ),
        state=enum_elements("TaskInfoState"),
        dayOfWeek=enum_elements("DayOfWeek"),
        weekOfMonth=enum_elements("WeekOfMonth"),
    )


@computed_property("PerformanceManager", "description")
def performance_description(call: Call, manager: ManagedObject) -> DataObject:
    """Return PerformanceDescription."""
    return _performance_description()


@cache
def _performance_description() -> DataObject:
    return DataObject(
        "PerformanceDescription",
        counterType=enum_elements("PerfSummaryType"),
        statsType=enum_elements("PerfStatsType"),
    )

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from tests.emulator.lab import Lab


def test_alarms_are_defined_on_the_root_folder_and_wait_for_events(lab: Lab) -> None:
    manager, root = lab.content.alarmManager, lab.content.rootFolder
    alarms = manager.GetAlarm()
    assert manager.GetAlarm(root) == alarms
    assert "No compatible host for Secondary VM" in [alarm.info.name for alarm in alarms]
    assert {(alarm.info.entity, alarm.info.alarm == alarm) for alarm in alarms} == {(root, True)}
    for alarm in alarms:
        assert alarm.info.enabled
        for each in alarm.info.expression.expression:
            assert isinstance(each, (vim.alarm.EventAlarmExpression, vim.alarm.StateAlarmExpression))


def test_what_triggers_an_alarm_is_told(lab: Lab) -> None:
    (alarm,) = (
        each
        for each in lab.content.alarmManager.GetAlarm()
        if each.info.name == "Virtual machine Fault Tolerance state changed"
    )
    red, yellow, green = alarm.info.expression.expression
    assert (red.status, yellow.status, green.status) == ("red", "yellow", "green")
    (comparison,) = red.comparisons
    assert (comparison.attributeName, comparison.value) == ("newState", "needSecondary")
    assert red.eventType == vim.event.VmFaultToleranceStateChangedEvent
    assert red.objectType == vim.VirtualMachine


def test_an_entity_has_a_state_of_each_alarm_about_its_type(lab: Lab) -> None:
    manager, vm, network = lab.content.alarmManager, lab.vm("web01"), lab.all(vim.Network)[0]
    assert manager.GetAlarm(vm) == []
    states = manager.GetAlarmState(vm)
    assert str(states) == str(vm.declaredAlarmState)
    assert {(state.entity, state.overallStatus, state.acknowledged) for state in states} == {
        (vm, "gray", False)
    }
    about_vms = [
        alarm
        for alarm in manager.GetAlarm()
        if any(type_of(part) is vim.VirtualMachine for part in parts_of(alarm))
    ]
    assert [state.alarm for state in states] == about_vms
    assert len(about_vms) >= 4
    of_datacenter = lab.all(vim.Datacenter)[0].declaredAlarmState
    assert [state.alarm for state in of_datacenter] == list(manager.GetAlarm())
    assert list(network.declaredAlarmState) == []


def parts_of(alarm: Any) -> list[Any]:
    return list(alarm.info.expression.expression)


def type_of(part: Any) -> Any:
    """Return the type of the entities that a part of an expression is about."""
    return part.type if isinstance(part, vim.alarm.StateAlarmExpression) else part.objectType

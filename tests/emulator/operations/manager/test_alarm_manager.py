from __future__ import annotations

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


def test_other_entities_have_none(lab: Lab) -> None:
    manager, vm = lab.content.alarmManager, lab.vm("web01")
    assert manager.GetAlarm(vm) == manager.GetAlarmState(vm) == []

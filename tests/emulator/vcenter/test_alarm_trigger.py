"""Alarms of Fault Tolerance: the events that trigger and reset them, and the entities that show them."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from tests.emulator.fault_tolerance.conftest import Site, Start, start
from tests.emulator.lab import ADMINISTRATOR

__all__ = ["start"]

STATE = "Virtual machine Fault Tolerance state changed"


def triggered(site: Site, entity: Any) -> dict[str, str]:
    """Return the triggered alarms of an entity: name → status."""
    return {state.alarm.info.name: state.overallStatus for state in entity.triggeredAlarmState}


def test_a_pair_that_was_disabled_is_yellow_and_all_above_it_show_that(start: Start) -> None:
    site = start("secondary-times-out")
    vm = site.find("web01")
    site.create("web01")
    expected = {STATE: "yellow", "Timed out starting Secondary VM": "red"}
    assert triggered(site, vm) == expected
    for place in (vm.parent, site.content.rootFolder, site.cluster, vm.resourcePool):
        assert triggered(site, place).items() >= {"Timed out starting Secondary VM": "red"}.items()
        assert {state.entity for state in place.triggeredAlarmState} >= {vm}


def test_a_pair_that_needs_its_secondary_is_red_until_it_has_it(start: Start) -> None:
    site = start("drs-manual")
    vm = site.find("web01")
    (recommendation,) = site.create("web01").result.powerOnResult.recommendations
    assert triggered(site, vm) == {STATE: "red"}
    site.cluster.ApplyRecommendation(recommendation.key)
    site.emulator.advance(60)
    assert triggered(site, vm) == triggered(site, site.cluster) == {}
    states = site.content.alarmManager.GetAlarmState(vm)
    assert STATE in {state.alarm.info.name for state in states if state.overallStatus == "green"}


def test_no_host_for_the_secondary_is_red(start: Start) -> None:
    site = start("no-other-host")
    site.create("web01")
    assert triggered(site, site.find("web01")) == {"No compatible host for Secondary VM": "red"}


def test_nothing_is_left_of_a_secondary_that_is_gone(start: Start) -> None:
    site = start("secondary-times-out")
    site.create("web01")
    twin = site.twin("web01")
    site.finish(site.find("web01").TurnOffFaultToleranceForVM_Task())
    shown = site.content.rootFolder.triggeredAlarmState
    assert twin._moId not in {state.entity._moId for state in shown}
    assert STATE not in triggered(site, site.find("web01"))


def test_an_alarm_is_acknowledged_and_cleared(start: Start) -> None:
    site = start("drs-manual")
    vm, manager = site.find("web01"), site.content.alarmManager
    site.create("web01")
    (state,) = vm.triggeredAlarmState
    assert state.acknowledged is False
    manager.AcknowledgeAlarm(state.alarm, vm)
    (state,) = site.cluster.triggeredAlarmState
    assert (state.acknowledged, state.acknowledgedByUser) == (True, ADMINISTRATOR)
    manager.ClearTriggeredAlarms(vim.alarm.AlarmFilterSpec(status=["yellow"]))
    assert vm.triggeredAlarmState
    manager.ClearTriggeredAlarms(vim.alarm.AlarmFilterSpec())
    assert not vm.triggeredAlarmState


def changes(site: Site, name: str) -> list[tuple[str, str]]:
    """Return the changes of an alarm's status that were posted."""
    events = site.told("AlarmStatusChangedEvent")
    return [(getattr(event, "from"), event.to) for event in events if event.alarm.name == name]


def test_the_status_of_a_primary_follows_its_alarms_and_each_change_is_an_event(start: Start) -> None:
    site = start("drs-manual")
    vm = site.find("web01")
    (recommendation,) = site.create("web01").result.powerOnResult.recommendations
    assert (vm.overallStatus, vm.summary.overallStatus) == ("red", "red")
    assert site.twin("web01").overallStatus == "green"
    site.cluster.ApplyRecommendation(recommendation.key)
    site.emulator.advance(60)
    assert vm.overallStatus == "green"
    of_primary = [event for event in site.told("AlarmStatusChangedEvent") if event.vm.vm == vm]
    state = [(getattr(event, "from"), event.to) for event in of_primary if event.alarm.name == STATE]
    assert state == [("gray", "red"), ("red", "green")]
    assert {(event.source.entity, event.entity.entity) for event in of_primary} == {
        (vm, site.content.rootFolder)
    }


def test_a_pair_that_was_suspended_is_yellow(start: Start) -> None:
    site = start()
    site.create("web01")
    vm = site.find("web01")
    site.finish(vm.DisableSecondaryVM_Task(site.twin("web01")))
    assert (vm.overallStatus, triggered(site, vm)[STATE]) == ("yellow", "yellow")


def test_a_cleared_alarm_is_green(start: Start) -> None:
    site = start("drs-manual")
    vm = site.find("web01")
    site.create("web01")
    site.content.alarmManager.ClearTriggeredAlarms(vim.alarm.AlarmFilterSpec(status=["red"]))
    assert vm.overallStatus == "green"
    assert changes(site, STATE)[-1] == ("red", "green")
    states = {state.alarm.info.name: state.overallStatus for state in vm.declaredAlarmState}
    assert states[STATE] == "green"
    assert "red" not in states.values()


def test_a_host_that_does_not_respond_triggers_its_alarm(start: Start) -> None:
    site = start()
    host, name = site.find("esx2.lab.example"), "Host connection and power state"
    site.finish(host.ShutdownHost_Task(True))
    assert (host.overallStatus, triggered(site, host)) == ("red", {name: "red"})
    assert triggered(site, site.cluster)[name] == "red"
    site.finish(host.ReconnectHost_Task())
    assert (host.overallStatus, triggered(site, host)) == ("green", {})
    assert changes(site, name) == [("gray", "red"), ("red", "green")]


def test_the_latency_of_a_secondary_has_an_alarm(start: Start) -> None:
    site = start()
    site.create("web01")
    vm, name = site.find("web01"), "Virtual Machine Fault Tolerance vLockStep interval Status Changed"
    alarm = next(alarm for alarm in site.content.alarmManager.GetAlarm() if alarm.info.name == name)
    assert alarm.info.enabled

    def measure(status: str) -> None:
        stats = site.emulator.vcenter.inventory[vm._moId]
        site.emulator.call(stats.set, "summary.quickStats.ftLatencyStatus", status)
        site.content.eventManager.LogUserEvent(vm, "something happens")

    for status in ("yellow", "red"):
        measure(status)
        assert (triggered(site, vm), vm.overallStatus) == ({name: status}, status)
    measure("green")
    assert (triggered(site, vm), vm.overallStatus) == ({}, "green")

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

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import ADMINISTRATOR, Lab


def names(events: list[Any]) -> list[str]:
    return [type(event).__name__.rsplit(".", 1)[-1] for event in events]


def about(entity: Any, recursion: str) -> vim.event.EventFilterSpec:
    by_entity = vim.event.EventFilterSpec.ByEntity(entity=entity, recursion=recursion)
    return vim.event.EventFilterSpec(entity=by_entity, eventTypeId=["vim.event.VmPoweredOffEvent"])


def test_a_collector_reads_forward_backward_and_shows_the_latest(lab: Lab) -> None:
    for name in ("web01", "app01"):
        lab.run(lab.vm(name).PowerOffVM_Task())
    spec = vim.event.EventFilterSpec(eventTypeId=["vim.event.VmStoppingEvent", "vim.event.VmPoweredOffEvent"])
    collector = lab.content.eventManager.CreateCollectorForEvents(spec)
    collector.SetCollectorPageSize(2)
    assert [event.vm.name for event in collector.latestPage] == ["app01", "app01"]
    assert [event.vm.name for event in collector.ReadPreviousEvents(10)] == ["web01", "web01"]
    collector.RewindCollector()
    assert names(collector.ReadNextEvents(3)) == ["VmStoppingEvent", "VmPoweredOffEvent", "VmStoppingEvent"]
    assert names(collector.ReadNextEvents(3)) == ["VmPoweredOffEvent"]
    assert collector.ReadNextEvents(3) == []
    lab.run(lab.vm("web01").PowerOnVM_Task())
    lab.run(lab.vm("web01").PowerOffVM_Task())
    assert names(collector.ReadNextEvents(9)) == ["VmStoppingEvent", "VmPoweredOffEvent"]
    collector.DestroyCollector()
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        collector.ReadNextEvents(1)


@pytest.mark.parametrize(
    ("recursion", "of_vm", "of_root"), [("self", 1, 0), ("children", 0, 1), ("all", 1, 1)]
)
def test_events_are_found_by_entity_and_what_is_below(
    lab: Lab, recursion: str, of_vm: int, of_root: int
) -> None:
    vm = lab.vm("web01")
    lab.run(vm.PowerOffVM_Task())
    manager = lab.content.eventManager
    assert len(manager.QueryEvents(about(vm, recursion))) == of_vm
    assert len(manager.QueryEvents(about(lab.content.rootFolder, recursion))) == of_root


def test_events_are_found_by_time_user_chain_and_category(lab: Lab) -> None:
    lab.run(lab.vm("web01").PowerOffVM_Task())
    manager = lab.content.eventManager
    (event,) = manager.QueryEvents(about(lab.vm("web01"), "self"))
    spec = vim.event.EventFilterSpec
    later = event.createdTime + timedelta(seconds=60)
    chain = names(manager.QueryEvents(spec(eventChainId=event.chainId)))
    assert chain == ["TaskEvent", "VmStoppingEvent", "VmPoweredOffEvent"]
    assert manager.QueryEvents(spec(time=spec.ByTime(beginTime=later))) == []
    assert manager.QueryEvents(spec(category=["error"])) == []
    mine = spec.ByUsername(systemUser=False, userList=[ADMINISTRATOR])
    assert "VmPoweredOffEvent" in names(manager.QueryEvents(spec(userName=mine)))
    system = spec.ByUsername(systemUser=True)
    assert "VmPoweredOffEvent" not in names(manager.QueryEvents(spec(userName=system)))


def test_tasks_are_collected_once_with_their_last_state(lab: Lab) -> None:
    vm = lab.vm("web01")
    lab.run(vm.PowerOffVM_Task())
    spec = vim.TaskFilterSpec(entity=vim.TaskFilterSpec.ByEntity(entity=vm, recursion="self"))
    collector = lab.content.taskManager.CreateCollectorForTasks(spec)
    lab.run(vm.PowerOnVM_Task())
    collector.RewindCollector()
    found = [(info.descriptionId, info.state) for info in collector.ReadNextTasks(10)]
    assert found == [("VirtualMachine.powerOff", "success"), ("VirtualMachine.powerOn", "success")]
    failed = vim.TaskFilterSpec(state=["error"])
    assert lab.content.taskManager.CreateCollectorForTasks(failed).latestPage == []


def test_a_session_may_have_only_so_many_collectors(lab: Lab) -> None:
    manager = lab.content.eventManager
    for _ in range(manager.maxCollector):
        manager.CreateCollectorForEvents(vim.event.EventFilterSpec())
    with pytest.raises(vim.fault.InvalidState):
        manager.CreateCollectorForEvents(vim.event.EventFilterSpec())


@pytest.mark.parametrize("size", [0, -1, 1001])
def test_a_page_has_one_to_a_thousand_items(lab: Lab, size: int) -> None:
    collector = lab.content.eventManager.CreateCollectorForEvents(vim.event.EventFilterSpec())
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        collector.SetCollectorPageSize(size)
    assert fault.value.invalidProperty == "maxCount"


def test_a_users_note_is_an_event(lab: Lab) -> None:
    lab.content.eventManager.LogUserEvent(lab.vm("web01"), "rebooted by hand")
    latest = lab.content.eventManager.latestEvent
    assert (latest.fullFormattedMessage, latest.vm.name) == ("rebooted by hand", "web01")

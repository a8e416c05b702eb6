from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import ADMINISTRATOR, Lab
from tests.emulator.lab import lab as open_lab
from vim25_emulator.inventory.clock import ManualClock


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


@pytest.mark.parametrize("name", ["VmPoweredOffEvent", "vim.event.VmPoweredOffEvent"])
def test_an_event_type_has_a_wsdl_and_a_vmodl_name(lab: Lab, name: str) -> None:
    lab.run(lab.vm("web01").PowerOffVM_Task())
    events = lab.content.eventManager.QueryEvents(vim.event.EventFilterSpec(eventTypeId=[name]))
    assert names(events) == ["VmPoweredOffEvent"]


def test_an_event_with_an_id_of_its_own_is_found_by_it_alone(lab: Lab) -> None:
    lab.run(lab.vm("web01").CreateSecondaryVM_Task())
    (cluster,) = lab.all(vim.ClusterComputeResource)
    off = vim.cluster.ConfigSpecEx(dasConfig=vim.cluster.DasConfigInfo(enabled=False))
    lab.run(cluster.ReconfigureComputeResource_Task(off, True))
    manager, spec = lab.content.eventManager, vim.event.EventFilterSpec
    (event,) = manager.QueryEvents(spec(eventTypeId=["com.vmware.vc.ft.VmAffectedByDasDisabledEvent"]))
    assert event.vm.name == "web01"
    assert manager.QueryEvents(spec(eventTypeId=["EventEx", "ExtendedEvent", "vim.event.EventEx"])) == []


@pytest.mark.parametrize(("recursion", "count"), [("self", 1), ("children", 0), ("all", 1)])
def test_a_login_is_an_event_of_the_root_folder(lab: Lab, recursion: str, count: int) -> None:
    by_entity = vim.event.EventFilterSpec.ByEntity
    for entity, expected in ((lab.content.rootFolder, count), (lab.all(vim.Datacenter)[0], 0)):
        spec = vim.event.EventFilterSpec(
            entity=by_entity(entity=entity, recursion=recursion), eventTypeId=["UserLoginSessionEvent"]
        )
        assert len(lab.content.eventManager.QueryEvents(spec)) == expected


def test_an_event_is_about_the_entity_that_it_names_first(lab: Lab) -> None:
    folder, spec = lab.vm("web01").parent, vim.event.EventFilterSpec
    lab.content.eventManager.LogUserEvent(folder, "checked")
    pool = lab.all(vim.ResourcePool)[0]
    lab.content.eventManager.LogUserEvent(pool, "checked")
    for entity in (folder, pool):
        mine = spec(entity=spec.ByEntity(entity=entity, recursion="self"), eventTypeId=["GeneralUserEvent"])
        (event,) = lab.content.eventManager.QueryEvents(mine)
        assert event.entity.entity == entity


def test_events_of_a_removed_machine_stay_below_its_folders(lab: Lab) -> None:
    vm = lab.vm("db01")
    host = vm.runtime.host
    lab.run(vm.Destroy_Task())
    spec = vim.event.EventFilterSpec
    for place in (lab.content.rootFolder, lab.all(vim.Datacenter)[0], host):
        below = spec(entity=spec.ByEntity(entity=place, recursion="all"), eventTypeId=["VmRemovedEvent"])
        assert names(lab.content.eventManager.QueryEvents(below)) == ["VmRemovedEvent"]
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        lab.content.eventManager.QueryEvents(about(vm, "self"))


def test_events_are_found_by_alarm(lab: Lab) -> None:
    alarm, other = lab.content.alarmManager.GetAlarm()[:2]
    events = lab.content.eventManager
    assert events.QueryEvents(vim.event.EventFilterSpec(alarm=alarm)) == []
    tasks = lab.content.taskManager
    assert tasks.CreateCollectorForTasks(vim.TaskFilterSpec(alarm=other)).latestPage == []


def test_a_filter_says_how_much_a_collector_shows(lab: Lab) -> None:
    for _ in range(3):
        lab.content.eventManager.LogUserEvent(lab.vm("web01"), "checked")
    spec, manager = vim.event.EventFilterSpec, lab.content.eventManager
    brief = manager.CreateCollectorForEvents(spec(maxCount=2, disableFullMessage=True))
    assert [event.fullFormattedMessage for event in brief.latestPage] == [None, None]
    with pytest.raises(vmodl.fault.InvalidArgument):
        manager.CreateCollectorForEvents(spec(maxCount=-1))


def test_the_latest_page_may_wait_for_the_first_change() -> None:
    with open_lab(api_version="8.0.3.0") as opened:
        manager = opened.content.eventManager
        delayed = manager.CreateCollectorForEvents(vim.event.EventFilterSpec(delayedInit=True))
        assert delayed.latestPage == []
        manager.LogUserEvent(opened.vm("web01"), "checked")
        assert names(delayed.latestPage)[0] == "GeneralUserEvent"


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


def test_a_task_leaves_a_collector_when_its_state_no_longer_matches() -> None:
    with open_lab(clock=ManualClock(), task_duration=60.0) as opened:
        vm, manager, advance = opened.vm("web01"), opened.content.taskManager, opened.emulator.advance
        collectors = {
            state: manager.CreateCollectorForTasks(vim.TaskFilterSpec(state=[state]))
            for state in ("queued", "running", "success")
        }
        first = vm.PowerOffVM_Task()
        advance(1)
        assert shown(collectors) == {"queued": [], "running": [first], "success": []}
        assert [info.task for info in collectors["running"].ReadNextTasks(10)] == [first]
        advance(60)
        assert shown(collectors) == {"queued": [], "running": [], "success": [first]}
        assert collectors["running"].ReadPreviousTasks(10) == []
        second = vm.PowerOnVM_Task()
        advance(1)
        assert [info.task for info in collectors["running"].ReadNextTasks(10)] == [second]


def shown(collectors: dict[str, Any]) -> dict[str, list[Any]]:
    return {state: [info.task for info in each.latestPage] for state, each in collectors.items()}


def test_a_property_filter_reports_that_a_task_left_a_collector() -> None:
    with open_lab(clock=ManualClock(), task_duration=60.0) as opened:
        running = opened.content.taskManager.CreateCollectorForTasks(vim.TaskFilterSpec(state=["running"]))
        collector = opened.content.propertyCollector
        collector.CreateFilter(
            vmodl.query.PropertyCollector.FilterSpec(
                propSet=[
                    vmodl.query.PropertyCollector.PropertySpec(
                        type=vim.TaskHistoryCollector, pathSet=["latestPage"]
                    )
                ],
                objectSet=[vmodl.query.PropertyCollector.ObjectSpec(obj=running)],
            ),
            False,
        )
        task, version, sizes = opened.vm("web01").PowerOffVM_Task(), "", []
        for seconds in (1, 60):
            opened.emulator.advance(seconds)
            update = collector.WaitForUpdatesEx(version)
            version = update.version
            sizes.append(update.filterSet[0].objectSet[0].changeSet[0].val)
        assert [[info.task for info in page] for page in sizes] == [[task], []]


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

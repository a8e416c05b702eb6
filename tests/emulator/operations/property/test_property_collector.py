from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.property_specs import Collector, in_view, one, view_of


def in_thread(function: Callable[[], Any]) -> Future[Any]:
    """Run a blocking call in another thread, which has its own connection."""
    future: Future[Any] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except Exception as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def wait(collector: Any, version: str = "", **options: Any) -> Any:
    return collector.WaitForUpdatesEx(version, Collector.WaitOptions(**options))


def until_waiting(lab: Lab, count: int = 1) -> None:
    """Wait until this number of calls is parked in the server."""

    def parked() -> int:
        sessions = lab.emulator.vcenter.collector_sessions.by_session
        return sum(each.updates.waiting for held in sessions.values() for each in held.values())

    deadline = time.monotonic() + 60
    while lab.emulator.call(parked) != count:
        assert time.monotonic() < deadline, f"{lab.emulator.call(parked)} wait, not {count}"


def changes(updates: Any) -> list[tuple[str, str, Any]]:
    (filter_update,) = updates.filterSet
    return [(each.name, each.op, each.val) for obj in filter_update.objectSet for each in obj.changeSet]


def test_the_first_update_enters_everything_in_path_order(lab: Lab) -> None:
    vm, collector = lab.vm("web01"), lab.content.propertyCollector
    paths = ("summary.config.ftInfo.instanceUuids", "name", "config.managedBy")
    held = collector.CreateFilter(one(vm, *paths), False)
    updates = wait(collector)
    (filter_update,) = updates.filterSet
    (update,) = filter_update.objectSet
    assert (filter_update.filter, update.kind, update.obj) == (held, "enter", vm)
    assert changes(updates) == [
        ("config.managedBy", "assign", None),
        ("name", "assign", "web01"),
        ("summary.config.ftInfo.instanceUuids", "indirectRemove", None),
    ]
    assert not updates.truncated


def test_who_waits_is_told_at_once(lab: Lab) -> None:
    vm, collector = lab.vm("db01"), lab.content.propertyCollector.CreatePropertyCollector()
    collector.CreateFilter(one(vm, "runtime.powerState"), False)
    version = wait(collector).version
    waiting = in_thread(lambda: wait(collector, version, maxWaitSeconds=60))
    until_waiting(lab)
    lab.run(vm.PowerOnVM_Task())
    updates = waiting.result(50)
    assert changes(updates) == [("runtime.powerState", "assign", "poweredOn")]
    assert wait(collector, updates.version, maxWaitSeconds=0) is None
    assert changes(wait(collector, version)) == [("runtime.powerState", "assign", "poweredOn")]


def test_answers_are_cut_at_a_hundred_updates_or_as_the_client_says(lab: Lab) -> None:
    view = view_of(lab.content, vim.VirtualMachine)
    collector = lab.content.propertyCollector
    collector.CreateFilter(in_view(view, vim.VirtualMachine, "name"), False)
    updates = wait(collector, maxObjectUpdates=2)
    found = [updates]
    while updates.truncated:
        updates = wait(collector, updates.version, maxObjectUpdates=2)
        found.append(updates)
    assert [len(each.filterSet[0].objectSet) for each in found] == [2, 2, 1]
    assert [each.version for each in found] == ["0_1", "0_2", "1"]  # [observed: recording of 5.5]
    assert len({change[2] for each in found for change in changes(each)}) == 5


def test_partial_updates_name_the_place_that_changed(lab: Lab) -> None:
    vm, collector = lab.vm("db01"), lab.content.propertyCollector
    collector.CreateFilter(one(vm, "runtime"), True)
    version = wait(collector).version
    lab.run(vm.PowerOnVM_Task())
    told = {name: value for name, _, value in changes(wait(collector, version))}
    assert told["runtime.powerState"] == "poweredOn"
    assert "runtime" not in told


def test_a_task_is_followed_to_its_end(lab: Lab) -> None:
    """Most clients wait for a task like this: with a filter on its info, until its state is final."""
    collector = lab.content.propertyCollector
    task = lab.vm("db01").PowerOnVM_Task()
    collector.CreateFilter(one(task, "info.state", "info.error"), True)
    version, state = "", None
    while state != "success":
        updates = wait(collector, version, maxWaitSeconds=10)
        version = updates.version
        state = {name: value for name, _, value in changes(updates)}.get("info.state", state)


def test_machines_come_and_go(lab: Lab) -> None:
    view, collector = view_of(lab.content, vim.VirtualMachine), lab.content.propertyCollector
    collector.CreateFilter(in_view(view, vim.VirtualMachine, "name"), False)
    version = wait(collector).version
    lab.run(lab.vm("web01").CreateSecondaryVM_Task())
    updates = wait(collector, version)
    (entered,) = [each for each in updates.filterSet[0].objectSet if each.kind == "enter"]
    assert entered.obj.config.ftInfo.role == 2
    view.DestroyView()
    left = wait(collector, updates.version).filterSet[0].objectSet
    assert {each.kind for each in left} == {"leave"}
    assert len(left) == 6


def test_a_canceled_wait_is_told_so(lab: Lab) -> None:
    collector = lab.content.propertyCollector
    waiting = in_thread(lambda: collector.WaitForUpdates(""))
    until_waiting(lab)
    collector.CancelWaitForUpdates()
    with pytest.raises(vmodl.fault.RequestCanceled):
        waiting.result(50)


def test_a_client_that_hangs_up_waits_no_longer(lab: Lab) -> None:
    at = urlsplit(lab.emulator.url)
    context = ssl.create_default_context(cafile=str(lab.emulator.ca_file))
    collector = lab.content.propertyCollector._moId
    call = f'<WaitForUpdatesEx xmlns="urn:vim25"><_this>{collector}</_this></WaitForUpdatesEx>'
    body = f'<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>{call}</Body></Envelope>'
    with closing(http.client.HTTPSConnection(at.hostname or "", at.port, context=context)) as connection:
        connection.request("POST", at.path, body, {"Cookie": lab.service._stub.cookie})
        until_waiting(lab, 1)
    until_waiting(lab, 0)


def test_check_for_updates_never_waits(lab: Lab) -> None:
    collector = lab.content.propertyCollector
    assert collector.CheckForUpdates("") is None
    collector.CreateFilter(one(lab.content.rootFolder, "name"), False)
    version = collector.CheckForUpdates("").version
    assert collector.CheckForUpdates(version) is None


def test_a_version_that_was_not_given_out_is_refused(lab: Lab) -> None:
    with pytest.raises(vmodl.query.InvalidCollectorVersion):
        lab.content.propertyCollector.CheckForUpdates("99")


@pytest.mark.parametrize("option", [{"maxObjectUpdates": 0}, {"maxWaitSeconds": -1}])
def test_bad_options_are_invalid_arguments(lab: Lab, option: dict[str, int]) -> None:
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        wait(lab.content.propertyCollector, **option)
    assert fault.value.invalidProperty == f"options.{next(iter(option))}"


def test_sessions_have_filters_of_their_own(lab: Lab) -> None:
    collector = lab.content.propertyCollector
    held = collector.CreateFilter(one(lab.content.rootFolder, "name"), True)
    assert collector.filter == [held]
    assert (held.spec.propSet[0].pathSet, held.partialUpdates) == (["name"], True)
    other = lab.login(lab.emulator.username, lab.emulator.password)
    assert other.content.propertyCollector.filter == []
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        Collector.Filter(held._moId, other._stub).DestroyPropertyFilter()
    Disconnect(other)
    held.DestroyPropertyFilter()
    assert collector.filter == []


def test_a_collector_of_ones_own(lab: Lab) -> None:
    shared = lab.content.propertyCollector
    own = shared.CreatePropertyCollector()
    held = own.CreateFilter(one(lab.content.rootFolder, "name"), False)
    assert (own.filter, shared.filter) == ([held], [])
    version = wait(own).version
    waiting = in_thread(lambda: wait(own, version))
    until_waiting(lab)
    own.DestroyPropertyCollector()
    with pytest.raises(vmodl.fault.RequestCanceled):
        waiting.result(50)
    for gone in (own, held):
        with pytest.raises(vmodl.fault.ManagedObjectNotFound):
            _ = gone.filter if gone is own else gone.spec
    with pytest.raises(vmodl.fault.NotSupported):
        shared.DestroyPropertyCollector()


def test_logging_out_ends_everything_of_the_session(lab: Lab) -> None:
    def leftovers() -> list[str]:
        inventory = lab.emulator.vcenter.inventory
        assert not any(found.watchers for found in inventory)
        return [found.ref.value for found in inventory if found.ref.value.startswith("session[")]

    other = lab.login(lab.emulator.username, lab.emulator.password)
    view = view_of(other.content, vim.VirtualMachine)
    own = other.content.propertyCollector.CreatePropertyCollector()
    for collector in (own, other.content.propertyCollector):
        collector.CreateFilter(in_view(view, vim.VirtualMachine, "name"), False)
    waiting = in_thread(lambda: wait(own, wait(own).version))
    until_waiting(lab)
    Disconnect(other)
    with pytest.raises(vmodl.fault.RequestCanceled):
        waiting.result(50)
    assert lab.emulator.call(leftovers) == []


def test_an_object_that_is_gone_fails_a_filter_or_is_reported(lab: Lab) -> None:
    collector = lab.content.propertyCollector
    gone = vim.VirtualMachine("vm-999999", lab.service._stub)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        collector.CreateFilter(one(gone, "name"), False)
    collector.CreateFilter(one(gone, "name", reportMissingObjectsInResults=True), False)
    (missing,) = wait(collector).filterSet[0].missingSet
    assert (missing.obj, type(missing.fault)) == (gone, vmodl.fault.ManagedObjectNotFound)


def test_an_unknown_path_fails_a_filter(lab: Lab) -> None:
    with pytest.raises(vmodl.query.InvalidProperty) as fault:
        lab.content.propertyCollector.CreateFilter(one(lab.content.rootFolder, "nonsense"), False)
    assert fault.value.name == "nonsense"
    assert lab.content.propertyCollector.filter == []

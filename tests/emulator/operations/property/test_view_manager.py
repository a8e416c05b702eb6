from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.property_specs import Collector, one, view_of


def names(view: Any) -> list[str]:
    return sorted(each.name for each in view.view)


MACHINES = ["app01", "db01", "mail01", "tpl01", "web01"]


def test_a_container_view_shows_what_is_below(lab: Lab) -> None:
    content = lab.content
    assert names(view_of(content, vim.VirtualMachine)) == MACHINES
    assert names(view_of(content, vim.ComputeResource)) == ["ft-cluster"]
    everything = view_of(content)
    assert {"Lab", "vm", "host", "Resources", "shared-1", "VM Network", *MACHINES} <= set(names(everything))
    assert len(everything.view) == len(set(everything.view))
    assert content.rootFolder not in everything.view


def test_any_place_can_be_a_container(lab: Lab) -> None:
    cluster = lab.named(vim.ClusterComputeResource, "ft-cluster")
    on_hosts = (names(view_of(lab.content, vim.VirtualMachine, container=host)) for host in cluster.host)
    assert sorted(chain.from_iterable(on_hosts)) == MACHINES
    in_pool = view_of(lab.content, vim.VirtualMachine, container=cluster.resourcePool)
    assert names(in_pool) == [name for name in MACHINES if name != "tpl01"]
    assert names(view_of(lab.content, vim.HostSystem, container=cluster)) == [
        "esx1.lab.example",
        "esx2.lab.example",
    ]


def test_without_recursion_only_what_is_directly_below(lab: Lab) -> None:
    views = lab.content.viewManager
    assert names(views.CreateContainerView(lab.content.rootFolder, [], False)) == ["Lab"]
    assert names(views.CreateContainerView(lab.content.rootFolder, [vim.VirtualMachine], False)) == []


def test_a_container_view_says_what_it_is_of(lab: Lab) -> None:
    view = view_of(lab.content, vim.VirtualMachine)
    assert (view.container, list(view.type), view.recursive) == (
        lab.content.rootFolder,
        ["VirtualMachine"],
        True,
    )


def test_a_machine_that_comes_is_added(lab: Lab) -> None:
    view, collector = view_of(lab.content, vim.VirtualMachine), lab.content.propertyCollector
    collector.CreateFilter(one(view, "view"), True)
    version = collector.WaitForUpdatesEx("", Collector.WaitOptions()).version
    result = lab.run(lab.vm("web01").CreateSecondaryVM_Task())
    assert result.vm in view.view
    updates = collector.WaitForUpdatesEx(version, Collector.WaitOptions())
    (change,) = updates.filterSet[0].objectSet[0].changeSet
    assert (change.name, change.op, change.val) == (f'view["{result.vm._moId}"]', "add", result.vm)


def test_what_cannot_contain_or_be_contained_is_refused(lab: Lab) -> None:
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        view_of(lab.content, container=lab.vm("web01"))
    assert fault.value.invalidProperty == "container"


def test_list_views(lab: Lab) -> None:
    views, machines = lab.content.viewManager, lab.all(vim.VirtualMachine)
    view = views.CreateListView(machines[:2])
    assert view.view == machines[:2]
    view.ModifyListView(add=machines[1:3], remove=machines[:1])
    assert view.view == machines[1:3]
    view.ResetListView(machines)
    assert view.view == machines
    copy = views.CreateListViewFromView(view)
    view.ResetListView([])
    assert (view.view, copy.view) == ([], machines)
    view.ResetListViewFromView(copy)
    assert view.view == machines


def test_list_views_take_what_there_is_and_return_the_rest(lab: Lab) -> None:
    """[documented]"""
    machines = lab.all(vim.VirtualMachine)
    gone = [vim.VirtualMachine(name, lab.service._stub) for name in ("vm-gone", "vm-lost")]
    view = lab.content.viewManager.CreateListView(machines[:1])
    assert view.ModifyListView(add=[gone[0], machines[1]], remove=[machines[0], gone[1]]) == gone
    assert view.view == machines[1:2]
    assert view.ResetListView([machines[2], gone[1], machines[2]]) == gone[1:]
    assert view.view == machines[2:3]
    assert view.ModifyListView(add=machines[:1], remove=None) == []


def test_views_belong_to_their_session(lab: Lab) -> None:
    view = view_of(lab.content, vim.VirtualMachine)
    assert lab.content.viewManager.viewList == [view]
    other = lab.login(lab.emulator.username, lab.emulator.password)
    foreign = type(view)(view._moId, other._stub)
    assert other.content.viewManager.viewList == []
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        foreign.DestroyView()
    Disconnect(other)
    view.DestroyView()
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        _ = view.view


def test_many_changes_of_a_list_view_are_the_same_as_one_by_one(lab: Lab) -> None:
    folder = lab.content.rootFolder.childEntity[0].vmFolder
    created = [folder.CreateFolder(f"f{number}") for number in range(120)]
    view = lab.content.viewManager.CreateListView([created[1], folder])
    assert view.ModifyListView(add=created, remove=[created[2], created[1]]) == []
    assert view.view == [folder, created[0], *created[3:]]
    lab.run(created[5].Destroy_Task())
    assert created[5] not in view.view

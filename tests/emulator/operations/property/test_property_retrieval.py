from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim, vmodl
from pyVmomi.VmomiSupport import Object

from tests.emulator.lab import Lab, stub
from tests.emulator.lab import lab as open_lab
from tests.emulator.property_specs import Collector, in_view, one, shown, spec, view_of
from vim25_emulator.inventory.selection import Steps
from vim25_emulator.vcenter.role import NO_ACCESS

NAMES = {"app01", "db01", "mail01", "tpl01", "web01"}


@pytest.fixture(scope="module")
def shared() -> Iterator[Lab]:
    """Yield a lab that the tests only read."""
    with open_lab() as opened:
        yield opened


@pytest.fixture
def collector(shared: Lab) -> Any:
    return shared.content.propertyCollector


def values(content: Any) -> dict[str, Any]:
    return {each.name: each.val for each in content.propSet}


def test_a_view_of_machines_in_one_call(shared: Lab, collector: Any) -> None:
    view = view_of(shared.content, vim.VirtualMachine)
    found = collector.RetrieveContents([in_view(view, vim.VirtualMachine, "runtime.powerState", "name")])
    assert {values(each)["name"] for each in found} == NAMES
    assert {values(each)["runtime.powerState"] for each in found} == {"poweredOn", "poweredOff"}


def test_the_recursive_walk_of_old_clients(shared: Lab, collector: Any) -> None:
    """Named selections that refer to each other lead from the root folder to every VM."""
    below = [Collector.SelectionSpec(name=name) for name in ("folders", "vmFolder", "hostFolder", "hosts")]
    folders = below[:1]
    ways = [
        Collector.TraversalSpec(name="folders", type=vim.Folder, path="childEntity", selectSet=below),
        Collector.TraversalSpec(name="vmFolder", type=vim.Datacenter, path="vmFolder", selectSet=folders),
        Collector.TraversalSpec(name="hostFolder", type=vim.Datacenter, path="hostFolder", selectSet=folders),
        Collector.TraversalSpec(name="hosts", type=vim.ComputeResource, path="host"),
    ]
    root = Collector.ObjectSpec(obj=shared.content.rootFolder, skip=False, selectSet=ways)
    found = collector.RetrieveContents([spec([root], shown(vim.ManagedEntity, "name"))])
    kinds = {type(each.obj) for each in found}
    assert {values(each)["name"] for each in found} >= NAMES | {"Lab", "ft-cluster", "esx1.lab.example"}
    assert kinds == {
        vim.Folder,
        vim.Datacenter,
        vim.ClusterComputeResource,
        vim.HostSystem,
        vim.VirtualMachine,
    }


def test_pages_hold_what_was_asked_for_and_end(shared: Lab, collector: Any) -> None:
    wanted = in_view(view_of(shared.content, vim.VirtualMachine), vim.VirtualMachine, "name")
    page = collector.RetrievePropertiesEx([wanted], Collector.RetrieveOptions(maxObjects=2))
    sizes = [len(page.objects)]
    while page.token:
        page = collector.ContinueRetrievePropertiesEx(page.token)
        sizes.append(len(page.objects))
    assert sizes == [2, 2, 1]


def test_a_page_holds_a_hundred_objects_unless_the_client_says_otherwise() -> None:
    """[observed: four client projects]; RetrieveProperties has no pages."""
    with open_lab("hundred-vms") as lab:
        collector, view = lab.content.propertyCollector, view_of(lab.content, vim.ManagedEntity)
        wanted = in_view(view, vim.ManagedEntity, "name")
        everything = {content.obj for content in collector.RetrieveContents([wanted])}
        first = collector.RetrievePropertiesEx([wanted], Collector.RetrieveOptions())
        assert len(everything) > len(first.objects) == 100
        last = collector.ContinueRetrievePropertiesEx(first.token)
        assert last.token is None
        assert {content.obj for content in (*first.objects, *last.objects)} == everything
        largest = Collector.RetrieveOptions(maxObjects=1000)
        assert len(collector.RetrievePropertiesEx([wanted], largest).objects) == len(everything)


def test_a_path_through_a_subtype_is_invalid_for_retrieval_and_filter(shared: Lab, collector: Any) -> None:
    """`ftInfo` is declared as FaultToleranceConfigInfo, which has no `secondaries`."""
    wanted = one(shared.vm("web01"), "name", "config.ftInfo.secondaries")
    ways: list[Callable[[], Any]] = [
        lambda: collector.RetrieveContents([wanted]),
        lambda: collector.RetrievePropertiesEx([wanted], Collector.RetrieveOptions()),
        lambda: collector.CreateFilter(wanted, False),
    ]
    for ask in ways:
        with pytest.raises(vmodl.query.InvalidProperty) as fault:
            ask()
        assert fault.value.name == "config.ftInfo.secondaries"


def test_a_token_is_good_once_and_for_its_session_only(shared: Lab, collector: Any) -> None:
    wanted = in_view(view_of(shared.content, vim.VirtualMachine), vim.VirtualMachine, "name")
    tokens = [
        collector.RetrievePropertiesEx([wanted], Collector.RetrieveOptions(maxObjects=1)).token
        for _ in range(2)
    ]
    collector.CancelRetrievePropertiesEx(tokens[0])
    other = shared.login(shared.emulator.username, shared.emulator.password)
    with pytest.raises(vmodl.fault.InvalidArgument):
        other.content.propertyCollector.ContinueRetrievePropertiesEx(tokens[1])
    Disconnect(other)
    with pytest.raises(vmodl.fault.InvalidArgument):
        collector.ContinueRetrievePropertiesEx(tokens[0])


def test_no_objects_are_no_result(shared: Lab, collector: Any) -> None:
    wanted = in_view(view_of(shared.content, vim.VirtualApp), vim.VirtualApp, "name")
    assert collector.RetrievePropertiesEx([wanted], Collector.RetrieveOptions()) is None
    assert collector.RetrieveContents([wanted]) == []


def test_less_than_one_object_is_an_invalid_argument(shared: Lab, collector: Any) -> None:
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        collector.RetrievePropertiesEx(
            [one(shared.content.rootFolder, "name")], Collector.RetrieveOptions(maxObjects=0)
        )
    assert fault.value.invalidProperty == "options.maxObjects"


def test_unset_properties_have_no_entry_and_empty_arrays_have_one(shared: Lab, collector: Any) -> None:
    root = shared.content.rootFolder
    (found,) = collector.RetrieveContents([one(root, "name", "parent", "tag")])
    assert sorted(values(found)) == ["name", "tag"]
    assert list(values(found)["tag"]) == []


def test_no_paths_are_objects_without_properties(shared: Lab, collector: Any) -> None:
    (found,) = collector.RetrieveContents([one(shared.content.rootFolder)])
    assert (found.obj, list(found.propSet)) == (shared.content.rootFolder, [])


def test_all_properties(shared: Lab, collector: Any) -> None:
    root = shared.content.rootFolder
    wanted = spec([Collector.ObjectSpec(obj=root)], shown(vim.Folder, all=True))
    (found,) = collector.RetrieveContents([wanted])
    assert {"name", "childEntity", "childType", "overallStatus"} <= set(values(found))


def test_an_unknown_path_is_an_invalid_property_without_a_text(shared: Lab, collector: Any) -> None:
    with pytest.raises(vmodl.query.InvalidProperty) as fault:
        collector.RetrieveContents([one(shared.content.rootFolder, "name", "nonsense")])
    assert (fault.value.name, fault.value.msg) == ("nonsense", "")


def test_an_object_that_is_gone_is_told_or_left_out(shared: Lab, collector: Any) -> None:
    gone = vim.VirtualMachine("vm-999999", shared.service._stub)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound) as fault:
        collector.RetrieveContents([one(gone, "name")])
    assert fault.value.obj == gone
    assert collector.RetrieveContents([one(gone, "name", reportMissingObjectsInResults=True)]) == []


def test_attributes_are_fetched(shared: Lab) -> None:
    vm = shared.vm("web01")
    assert (vm.name, vm.runtime.powerState, vm.config.template) == ("web01", "poweredOn", False)
    assert vm.snapshot is None
    assert vm.parentVApp is None
    assert isinstance(vm.config.hardware.device, list)
    assert vm.datastore[0].info.name == "shared-1"


def test_fetch_of_an_unknown_property_is_refused(shared: Lab) -> None:
    vm = shared.vm("web01")
    info = Object(name="nonsense", version="vim.version.version1", type=str, flags=0)
    with pytest.raises(vmodl.query.InvalidProperty) as fault:
        vm._stub.InvokeAccessor(vm, info)
    assert fault.value.name == "nonsense"


def test_without_a_session_the_service_content_can_be_read(shared: Lab) -> None:
    client = stub(shared.emulator, "vim.version.version12")
    content = vim.ServiceInstance("ServiceInstance", client).content
    assert content.about.apiType == "VirtualCenter"
    root = vim.Folder("group-d1", client)
    (found,) = content.propertyCollector.RetrieveContents([one(root, "name", "childEntity")])
    assert list(found.propSet) == []
    assert {each.path for each in found.missingSet} == {"name", "childEntity"}
    assert {type(each.fault) for each in found.missingSet} == {vim.fault.NotAuthenticated}


def test_fetch_without_a_session_is_not_authenticated(shared: Lab) -> None:
    with pytest.raises(vim.fault.NotAuthenticated):
        _ = vim.Folder("group-d1", stub(shared.emulator, "vim.version.version12")).name


def test_without_a_session_nobody_learns_what_exists(shared: Lab) -> None:
    client = stub(shared.emulator, "vim.version.version12")
    collector = vim.ServiceInstance("ServiceInstance", client).content.propertyCollector
    with pytest.raises(vim.fault.NotAuthenticated):
        collector.RetrieveContents([one(vim.VirtualMachine("vm-0", client), "name")])


def test_what_a_user_may_not_read_is_missing() -> None:
    with open_lab("restricted-user") as lab:
        reader = lab.login("readonly@vsphere.local", "vmware")
        content = reader.content
        manager = content.sessionManager
        wanted = one(manager, "currentSession", "sessionList")
        (found,) = content.propertyCollector.RetrieveContents([wanted])
        assert values(found)["currentSession"].userName == "VSPHERE.LOCAL\\readonly"
        (missing,) = found.missingSet
        assert missing.path == "sessionList"
        assert missing.fault.privilegeId == "Sessions.TerminateSession"
        Disconnect(reader)


def test_what_a_user_may_not_see_is_not_there() -> None:
    with open_lab("restricted-user") as lab:
        hidden = lab.vm("db01")
        hide(lab, hidden, "readonly@vsphere.local")
        reader = lab.login("readonly@vsphere.local", "vmware")
        content = reader.content
        view = view_of(content, vim.VirtualMachine)
        below = Collector.TraversalSpec(type=vim.Folder, path="childEntity")
        start = lab.content.rootFolder.childEntity[0].vmFolder
        folder = spec([Collector.ObjectSpec(obj=start, selectSet=[below])], shown(vim.VirtualMachine, "name"))
        retrieved = content.propertyCollector.RetrieveContents([folder])
        content.propertyCollector.CreateFilter(folder, False)
        followed = content.propertyCollector.CheckForUpdates("").filterSet[0].objectSet
        for found in (view.view, [each.obj for each in retrieved], [each.obj for each in followed]):
            assert {each._moId for each in found} == {
                vm._moId for vm in lab.all(vim.VirtualMachine) if vm != hidden
            }
        (named,) = content.propertyCollector.RetrieveContents([one(hidden, "name")])
        assert type(named.missingSet[0].fault) is vim.fault.NoPermission
        Disconnect(reader)


def hide(lab: Lab, entity: Any, user: str) -> None:
    """Revoke a user's rights on an entity."""

    def permit() -> None:
        vcenter = lab.emulator.vcenter
        vcenter.authorization.permit(vcenter.inventory[entity._moId], user, NO_ACCESS)

    lab.emulator.call(permit)


def test_an_old_client_is_not_shown_what_is_newer(shared: Lab) -> None:
    old = stub(shared.emulator, "vim.version.version8")  # 5.1
    service = vim.ServiceInstance("ServiceInstance", old)
    service.content.sessionManager.Login(shared.emulator.username, shared.emulator.password)
    vm = vim.VirtualMachine(shared.vm("web01")._moId, old)
    collector = service.content.propertyCollector
    (found,) = collector.RetrieveContents([one(vm, "config.hardware", "name")])
    assert values(found)["config.hardware"].__dict__.get("motherboardLayout") is None
    with pytest.raises(vmodl.query.InvalidProperty):
        collector.RetrieveContents([one(vm, "config.keyId")])
    service.content.sessionManager.Logout()


def test_both_kinds_of_reading_agree(shared: Lab, collector: Any) -> None:
    vm = shared.vm("web01")
    names = [each.name for each in vm._GetPropertyList()]
    wanted = spec([Collector.ObjectSpec(obj=vm)], shown(vim.VirtualMachine, *names))
    (found,) = collector.RetrieveContents([wanted])
    retrieved = values(found)
    for name in names:
        fetched = getattr(vm, name)
        assert repr(fetched) == repr(retrieved.get(name, [] if isinstance(fetched, list) else None)), name


def test_a_request_follows_a_bounded_number_of_references(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many specifications over many objects are refused, and leave nothing behind."""
    with open_lab() as lab:
        below = Collector.TraversalSpec(type=vim.Folder, path="childEntity")
        start = lab.vm("web01").parent
        objects = [Collector.ObjectSpec(obj=start, selectSet=[below]) for _ in range(400)]
        wide = spec(objects, shown(vim.VirtualMachine, "name"))
        narrow = spec(objects[:1], shown(vim.VirtualMachine, "name"))
        collector, inventory = lab.content.propertyCollector, lab.emulator.vcenter.inventory
        assert len(collector.RetrieveContents([wide])) == len(lab.all(vim.VirtualMachine))
        monkeypatch.setattr(Steps, "most", 1200)
        before = {entity: len(entity.watchers) for entity in inventory}
        for ask in (
            lambda: collector.RetrieveContents([wide]),
            lambda: collector.RetrieveContents([narrow] * 400),
            lambda: collector.CreateFilter(wide, False),
        ):
            with pytest.raises(vim.fault.RestrictedByAdministrator):
                ask()
        assert {entity: len(entity.watchers) for entity in inventory} == before
        collector.CreateFilter(narrow, False)

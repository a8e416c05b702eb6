from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab

Spec = vim.host.DatastoreBrowser.SearchSpec
DETAILS = vim.host.DatastoreBrowser.FileInfo.Details(
    fileType=True, fileSize=True, modification=True, fileOwner=True
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Lab]:
    """Yield a lab that the tests only read."""
    with open_lab() as opened:
        yield opened


@pytest.fixture(params=["of the datastore", "of a host"])
def browser(request: pytest.FixtureRequest, shared: Lab) -> Any:
    if request.param == "of a host":
        return shared.all(vim.HostSystem)[0].datastoreBrowser
    return shared.named(vim.Datastore, "shared-1").browser


def searched(lab: Lab, browser: Any, path: str, **spec: Any) -> list[Any]:
    found = lab.run(browser.SearchDatastore_Task(path, Spec(details=DETAILS, **spec)))
    assert found.folderPath == path
    return list(found.file)


def test_a_datastore_holds_a_folder_for_each_vm(shared: Lab, browser: Any) -> None:
    found = searched(shared, browser, "[shared-1] ")
    assert {type(each) for each in found} == {vim.host.DatastoreBrowser.FolderInfo}
    assert [each.path for each in found] == ["web01", "app01", "db01", "mail01", "tpl01"]


def test_a_folder_holds_the_files_of_its_vm_and_no_extents(shared: Lab, browser: Any) -> None:
    found = {each.path: each for each in searched(shared, browser, "[shared-1] web01")}
    assert found.keys() == {
        "web01.vmx",
        "web01.vmsd",
        "web01.vmdk",
        "web01.nvram",
        "web01.vswp",
        "vmware.log",
    }
    disk = found["web01.vmdk"]
    vm = shared.vm("web01")
    (extent,) = (file for file in vm.layoutEx.file if file.type == "diskExtent")
    assert isinstance(disk, vim.host.DatastoreBrowser.VmDiskInfo)
    assert (disk.fileSize, disk.modification) == (extent.size, vm.config.modified)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"matchPattern": ["*.vmdk", "*.LOG"]}, {"web01.vmdk", "vmware.log"}),
        ({"matchPattern": ["*.LOG"], "searchCaseInsensitive": False}, set()),
        ({"query": [vim.host.DatastoreBrowser.VmDiskQuery()]}, {"web01.vmdk"}),
        ({"query": [vim.host.DatastoreBrowser.FolderQuery()]}, set()),
    ],
)
def test_a_search_is_for_types_and_names(spec: Any, expected: set[str], shared: Lab, browser: Any) -> None:
    assert {each.path for each in searched(shared, browser, "[shared-1] web01", **spec)} == expected


def test_details_are_told_if_they_are_asked_for(shared: Lab, browser: Any) -> None:
    told = shared.run(browser.SearchDatastore_Task("[shared-1] web01", Spec())).file
    assert {(type(each), each.fileSize) for each in told} == {(vim.host.DatastoreBrowser.FileInfo, None)}
    told = shared.run(browser.SearchDatastore_Task("[shared-1] web01")).file
    assert None not in {each.fileSize for each in told}


def test_folders_are_searched_with_all_below(shared: Lab, browser: Any) -> None:
    every = shared.run(browser.SearchDatastoreSubFolders_Task("[shared-1]"))
    assert [each.folderPath for each in every][:2] == ["[shared-1] ", "[shared-1] web01"]
    (one,) = shared.run(browser.SearchDatastoreSubFolders_Task("[shared-1] db01"))
    assert "db01.vmx" in [each.path for each in one.file]


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("shared-1/web01", vim.fault.InvalidDatastorePath),
        ("[other] web01", vim.fault.InvalidDatastore),
        ("[shared-1] nothing", vim.fault.FileNotFound),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(path: str, fault: Any, shared: Lab, browser: Any) -> None:
    for search in (browser.SearchDatastore_Task, browser.SearchDatastoreSubFolders_Task):
        with pytest.raises(fault):
            shared.run(search(path))


def test_who_may_not_browse_is_told_on_the_call() -> None:
    with open_lab("restricted-user") as opened:
        (store,) = opened.all(vim.Datastore)
        reader = opened.login("readonly@vsphere.local", "vmware")
        browser = vim.host.DatastoreBrowser(store.browser._moId, reader._stub)
        for search in (browser.SearchDatastore_Task, browser.SearchDatastoreSubFolders_Task):
            with pytest.raises(vim.fault.NoPermission) as fault:
                search(f"[{store.name}]")
            assert fault.value.privilegeId == "Datastore.Browse"
        Disconnect(reader)

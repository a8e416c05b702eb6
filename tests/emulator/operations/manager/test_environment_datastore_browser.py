from __future__ import annotations

from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab


def test_a_machine_browses_the_datastores_of_its_cluster(lab: Lab) -> None:
    cluster = lab.all(vim.ClusterComputeResource)[0]
    browser = cluster.environmentBrowser.datastoreBrowser
    assert list(browser.datastore) == list(cluster.datastore)
    assert {vm.environmentBrowser.datastoreBrowser for vm in lab.all(vim.VirtualMachine)} == {browser}
    found = lab.run(browser.SearchDatastore_Task("[shared-1] web01"))
    assert "web01.vmx" in [file.path for file in found.file]


def test_the_browser_follows_the_datastores_and_leaves_with_the_cluster() -> None:
    with open_lab("two-datastores") as lab:
        cluster = lab.all(vim.ClusterComputeResource)[0]
        browser = cluster.environmentBrowser.datastoreBrowser
        empty = next(store for store in lab.all(vim.Datastore) if not store.vm)
        lab.run(empty.Destroy_Task())
        assert empty not in browser.datastore
        assert list(browser.datastore) == list(cluster.datastore)
        folder = cluster.parent
        added = folder.CreateClusterEx("second", vim.cluster.ConfigSpecEx())
        own = added.environmentBrowser.datastoreBrowser
        assert own._moId in {entry.ref.value for entry in lab.emulator.vcenter.inventory}
        lab.run(added.Destroy_Task())
        assert own._moId not in {entry.ref.value for entry in lab.emulator.vcenter.inventory}

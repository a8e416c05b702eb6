from __future__ import annotations

from collections.abc import Callable

from tests.emulator.scenario.site import Site


def test_snapshots_form_a_chain(written: Callable[..., str]) -> None:
    text = "title: x\nextends: default\nvms:\n  web01: {snapshots: [one, two]}\n"
    site = Site.of(written(text))
    vm = site.vm("web01")
    (first,) = vm.get("snapshot.rootSnapshotList")
    (second,) = first.childSnapshotList
    assert (first.name, first.id, second.name, second.id) == ("one", 1, "two", 2)
    assert vm.get("snapshot.currentSnapshot") == second.snapshot
    assert vm.get("rootSnapshot") == (first.snapshot,)
    assert site.inventory[first.snapshot].get("childSnapshot") == (second.snapshot,)


def test_disks_continue_in_delta_files() -> None:
    vm = Site.of("snapshots").vm("web01")
    backing = vm.get("config.hardware.device[2000]").backing
    assert backing.fileName == "[shared-1] web01/web01-000001.vmdk"
    assert backing.parent.fileName == "[shared-1] web01/web01.vmdk"
    (layout,) = vm.get("layoutEx.snapshot")
    assert layout.key == vm.get("snapshot.currentSnapshot")
    assert vm.get("layout.disk")[0].diskFile == ("[shared-1] web01/web01.vmdk", backing.fileName)


def test_a_snapshot_has_the_configuration_at_its_creation() -> None:
    site = Site.of("snapshots")
    snapshot = site.inventory[site.vm("web01").get("snapshot.currentSnapshot")]
    devices = snapshot.get("config.hardware.device")
    (disk,) = [device for device in devices if device.is_a("VirtualDisk")]
    assert disk.backing.parent is None


def test_independent_disks_have_no_delta_files(written: Callable[..., str]) -> None:
    disk = "{mode: independent_persistent}"
    text = f"title: x\nextends: default\nvms:\n  web01: {{snapshots: [one], disks: [{disk}]}}\n"
    vm = Site.of(written(text)).vm("web01")
    assert vm.get("config.hardware.device[2000]").backing.parent is None

"""All views of a host's storage name the same adapters, disks and paths."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab


@pytest.fixture(params=["default", "two-datastores", "unusual-hardware"])
def storage(request: pytest.FixtureRequest) -> Any:
    with open_lab(request.param) as opened:
        yield opened.all(vim.HostSystem)[0].config.storageDevice


def test_each_disk_is_reached_through_one_adapter(storage: Any) -> None:
    disks = {disk.key for disk in storage.scsiLun}
    adapters = [adapter.key for adapter in storage.hostBusAdapter]
    assert disks
    assert [interface.adapter for interface in storage.scsiTopology.adapter] == adapters
    units = [
        unit.scsiLun
        for interface in storage.scsiTopology.adapter
        for target in interface.target
        for unit in target.lun
    ]
    assert sorted(units) == sorted(disks)


def test_each_disk_has_a_working_path(storage: Any) -> None:
    units = storage.multipathInfo.lun
    assert {unit.lun for unit in units} == {disk.key for disk in storage.scsiLun}
    adapters = {adapter.key for adapter in storage.hostBusAdapter}
    for unit in units:
        assert [(path.lun, path.isWorkingPath) for path in unit.path] == [(unit.key, True)]
        assert unit.path[0].adapter in adapters
        assert unit.policy.prefer == unit.path[0].name


def test_the_plugins_topology_is_closed(storage: Any) -> None:
    topology = storage.plugStoreTopology
    keys = {
        kind: {entry.key for entry in getattr(topology, kind)}
        for kind in ("adapter", "path", "target", "device")
    }
    for path in topology.path:
        assert {path.adapter, path.target, path.device} <= set.union(*keys.values())
    assert {path for adapter in topology.adapter for path in adapter.path} == keys["path"]
    assert {path for device in topology.device for path in device.path} == keys["path"]
    assert {device.lun for device in topology.device} == {disk.key for disk in storage.scsiLun}
    (plugin,) = topology.plugin
    assert (set(plugin.device), set(plugin.claimedPath)) == (keys["device"], keys["path"])


def test_disks_are_those_of_the_datastores(lab: Lab) -> None:
    host = lab.all(vim.HostSystem)[0]
    (store,) = host.datastore
    (disk,) = host.config.storageDevice.scsiLun
    assert disk.canonicalName == store.info.vmfs.extent[0].diskName
    assert bytes(disk.durableName.data).decode() == disk.serialNumber
    names = [path.name for path in host.config.multipathState.path]
    assert names == [unit.path[0].name for unit in host.config.storageDevice.multipathInfo.lun]
    system = host.configManager.storageSystem
    assert str(system.storageDeviceInfo) == str(host.config.storageDevice)
    assert [path.name for path in system.multipathStateInfo.path] == names

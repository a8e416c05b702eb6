"""A real client can read all properties of all objects of a scenario."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import VmomiSupport, vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from vim25_emulator.vmodl.version import NEWEST


@pytest.mark.parametrize("scenario", ["default", "standalone-host", "snapshots"])
def test_every_property_of_every_object_can_be_read(scenario: str) -> None:
    with open_lab(scenario, api_version=NEWEST.id) as lab:
        count = sum(_read_all(managed) for managed in _objects(lab))
    assert count > 500


def _objects(lab: Lab) -> list[Any]:
    """The entities, the managers of the service, those of the hosts, and the snapshots."""
    entities = lab.all(vim.ManagedEntity)
    contents = [lab.content, *(host.configManager for host in entities if isinstance(host, vim.HostSystem))]
    managers = [value for content in contents for value in _values(content) if _is_managed(value)]
    vms = [entity for entity in entities if isinstance(entity, vim.VirtualMachine)]
    snapshots = [snapshot for vm in vms for snapshot in vm.rootSnapshot]
    return [*entities, *managers, *snapshots]


def _values(owner: Any) -> list[Any]:
    return [getattr(owner, prop.name) for prop in owner._GetPropertyList()]


def _is_managed(value: Any) -> bool:
    return isinstance(value, VmomiSupport.ManagedObject)


def _read_all(managed: Any) -> int:
    """Read all properties; pyVmomi raises for unknown types and values that it cannot parse."""
    return len(_values(managed))


def test_properties_that_clients_read_first_are_set() -> None:
    with open_lab() as lab:
        vm = lab.vm("web01")
        host = vm.runtime.host
        assert (vm.summary.config.name, vm.config.hardware.numCPU) == ("web01", 1)
        assert host.hardware.cpuInfo.numCpuCores == host.summary.hardware.numCpuCores == 32
        assert [pnic.device for pnic in host.config.network.pnic] == ["vmnic0", "vmnic1"]
        assert host.parent.configurationEx.dasConfig.enabled is True
        assert [store.summary.type for store in vm.datastore] == ["VMFS"]

"""A real client can read everything that is built: each property of each object, whole."""

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
        read = sum(_read_all(held) for held in _objects(lab))
    assert read > 500


def _objects(lab: Lab) -> list[Any]:
    """The entities, the managers of the service, those of the hosts, and the snapshots."""
    entities = lab.all(vim.ManagedEntity)
    holders = [lab.content, *(host.configManager for host in entities if isinstance(host, vim.HostSystem))]
    managers = [value for holder in holders for value in _values(holder) if _is_managed(value)]
    snapshots = [each for vm in entities if isinstance(vm, vim.VirtualMachine) for each in vm.rootSnapshot]
    return [*entities, *managers, *snapshots]


def _values(holder: Any) -> list[Any]:
    return [getattr(holder, prop.name) for prop in holder._GetPropertyList()]


def _is_managed(value: Any) -> bool:
    return isinstance(value, VmomiSupport.ManagedObject)


def _read_all(held: Any) -> int:
    """Read every property; pyVmomi raises for what it does not know or cannot parse."""
    return len(_values(held))


def test_what_clients_read_first_is_there() -> None:
    with open_lab() as lab:
        vm = lab.vm("web01")
        host = vm.runtime.host
        assert (vm.summary.config.name, vm.config.hardware.numCPU) == ("web01", 1)
        assert host.hardware.cpuInfo.numCpuCores == host.summary.hardware.numCpuCores == 32
        assert [pnic.device for pnic in host.config.network.pnic] == ["vmnic0", "vmnic1"]
        assert host.parent.configurationEx.dasConfig.enabled is True
        assert [store.summary.type for store in vm.datastore] == ["VMFS"]

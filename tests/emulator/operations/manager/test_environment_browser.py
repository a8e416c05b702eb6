from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from vim25_emulator.operations.manager.environment_browser import hardware_versions
from vim25_emulator.vmodl.version import version


@pytest.fixture(params=["of a cluster", "of a VM"])
def browser(request: pytest.FixtureRequest, lab: Lab) -> Any:
    owner = lab.all(vim.ClusterComputeResource)[0] if request.param == "of a cluster" else lab.vm("web01")
    return owner.environmentBrowser


@pytest.mark.parametrize(
    ("release", "newest"),
    [("4.0", 7), ("5.5", 10), ("6.7", 14), ("7.0.3.0", 19), ("8.0.0.0", 20), ("9.1.0.0", 22)],
)
def test_hardware_versions_are_those_of_the_release(release: str, newest: int) -> None:
    known = hardware_versions(version(release))
    assert known[0] == 4
    assert known[-1] == newest
    assert not {5, 6, 12} & set(known)


def test_the_newest_hardware_version_is_the_default(browser: Any, lab: Lab) -> None:
    offered = browser.QueryConfigOptionDescriptor()
    assert [each.key for each in offered if each.defaultConfigOption] == ["vmx-21"]
    assert offered[-1].key == "vmx-21"
    assert set(offered[-1].host) == set(lab.all(vim.HostSystem))


def test_the_target_is_made_of_what_the_hosts_have(browser: Any, lab: Lab) -> None:
    hosts = lab.all(vim.HostSystem)
    target = browser.QueryConfigTarget()
    assert target.numCpus == sum(host.hardware.cpuInfo.numCpuThreads for host in hosts)
    assert [each.datastore.name for each in target.datastore] == ["shared-1"]
    assert [each.network.name for each in target.network] == ["VM Network"]
    one = browser.QueryConfigTarget(hosts[0])
    assert one.numCpuCores == hosts[0].hardware.cpuInfo.numCpuCores


def test_datastores_of_every_kind_are_offered() -> None:
    with open_lab("unusual-hardware") as opened:
        hosts = [host for host in opened.all(vim.HostSystem) if host.datastore]
        for host in hosts:
            offered = host.parent.environmentBrowser.QueryConfigTarget(host).datastore
            assert {each.datastore.datastore for each in offered} == set(host.datastore)
        assert {store.summary.type for host in hosts for store in host.datastore} > {"VMFS"}


def test_capabilities_are_those_of_the_host(browser: Any, lab: Lab) -> None:
    host = lab.all(vim.HostSystem)[1]
    told = browser.QueryTargetCapabilities(host)
    assert (told.smpFtSupported, told.maxVcpusPerFtVm) == (True, host.capability.maxVcpusPerFtVm)


def test_what_a_hardware_version_could_be_given_is_unset(browser: Any) -> None:
    assert browser.QueryConfigOption() is None
    assert browser.QueryConfigOptionEx() is None


def test_a_vm_whose_host_is_alone_is_offered_that_host() -> None:
    with open_lab("standalone-host") as opened:
        vm = opened.vm("lone01")
        assert vm.environmentBrowser.QueryConfigOptionDescriptor()[0].host == [vm.runtime.host]

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from vim25_emulator.model.hardware_version import hardware_versions
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
    assert not {5, 6, 12, 16} & set(known)


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


def test_the_newest_hardware_version_is_described_by_default(browser: Any) -> None:
    for option in (browser.QueryConfigOption(), browser.QueryConfigOptionEx()):
        assert (option.version, option.hardwareOptions.hwVersion) == ("vmx-21", 21)
        assert option.hardwareOptions.numCPU == list(range(1, 769))
        assert option.hardwareOptions.memoryMB.max == 24_560 * 1024
        assert 0 <= option.guestOSDefaultIndex < len(option.guestOSDescriptor)


@pytest.mark.parametrize(
    ("key", "processors", "memory_gb"), [("vmx-07", 8, 255), ("vmx-10", 64, 1011), ("vmx-15", 256, 6128)]
)
def test_a_hardware_version_has_its_limits(browser: Any, key: str, processors: int, memory_gb: int) -> None:
    option = browser.QueryConfigOption(key)
    assert option.version == key
    assert max(option.hardwareOptions.numCPU) == processors
    assert option.hardwareOptions.memoryMB.max == memory_gb * 1024
    offered = {each.type for each in option.hardwareOptions.virtualDeviceOption}
    assert (vim.vm.device.VirtualNVMEController in offered) is (key == "vmx-15")


def test_every_guest_can_be_created(browser: Any, lab: Lab) -> None:
    option = browser.QueryConfigOption()
    by_id = {each.id: each for each in option.guestOSDescriptor}
    assert by_id.keys() == set(vim.vm.GuestOsDescriptor.GuestOsIdentifier.values)
    for descriptor in by_id.values():
        assert descriptor.recommendedDiskController in descriptor.supportedDiskControllerList
        assert descriptor.recommendedEthernetCard in descriptor.supportedEthernetCard
        assert descriptor.recommendedFirmware in descriptor.supportedFirmware
        assert descriptor.supportedMinMemMB <= descriptor.recommendedMemMB <= descriptor.supportedMaxMemMB
    assert by_id["ubuntu64Guest"].recommendedDiskController is vim.vm.device.ParaVirtualSCSIController
    assert lab.vm("web01").config.guestFullName == by_id[lab.vm("web01").config.guestId].fullName


@pytest.mark.parametrize(
    ("guest_id", "name", "family"),
    [
        ("rhel9_64Guest", "Red Hat Enterprise Linux 9 (64-bit)", "linuxGuest"),
        ("windows2019srvNext_64Guest", "Microsoft Windows Server 2022 (64-bit)", "windowsGuest"),
        ("otherGuest", "Other (32-bit)", "otherGuestFamily"),
        ("otherGuest64", "Other (64-bit)", "otherGuestFamily"),
        ("other5xLinux64Guest", "Other 5.x or later Linux (64-bit)", "linuxGuest"),
        ("debian12_64Guest", "Debian GNU/Linux 12 (64-bit)", "linuxGuest"),
        ("vmkernel7Guest", "VMware ESXi 7.x", "otherGuestFamily"),
        ("solaris11_64Guest", "Oracle Solaris 11 (64-bit)", "solarisGuest"),
    ],
)
def test_one_guest_is_described(browser: Any, guest_id: str, name: str, family: str) -> None:
    spec = vim.EnvironmentBrowser.ConfigOptionQuerySpec(guestId=[guest_id])
    (descriptor,) = browser.QueryConfigOptionEx(spec).guestOSDescriptor
    assert (descriptor.id, descriptor.fullName, descriptor.family) == (guest_id, name, family)


def test_default_devices_are_those_of_a_new_machine(browser: Any, lab: Lab) -> None:
    devices = {(device.key, type(device)) for device in browser.QueryConfigOption().defaultDevice}
    own = {(device.key, type(device)) for device in lab.vm("web01").config.hardware.device}
    assert {key for key, _ in devices} == {100, 200, 201, 300, 400, 500, 600, 700, 12000}
    assert devices < own


def test_an_unknown_hardware_version_or_guest_is_refused(browser: Any, lab: Lab) -> None:
    spec = vim.EnvironmentBrowser.ConfigOptionQuerySpec
    for call in (
        lambda: browser.QueryConfigOption("vmx-99"),
        lambda: browser.QueryConfigOptionEx(spec(key="vmx-99")),
    ):
        with pytest.raises(vmodl.fault.InvalidArgument) as fault:
            call()
        assert fault.value.invalidProperty == "key"
    assert browser.QueryConfigOptionEx(spec(guestId=["none"])).guestOSDescriptor == []


def test_a_vm_whose_host_is_alone_is_offered_that_host() -> None:
    with open_lab("standalone-host") as opened:
        vm = opened.vm("lone01")
        assert vm.environmentBrowser.QueryConfigOptionDescriptor()[0].host == [vm.runtime.host]

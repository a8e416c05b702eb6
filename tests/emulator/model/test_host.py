from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.emulator.scenario.site import Site
from vim25_emulator.model.high_availability import switch_agents
from vim25_emulator.model.host import set_ha_agent


def issues(site: Site, number: int) -> tuple[str, ...]:
    return tuple(site.host(number).get("capability.smpFtCompatibilityIssues"))


def test_a_healthy_host_supports_fault_tolerance(default: Site) -> None:
    host = default.host(1)
    assert issues(default, 1) == ()
    assert host.get("capability.smpFtSupported") is True
    assert host.get("capability.ftSupported") is False
    assert host.get("capability.ftCompatibilityIssues") == ("incompatibleProduct",)
    assert host.get("capability.maxVcpusPerFtVm") == 8


def test_a_host_of_an_old_release_supports_legacy_fault_tolerance() -> None:
    host = Site.of("default", "5.5").host(1)
    assert host.get("capability.ftSupported") is True
    assert host.get("capability.replayUnsupportedReason") is None


@pytest.mark.parametrize(
    ("setting", "issue"),
    [
        ("vmotion_nic: false", "missingVMotionNic"),
        ("fault_tolerance_nic: false", "missingFTLoggingNic"),
        ("edition: essentialsPlus", "ftNotLicensed"),
        ("hardware_virtualization: false", "cpuHvDisabled"),
        ("ha_agent: failed", "haAgentIssue"),
    ],
)
def test_a_missing_prerequisite_is_an_issue(written: Callable[..., str], setting: str, issue: str) -> None:
    site = Site.of(written(f"title: x\nextends: default\nhosts:\n  esx2.lab.example: {{{setting}}}\n"))
    assert issues(site, 2) == (issue,)
    assert site.host(2).get("capability.smpFtSupported") is False
    assert issues(site, 1) == ()


def test_nics_are_selected_for_their_services(default: Site) -> None:
    configs = default.host(1).get("config.virtualNicManagerInfo.netConfig")
    selected = {config.nicType: config.selectedVnic for config in configs if config.selectedVnic}
    assert selected == {
        "management": ("management.key-vim.host.VirtualNic-vmk0",),
        "vmotion": ("vmotion.key-vim.host.VirtualNic-vmk1",),
        "faultToleranceLogging": ("faultToleranceLogging.key-vim.host.VirtualNic-vmk2",),
    }


def test_keys_in_a_hosts_network_are_consistent(default: Site) -> None:
    network = default.host(1).get("config.network")
    (switch,) = network.vswitch
    assert set(switch.pnic) == {nic.key for nic in network.pnic}
    assert set(switch.portgroup) == {group.key for group in network.portgroup}
    assert {nic.portgroup for nic in network.vnic} <= {group.spec.name for group in network.portgroup}


def test_hosts_have_unique_addresses(default: Site) -> None:
    nics = [nic.spec for number in (1, 2) for nic in default.host(number).get("config.network.vnic")]
    assert len({nic.ip.ipAddress for nic in nics}) == len({nic.mac for nic in nics}) == 6


def test_one_ha_agent_is_master(default: Site) -> None:
    states = [default.host(number).get("runtime.dasHostState.state") for number in (1, 2)]
    assert states == ["master", "connectedToMaster"]


def test_without_ha_no_agent_runs() -> None:
    site = Site.of("no-ha")
    assert site.host(1).get("runtime.dasHostState") is None
    assert issues(site, 1) == ("haAgentIssue",)


def test_a_started_agent_resolves_the_issue() -> None:
    site = Site.of("no-ha")
    set_ha_agent(site.host(1), "master")
    assert issues(site, 1) == ()
    assert site.host(1).get("capability.smpFtSupported") is True
    assert site.host(1).get("summary.runtime.dasHostState.state") == "master"


def test_a_host_in_maintenance_does_not_add_to_the_clusters_capacity() -> None:
    summary = Site.of("host-in-maintenance").cluster.get("summary")
    assert (summary.numHosts, summary.numEffectiveHosts) == (2, 1)
    assert summary.effectiveCpu * 2 == summary.totalCpu
    assert summary.currentFailoverLevel == 0


def test_managers_of_a_host_repeat_its_configuration(default: Site) -> None:
    host = default.host(2)
    system = default.inventory[host.get("configManager.networkSystem")]
    assert system.get("networkInfo") == host.get("config.network")
    assert system.ref.value.partition("-")[2] == host.ref.value.partition("-")[2]


def test_agents_start_and_stop_with_ha() -> None:
    site = Site.of("no-ha")
    hosts = [site.host(1), site.host(2)]
    switch_agents(hosts, enabled=True)
    assert [host.get("runtime.dasHostState.state") for host in hosts] == ["master", "connectedToMaster"]
    assert issues(site, 2) == ()
    switch_agents(hosts, enabled=False)
    assert issues(site, 2) == ("haAgentIssue",)


def test_a_disconnected_host_has_no_healthy_agent(written: Callable[..., str]) -> None:
    hosts = "esx1.lab.example: {connection: notResponding}, esx2.lab.example: {connection: disconnected}"
    text = f"title: x\nextends: default\nhosts: {{{hosts}, esx3.lab.example: {{cluster: ft-cluster}}}}\n"
    site = Site.of(written(text))
    states = [site.host(number).get("runtime.dasHostState.state") for number in (1, 2, 3)]
    assert states == ["hostDown", "fdmUnreachable", "master"]

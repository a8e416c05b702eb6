from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.consistency import contradictions
from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab


@pytest.fixture
def switched() -> Iterator[Lab]:
    """A distributed switch on both hosts; db01 uses the only port of its port group."""
    with open_lab("distributed-switch") as opened:
        yield opened
        assert contradictions(opened.emulator.vcenter.inventory) == []


def switch_of(lab: Lab) -> Any:
    return lab.named(vim.DistributedVirtualSwitch, "dvs-lab")


def group_of(lab: Lab, name: str) -> Any:
    return lab.named(vim.dvs.DistributedVirtualPortgroup, name)


def ports(lab: Lab, **criteria: Any) -> list[Any]:
    return list(switch_of(lab).FetchDVPorts(vim.dvs.PortCriteria(**criteria)))


def test_a_switch_has_the_port_groups_and_hosts_of_the_scenario(switched: Lab) -> None:
    switch, hosts = switch_of(switched), switched.all(vim.HostSystem)
    names = [group.name for group in switch.portgroup]
    assert names == list(switch.summary.portgroupName) == [f"dvs-lab-DVUplinks-{number(switch)}", "app", "db"]
    assert [member.config.host for member in switch.config.host] == list(switch.summary.hostMember) == hosts
    assert [group.name for group in switch.config.uplinkPortgroup] == names[:1]
    assert [tag.key for tag in switch.portgroup[0].tag] == ["SYSTEM/DVS.UPLINKPG"]
    assert switch.config.numPorts == switch.summary.numPorts == 4 + 8 + 1
    assert {group.config.distributedVirtualSwitch for group in switch.portgroup} == {switch}
    assert {group.key for group in switch.portgroup} == {group._moId for group in switch.portgroup}
    for host in hosts:
        (proxy,) = host.config.network.proxySwitch
        assert (proxy.dvsName, proxy.dvsUuid) == ("dvs-lab", switch.uuid)
        assert {"app", "db"} <= {network.name for network in host.network}
        assert {"app", "db"}.isdisjoint(group.spec.name for group in host.config.network.portgroup)


def number(managed: Any) -> str:
    return str(managed._moId).rpartition("-")[2]


def test_a_port_shows_the_card_that_is_connected_to_it(switched: Lab) -> None:
    web01 = switched.vm("web01")
    card = next(d for d in web01.config.hardware.device if isinstance(d, vim.vm.device.VirtualEthernetCard))
    assert card.deviceInfo.summary == f"DVSwitch: {switch_of(switched).uuid}"
    (port,) = ports(switched, portKey=[card.backing.port.portKey])
    assert (port.connectee.connectedEntity, port.connectee.nicKey) == (web01, str(card.key))
    assert (port.proxyHost, port.portgroupKey) == (web01.runtime.host, group_of(switched, "app").key)
    assert (port.state.runtimeInfo.linkUp, port.state.runtimeInfo.macAddress) == (True, card.macAddress)
    assert port.config.setting.vlan.vlanId == 10
    assert port.connectionCookie == card.backing.port.connectionCookie


@pytest.mark.parametrize(
    ("criteria", "count"),
    [
        ({}, 13),
        ({"connected": True}, 3),
        ({"connected": False}, 10),
        ({"active": True}, 2),
        ({"uplinkPort": True}, 4),
        ({"uplinkPort": False, "connected": False}, 6),
        ({"nsxPort": True}, 0),
        ({"portKey": ["4", "99"]}, 1),
    ],
)
def test_ports_are_selected_by_all_criteria(switched: Lab, criteria: dict[str, Any], count: int) -> None:
    found = ports(switched, **criteria)
    assert len(found) == count
    keys = switch_of(switched).FetchDVPortKeys(vim.dvs.PortCriteria(**criteria))
    assert list(keys) == [port.key for port in found]


def test_ports_are_selected_by_port_group_and_host(switched: Lab) -> None:
    app = group_of(switched, "app")
    assert [port.key for port in ports(switched, portgroupKey=[app.key], inside=True)] == list(app.portKeys)
    assert len(ports(switched, portgroupKey=[app.key], inside=False)) == 5
    host = switched.vm("web01").runtime.host
    on_host = {port.connectee.connectedEntity for port in ports(switched, host=[host])}
    assert on_host == {switched.vm("web01"), switched.vm("db01")}
    assert ports(switched, scope=switched.all(vim.Datacenter)[0]) == []


def test_switches_and_port_groups_are_found_by_their_keys(switched: Lab) -> None:
    manager, switch, app = switched.content.dvSwitchManager, switch_of(switched), group_of(switched, "app")
    assert manager.QueryDvsByUuid(switch.uuid) == switch
    assert (
        manager.DVSManagerLookupDvPortGroup(switch.uuid, app.key) == switch.LookupDvPortGroup(app.key) == app
    )
    for look_up in (
        lambda: manager.QueryDvsByUuid("00 11"),
        lambda: manager.DVSManagerLookupDvPortGroup(switch.uuid, "dvportgroup-0"),
        lambda: switch.LookupDvPortGroup("dvportgroup-0"),
    ):
        with pytest.raises(vim.fault.NotFound):
            look_up()


def test_a_hosts_choice_of_networks_has_its_distributed_port_groups(switched: Lab) -> None:
    target = switched.all(vim.ClusterComputeResource)[0].environmentBrowser.QueryConfigTarget()
    assert [network.name for network in target.network] == ["VM Network"]
    assert [(g.portgroupName, g.switchName) for g in target.distributedVirtualPortgroup] == [
        ("app", "dvs-lab"),
        ("db", "dvs-lab"),
    ]
    assert [s.distributedVirtualSwitch for s in target.distributedVirtualSwitch] == [switch_of(switched)]


def test_a_port_group_is_renamed_and_destroyed_when_unused(switched: Lab) -> None:
    switch, db = switch_of(switched), group_of(switched, "db")
    switched.run(db.Rename_Task("database"))
    assert (db.config.name, db.summary.name) == ("database", "database")
    with pytest.raises(vim.fault.ResourceInUse):
        switched.run(db.Destroy_Task())
    with pytest.raises(vim.fault.ResourceInUse):
        switched.run(switch.Destroy_Task())
    with pytest.raises(vim.fault.ResourceInUse):
        switched.run(switch.config.uplinkPortgroup[0].Destroy_Task())
    switched.run(switched.vm("db01").Destroy_Task())
    switched.run(db.Destroy_Task())
    assert [group.name for group in switch.portgroup][1:] == ["app"]
    assert switch.summary.numPorts == 12
    assert "database" not in [network.name for network in switched.all(vim.HostSystem)[0].network]


def test_a_switch_is_destroyed_with_its_port_groups(switched: Lab) -> None:
    for name in ("web01", "app01"):
        if switched.vm(name).runtime.powerState == "poweredOn":
            switched.run(switched.vm(name).PowerOffVM_Task())
        switched.run(switched.vm(name).Destroy_Task())
    switched.run(switched.vm("db01").Destroy_Task())
    switched.run(switch_of(switched).Destroy_Task())
    assert switched.all(vim.dvs.DistributedVirtualPortgroup) == []
    assert [list(host.config.network.proxySwitch) for host in switched.all(vim.HostSystem)] == [[], []]


def test_a_removed_host_leaves_the_switch(switched: Lab) -> None:
    host = switched.named(vim.HostSystem, "esx2.lab.example")
    switched.run(host.EnterMaintenanceMode_Task(timeout=0))
    switched.run(host.Destroy_Task())
    switch = switch_of(switched)
    assert switch.summary.numHosts == len(switch.summary.hostMember) == len(switch.config.host) == 1
    assert len(switch.runtime.hostMemberRuntime) == len(switch.portgroup[0].host) == 1


def test_a_standard_port_group_may_have_the_name_of_a_distributed_one(switched: Lab) -> None:
    host = switched.all(vim.HostSystem)[0]
    spec = vim.host.PortGroup.Specification(
        name="app", vlanId=0, vswitchName="vSwitch0", policy=vim.host.NetworkPolicy()
    )
    try:
        host.configManager.networkSystem.AddPortGroup(spec)
    except vmodl.MethodFault as fault:
        pytest.fail(f"refused: {fault}")
    kinds = {type(network).__name__ for network in host.network if network.name == "app"}
    assert kinds == {"vim.Network", "vim.dvs.DistributedVirtualPortgroup"}

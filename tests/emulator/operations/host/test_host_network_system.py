from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab


def assert_config_follows(system: Any) -> None:
    """Assert that the network as settings is the network as it is."""
    info, config = system.networkInfo, system.networkConfig
    for shown, of in ((config.vnic, info.vnic), (config.pnic, info.pnic)):
        assert [(nic.device, str(nic.spec)) for nic in shown] == [(nic.device, str(nic.spec)) for nic in of]
    assert [str(group.spec) for group in config.portgroup] == [str(group.spec) for group in info.portgroup]
    assert [switch.name for switch in config.vswitch] == [switch.name for switch in info.vswitch]
    routes = [operation.route for operation in config.routeTableConfig.ipRoute]
    assert str(routes) == str(list(info.routeTableInfo.ipRoute))


def test_settings_follow_the_network(lab: Lab) -> None:
    for host in lab.all(vim.HostSystem):
        assert_config_follows(host.configManager.networkSystem)
        routes = host.config.network.routeTableInfo.ipRoute
        assert [route.deviceName for route in routes] == ["vmk0", "vmk0", "vmk1", "vmk2"]
        assert (routes[0].prefixLength, routes[0].gateway) == (0, "10.0.255.254")


def test_adapters_hear_of_no_switch(lab: Lab) -> None:
    host = lab.all(vim.HostSystem)[0]
    present = [nic.device for nic in host.config.network.pnic]
    hints = host.configManager.networkSystem.QueryNetworkHint()
    assert [hint.device for hint in hints] == present
    assert {hint.connectedSwitchPort for hint in hints} == {None}
    (hint,) = host.configManager.networkSystem.QueryNetworkHint([present[1]])
    assert hint.device == present[1]


def test_an_adapter_that_is_not_there_is_not_found(lab: Lab) -> None:
    host = lab.all(vim.HostSystem)[0]
    with pytest.raises(vim.fault.NotFound):
        host.configManager.networkSystem.QueryNetworkHint(["vmnic9"])


def test_a_nic_is_added_on_a_port_group_of_its_own_and_removed(sound_lab: Lab) -> None:
    host = sound_lab.named(vim.HostSystem, "esx2.lab.example")
    system, manager = host.configManager.networkSystem, host.configManager.virtualNicManager
    group = vim.host.PortGroup.Specification(
        name="Second", vlanId=7, vswitchName="vSwitch0", policy=vim.host.NetworkPolicy()
    )
    system.AddPortGroup(group)
    address = vim.host.IpConfig(dhcp=False, ipAddress="10.9.0.1", subnetMask="255.255.0.0")
    device = system.AddVirtualNic("Second", vim.host.VirtualNic.Specification(ip=address))
    assert device == "vmk3"
    assert [nic.device for nic in host.config.network.vnic] == ["vmk0", "vmk1", "vmk2", "vmk3"]
    assert "10.9.0.0" in [route.network for route in host.config.network.routeTableInfo.ipRoute]
    assert_config_follows(system)
    manager.SelectVnicForNicType("faultToleranceLogging", device)
    manager.DeselectVnicForNicType("faultToleranceLogging", "vmk2")
    sound_lab.run(sound_lab.vm("db01").CreateSecondaryVM_Task(host=host))
    with pytest.raises(vim.fault.AlreadyExists):
        system.AddVirtualNic("Second", vim.host.VirtualNic.Specification(ip=address))
    with pytest.raises(vim.fault.ResourceInUse):
        system.RemovePortGroup("Second")
    system.UpdateVirtualNic(device, vim.host.VirtualNic.Specification(mtu=9000))
    assert host.config.network.vnic[-1].spec.mtu == 9000
    assert_config_follows(system)
    system.RemoveVirtualNic(device)
    assert host.summary.config.faultToleranceEnabled is False
    system.RemovePortGroup("Second")
    assert "Second" not in [network.name for network in host.network]


def test_what_is_not_there_is_not_changed(sound_lab: Lab) -> None:
    host = sound_lab.named(vim.HostSystem, "esx2.lab.example")
    system = host.configManager.networkSystem
    address = vim.host.IpConfig(dhcp=True)
    with pytest.raises(vmodl.fault.InvalidArgument):
        system.AddVirtualNic("none", vim.host.VirtualNic.Specification(ip=address))
    with pytest.raises(vim.fault.NotFound):
        system.RemoveVirtualNic("vmk9")
    with pytest.raises(vim.fault.NotFound):
        system.RemovePortGroup("none")
    with pytest.raises(vim.fault.ResourceInUse):
        system.RemovePortGroup("VM Network")

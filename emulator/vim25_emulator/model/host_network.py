"""The network of a host: two physical NICs on one virtual switch, port groups, VMkernel NICs.

vmk0 carries management traffic. vmk1 (vMotion) and vmk2 (Fault Tolerance logging) are optional.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from vim25_emulator.model.entity import mac_of
from vim25_emulator.model.host_network_config import with_routes
from vim25_emulator.model.host_network_policy import inherited_policy, switch_policy
from vim25_emulator.model.physical_nic import PNICS, physical_nic
from vim25_emulator.vmodl.value import DataObject

_MANAGEMENT_PORT_GROUP: Final = "Management Network"
_SWITCH: Final = "vSwitch0"
_SWITCH_PORTS: Final = 2560

#: Service of VMkernel NICs → whether several NICs can be selected for it (multiSelectAllowed).
_SERVICES: Final = {
    "faultToleranceLogging": True,
    "management": True,
    "vmotion": True,
    "vSphereProvisioning": True,
    "vSphereReplication": True,
    "vSphereReplicationNFC": True,
    "vsan": True,
    "vsanWitness": True,
}


class KernelNic(NamedTuple):
    """A VMkernel NIC and the service for which it is selected."""

    device: str
    port_group: str
    service: str


_KERNEL_NICS: Final = (
    KernelNic("vmk0", _MANAGEMENT_PORT_GROUP, "management"),
    KernelNic("vmk1", "vMotion", "vmotion"),
    KernelNic("vmk2", "Fault Tolerance", "faultToleranceLogging"),
)


class HostNetwork(NamedTuple):
    """The parameters of a host's network.

    `number`: index of the host, from which its IP addresses derive. `port_groups`: those of virtual machines,
    with their VLANs. `switches`: the distributed switches that the host is a member of, with their UUIDs.
    """

    host: str
    number: int
    port_groups: tuple[tuple[str, int], ...]
    vmotion: bool = True
    fault_tolerance: bool = True
    mbps: int = 10_000
    switches: tuple[tuple[str, str], ...] = ()

    @property
    def kernel_nics(self) -> tuple[KernelNic, ...]:
        """The VMkernel NICs of the host."""
        present = {"management": True, "vmotion": self.vmotion, "faultToleranceLogging": self.fault_tolerance}
        return tuple(nic for nic in _KERNEL_NICS if present[nic.service])

    @property
    def nics(self) -> int:
        """The number of physical NICs."""
        return len(PNICS)


def network_info(network: HostNetwork) -> DataObject:
    """Return HostNetworkInfo."""
    port_groups = (*network.port_groups, *((nic.port_group, 0) for nic in network.kernel_nics))
    info = DataObject(
        "HostNetworkInfo",
        vswitch=(_switch(port_groups),),
        proxySwitch=tuple(_proxy_switch(index, *switch) for index, switch in enumerate(network.switches))
        or None,
        portgroup=tuple(_port_group(name, vlan) for name, vlan in port_groups),
        pnic=tuple(physical_nic(network.host, index, network.mbps) for index in range(len(PNICS))),
        vnic=tuple(_virtual_nic(network, nic) for nic in network.kernel_nics),
        dnsConfig=_dns(network.host),
        ipRouteConfig=_route(),
        ipV6Enabled=False,
        atBootIpV6Enabled=False,
        netStackInstance=(
            DataObject(
                "HostNetStackInstance",
                key="defaultTcpipStack",
                name="defaultTcpipStack",
                dnsConfig=_dns(network.host),
                ipRouteConfig=_route(),
                requestedMaxNumberOfConnections=11_000,
                congestionControlAlgorithm="newreno",
                ipV6Enabled=False,
            ),
        ),
        nvdsToVdsMigrationRequired=False,
    )
    return with_routes(info)


def virtual_nic_manager_info(network: HostNetwork) -> DataObject:
    """Return HostVirtualNicManagerInfo: the candidate and the selected NICs of each service."""
    return DataObject(
        "HostVirtualNicManagerInfo",
        netConfig=tuple(_service(network, name, multiple=multiple) for name, multiple in _SERVICES.items()),
    )


def vmotion_info(network: HostNetwork) -> DataObject:
    """Return HostVMotionInfo; without a vMotion NIC, none is selected."""
    nics = tuple(_virtual_nic(network, nic, "VMotionConfig.") for nic in network.kernel_nics)
    selected = next((nic for nic in nics if nic.device == "vmk1"), None)
    return DataObject(
        "HostVMotionInfo",
        netConfig=DataObject(
            "HostVMotionNetConfig", candidateVnic=nics, selectedVnic=selected.key if selected else None
        ),
        ipConfig=selected.spec.ip if selected else no_address(),
    )


@cache
def no_address() -> DataObject:
    """Return the HostIpConfig of a service for which no NIC is selected."""
    return DataObject("HostIpConfig", dhcp=False, ipV6Config=_no_ipv6())


@cache
def _no_ipv6() -> DataObject:
    return DataObject(
        "HostIpConfigIpV6AddressConfiguration", autoConfigurationEnabled=False, dhcpV6Enabled=False
    )


@cache
def _route_spec() -> DataObject:
    return DataObject("HostVirtualNicIpRouteSpec", ipRouteConfig=_route())


@cache
def net_capabilities() -> DataObject:
    """Return HostNetCapabilities."""
    return DataObject(
        "HostNetCapabilities",
        canSetPhysicalNicLinkSpeed=True,
        supportsNicTeaming=True,
        nicTeamingPolicy=("loadbalance_ip", "loadbalance_srcmac", "loadbalance_srcid", "failover_explicit"),
        supportsVlan=True,
        usesServiceConsoleNic=False,
        supportsNetworkHints=True,
        vswitchConfigSupported=True,
        vnicConfigSupported=True,
        ipRouteConfigSupported=True,
        dnsConfigSupported=True,
        dhcpOnVnicSupported=True,
        ipV6Supported=True,
        backupNfcNiocSupported=True,
    )


def _address(service: int, number: int) -> str:
    return f"10.{service}.{number // 250}.{number % 250 + 1}"


def _service(network: HostNetwork, name: str, *, multiple: bool) -> DataObject:
    nics = {kernel_nic: _virtual_nic(network, kernel_nic, f"{name}.") for kernel_nic in network.kernel_nics}
    selected = tuple(nic.key for kernel_nic, nic in nics.items() if kernel_nic.service == name)
    return DataObject(
        "VirtualNicManagerNetConfig",
        nicType=name,
        multiSelectAllowed=multiple,
        candidateVnic=tuple(nics.values()),
        selectedVnic=selected,
    )


def _virtual_nic(network: HostNetwork, nic: KernelNic, key_prefix: str = "") -> DataObject:
    service = _KERNEL_NICS.index(nic)
    return DataObject(
        "HostVirtualNic",
        device=nic.device,
        key=f"{key_prefix}key-vim.host.VirtualNic-{nic.device}",
        portgroup=nic.port_group,
        spec=DataObject(
            "HostVirtualNicSpec",
            ip=DataObject(
                "HostIpConfig",
                dhcp=False,
                ipAddress=_address(service, network.number),
                subnetMask="255.255.0.0",
                ipV6Config=_no_ipv6(),
            ),
            mac=mac_of("vmk", network.host, nic.device),
            portgroup=nic.port_group,
            mtu=1500,
            tsoEnabled=True,
            netStackInstanceKey="defaultTcpipStack",
            ipRouteSpec=_route_spec(),
            systemOwned=False,
        ),
        port=f"key-vim.host.PortGroup.Port-{0x4000000 + service}",
    )


def _switch(port_groups: tuple[tuple[str, int], ...]) -> DataObject:
    return DataObject(
        "HostVirtualSwitch",
        name=_SWITCH,
        key=f"key-vim.host.VirtualSwitch-{_SWITCH}",
        numPorts=_SWITCH_PORTS,
        numPortsAvailable=_SWITCH_PORTS - len(port_groups) - len(PNICS),
        mtu=1500,
        portgroup=tuple(f"key-vim.host.PortGroup-{name}" for name, _ in port_groups),
        pnic=tuple(f"key-vim.host.PhysicalNic-{device}" for device in PNICS),
        spec=DataObject(
            "HostVirtualSwitchSpec",
            numPorts=128,
            bridge=DataObject(
                "HostVirtualSwitchBondBridge",
                nicDevice=PNICS,
                beacon=DataObject("HostVirtualSwitchBeaconConfig", interval=1),
                linkDiscoveryProtocolConfig=DataObject(
                    "LinkDiscoveryProtocolConfig", protocol="cdp", operation="listen"
                ),
            ),
            policy=switch_policy(),
            mtu=1500,
        ),
    )


def _proxy_switch(index: int, name: str, uuid: str) -> DataObject:
    """Return the part of a distributed switch on a host; no physical NIC is assigned to it."""
    return DataObject(
        "HostProxySwitch",
        dvsUuid=uuid,
        dvsName=name,
        key=f"key-vim.host.HostProxySwitch-DvsPortset-{index}",
        numPorts=_SWITCH_PORTS,
        configNumPorts=512,
        numPortsAvailable=_SWITCH_PORTS,
        mtu=1500,
        spec=DataObject(
            "HostProxySwitchSpec", backing=DataObject("DistributedVirtualSwitchHostMemberPnicBacking")
        ),
    )


def _port_group(name: str, vlan: int) -> DataObject:
    return DataObject(
        "HostPortGroup",
        key=f"key-vim.host.PortGroup-{name}",
        vswitch=f"key-vim.host.VirtualSwitch-{_SWITCH}",
        computedPolicy=switch_policy(),
        spec=DataObject(
            "HostPortGroupSpec",
            name=name,
            vlanId=vlan,
            vswitchName=_SWITCH,
            policy=inherited_policy(),
        ),
    )


def _dns(host: str) -> DataObject:
    name, _, domain = host.partition(".")
    return DataObject(
        "HostDnsConfig",
        dhcp=False,
        hostName=name,
        domainName=domain,
        address=("10.0.255.253",),
        searchDomain=(domain,) if domain else (),
    )


@cache
def _route() -> DataObject:
    return DataObject("HostIpRouteConfig", defaultGateway="10.0.255.254")

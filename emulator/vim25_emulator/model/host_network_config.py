"""What follows from the network of a host: its routes, and the properties of its HostNetworkSystem."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Interface
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import DataObject

_ANY: Final = "0.0.0.0"  # noqa: S104  # the default route, and a route without a gateway


def with_routes(info: DataObject) -> DataObject:
    """Return a HostNetworkInfo with the routes that follow from its VMkernel NICs and default gateway."""
    routes = tuple(_routes(info))
    operations = tuple(DataObject("HostIpRouteOp", changeOperation="ignore", route=route) for route in routes)
    stacks = tuple(
        stack.replace(routeTableConfig=DataObject("HostIpRouteTableConfig", ipRoute=operations))
        for stack in info.netStackInstance
    )
    return info.replace(
        routeTableInfo=DataObject("HostIpRouteTableInfo", ipRoute=routes), netStackInstance=stacks
    )


def _routes(info: DataObject) -> Iterator[DataObject]:
    """Yield the default route, through the first NIC, and a route per NIC with an address."""
    gateway = info.ipRouteConfig.defaultGateway if info.ipRouteConfig is not None else None
    if gateway and info.vnic:
        yield _route(_ANY, 0, gateway, info.vnic[0].device)
    for nic in info.vnic:
        try:
            network = IPv4Interface(f"{nic.spec.ip.ipAddress}/{nic.spec.ip.subnetMask}").network
        except ValueError:  # no address yet, as with DHCP
            continue
        yield _route(str(network.network_address), network.prefixlen, _ANY, nic.device)


def _route(network: str, prefix: int, gateway: str, device: str) -> DataObject:
    return DataObject(
        "HostIpRouteEntry", network=network, prefixLength=prefix, gateway=gateway, deviceName=device
    )


def set_network(inventory: Inventory, host: ManagedObject, info: DataObject) -> None:
    """Set the HostNetworkInfo of a host, and what follows from it, in all properties that show it."""
    info = with_routes(info)
    host.set("config.network", info)
    system = inventory[host.get("configManager.networkSystem")]
    for name, value in network_system_properties(info).items():
        system.set(name, value)


def network_system_properties(info: DataObject) -> dict[str, Any]:
    """Return the properties of HostNetworkSystem that show the network of its host."""
    return {
        "networkInfo": info,
        "networkConfig": network_config(info),
        "dnsConfig": info.dnsConfig,
        "ipRouteConfig": info.ipRouteConfig,
    }


def network_config(info: DataObject) -> DataObject:
    """Return HostNetworkConfig, the network as its settings."""
    stacks = info.netStackInstance
    return DataObject(
        "HostNetworkConfig",
        vswitch=tuple(
            DataObject("HostVirtualSwitchConfig", name=switch.name, spec=switch.spec)
            for switch in info.vswitch
        ),
        proxySwitch=tuple(
            DataObject("HostProxySwitchConfig", uuid=switch.dvsUuid, spec=switch.spec)
            for switch in info.proxySwitch
        )
        or None,
        portgroup=tuple(DataObject("HostPortGroupConfig", spec=group.spec) for group in info.portgroup),
        pnic=tuple(DataObject("PhysicalNicConfig", device=nic.device, spec=nic.spec) for nic in info.pnic),
        vnic=tuple(
            DataObject(
                "HostVirtualNicConfig", device=nic.device, portgroup=nic.portgroup or "", spec=nic.spec
            )
            for nic in info.vnic
        ),
        dnsConfig=info.dnsConfig,
        ipRouteConfig=info.ipRouteConfig,
        routeTableConfig=stacks[0].routeTableConfig if stacks else None,
        ipV6Enabled=info.ipV6Enabled,
        netStackSpec=tuple(DataObject("HostNetworkConfigNetStackSpec", netStackInstance=s) for s in stacks),
    )

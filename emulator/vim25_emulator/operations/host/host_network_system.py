"""HostNetworkSystem: VMkernel NICs, port groups and network hints.

A new NIC is selected for no service. VMs can be connected to a port group, which is a network to them.
"""

from __future__ import annotations

from itertools import count
from typing import Final

from vim25_emulator.behavior.cluster_summary import refresh_cluster
from vim25_emulator.behavior.vmkernel_nic import host_of_manager, set_services
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datacenter import Folders
from vim25_emulator.model.entity import mac_of
from vim25_emulator.model.host_network_config import set_network
from vim25_emulator.model.network import new_network
from vim25_emulator.model.related_object import datacenter_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

_STACK: Final = "defaultTcpipStack"
_FIRST_PORT: Final = 0x4000000
_DEFAULT_MTU: Final = 1500


@operation("HostNetworkSystem", "AddVirtualNic")
def add_nic(call: Call, system: ManagedObject, portgroup: str, nic: DataObject) -> str:
    """Add a VMkernel NIC to a port group; return its device, such as `vmk3`.

    Raises InvalidArgument if the port group does not exist, AlreadyExists if it has a NIC already,
    InvalidArgument for an address that is neither static nor from DHCP.
    """
    host = host_of_manager(call, system, "networkSystem")
    network = host.get("config.network")
    name = portgroup or nic.portgroup or ""
    if all(group.spec.name != name for group in network.portgroup):
        raise MethodFault("InvalidArgument", invalidProperty="portgroup")
    if any(present.portgroup == name for present in network.vnic):
        raise MethodFault("AlreadyExists", name=name)
    _require_address(nic)
    used = {present.device for present in network.vnic}
    device = next(free for number in count() if (free := f"vmk{number}") not in used)
    added = _new_nic(host, nic.replace(portgroup=name), device, len(network.vnic))
    _set_nics(call, host, (*network.vnic, added))
    return device


def _new_nic(host: ManagedObject, spec: DataObject, device: str, number: int) -> DataObject:
    """Return the HostVirtualNic of a spec, with defaults for what the spec leaves unset."""
    return DataObject(
        "HostVirtualNic",
        device=device,
        key=f"key-vim.host.VirtualNic-{device}",
        portgroup=spec.portgroup,
        spec=spec.replace(
            mac=spec.mac or mac_of("vmk", host.get("name"), device),
            mtu=spec.mtu or _DEFAULT_MTU,
            tsoEnabled=True if spec.tsoEnabled is None else spec.tsoEnabled,
            netStackInstanceKey=spec.netStackInstanceKey or _STACK,
            systemOwned=False,
        ),
        port=f"key-vim.host.PortGroup.Port-{_FIRST_PORT + number}",
    )


@operation("HostNetworkSystem", "UpdateVirtualNic")
def update_nic(call: Call, system: ManagedObject, device: str, nic: DataObject) -> None:
    """Change the settings of a VMkernel NIC; raise NotFound, InvalidArgument."""
    host = host_of_manager(call, system, "networkSystem")
    present = _nic(host, device)
    if nic.ip is not None:
        _require_address(nic)
    changed = present.replace(spec=present.spec.replace(**nic.__dict__))
    nics = host.get("config.network.vnic")
    _set_nics(call, host, tuple(changed if other is present else other for other in nics))


@operation("HostNetworkSystem", "RemoveVirtualNic")
def remove_nic(call: Call, system: ManagedObject, device: str) -> None:
    """Remove a VMkernel NIC, which is deselected for all services; raise NotFound."""
    host = host_of_manager(call, system, "networkSystem")
    removed = _nic(host, device)
    _set_nics(call, host, tuple(nic for nic in host.get("config.network.vnic") if nic is not removed))


def _nic(host: ManagedObject, device: str) -> DataObject:
    """Return the VMkernel NIC with a device name; raise NotFound if it does not exist."""
    nics: tuple[DataObject, ...] = host.get("config.network.vnic")
    for nic in nics:
        if nic.device == device:
            return nic
    raise MethodFault("NotFound")


def _require_address(nic: DataObject) -> None:
    if nic.ip is None or (not nic.ip.dhcp and not nic.ip.ipAddress):
        raise MethodFault("InvalidArgument", invalidProperty="nic.ip")


def _set_nics(call: Call, host: ManagedObject, nics: tuple[DataObject, ...]) -> None:
    """Set the VMkernel NICs of a host; every NIC is a candidate for every service."""
    set_network(call.vcenter.inventory, host, host.get("config.network").replace(vnic=nics))
    configs = []
    for config in host.get("config.virtualNicManagerInfo.netConfig"):
        by_key = {f"{config.nicType}.{nic.key}": nic for nic in nics}
        candidates = tuple(nic.replace(key=key) for key, nic in by_key.items())
        selected = tuple(key for key in config.selectedVnic if key in by_key)
        configs.append(config.replace(candidateVnic=candidates, selectedVnic=selected))
    set_services(call, host, tuple(configs))


@operation("HostNetworkSystem", "AddPortGroup")
def add_port_group(call: Call, system: ManagedObject, portgrp: DataObject) -> None:
    """Add a port group to a switch; raise AlreadyExists, NotFound if the switch does not exist."""
    host = host_of_manager(call, system, "networkSystem")
    info = host.get("config.network")
    if any(group.spec.name == portgrp.name for group in info.portgroup):
        raise MethodFault("AlreadyExists", name=portgrp.name)
    switch = next((switch for switch in info.vswitch if switch.name == portgrp.vswitchName), None)
    if switch is None:
        raise MethodFault("NotFound")
    key = f"key-vim.host.PortGroup-{portgrp.name}"
    group = DataObject(
        "HostPortGroup", key=key, vswitch=switch.key, computedPolicy=switch.spec.policy, spec=portgrp
    )
    extended = switch.replace(portgroup=(*switch.portgroup, key))
    switches = tuple(extended if other is switch else other for other in info.vswitch)
    set_network(
        call.vcenter.inventory, host, info.replace(portgroup=(*info.portgroup, group), vswitch=switches)
    )
    network = _network_named(call, host, portgrp.name) or _new_network(call, host, portgrp.name)
    network.add("host", host.ref)
    host.add("network", network.ref)
    refresh_cluster(call, call.vcenter.inventory[host.get("parent")])


@operation("HostNetworkSystem", "RemovePortGroup")
def remove_port_group(call: Call, system: ManagedObject, pgName: str) -> None:
    """Remove a port group; raise NotFound, ResourceInUse while a NIC or VM of the host is connected to it."""
    inventory = call.vcenter.inventory
    host = host_of_manager(call, system, "networkSystem")
    info = host.get("config.network")
    removed = next((group for group in info.portgroup if group.spec.name == pgName), None)
    if removed is None:
        raise MethodFault("NotFound")
    network = _network_named(call, host, pgName)
    used = network is not None and any(ref in network.get("vm") for ref in host.get("vm"))
    if used or any(nic.portgroup == pgName for nic in info.vnic):
        raise MethodFault("ResourceInUse", type="HostPortGroup", name=pgName)
    groups = tuple(group for group in info.portgroup if group is not removed)
    switches = tuple(
        switch.replace(portgroup=tuple(key for key in switch.portgroup if key != removed.key))
        for switch in info.vswitch
    )
    set_network(call.vcenter.inventory, host, info.replace(portgroup=groups, vswitch=switches))
    if network is not None:
        network.remove("host", host.ref)
        host.remove("network", network.ref)
    refresh_cluster(call, inventory[host.get("parent")])


def _network_named(call: Call, host: ManagedObject, name: str) -> ManagedObject | None:
    inventory = call.vcenter.inventory
    datacenter = datacenter_of(inventory, host)
    networks = inventory.find_all(datacenter.get("network") if datacenter is not None else ())
    standard = (network for network in networks if network.type.name == "Network")
    return next((network for network in standard if network.get("name") == name), None)


def _new_network(call: Call, host: ManagedObject, name: str) -> ManagedObject:
    inventory = call.vcenter.inventory
    datacenter = datacenter_of(inventory, host)
    assert datacenter is not None  # noqa: S101  # every host is in a datacenter
    folder = inventory[datacenter.get("networkFolder")]
    return new_network(inventory, Folders(datacenter, folder, folder, folder, folder), name)


@operation("HostNetworkSystem", "QueryNetworkHint")
def query_network_hint(
    call: Call, system: ManagedObject, device: tuple[str, ...] = ()
) -> tuple[DataObject, ...]:
    """Return a PhysicalNicHintInfo per adapter, or per adapter in `device`.

    No adapter receives CDP or LLDP information. Raises NotFound if an adapter does not exist.
    """
    present = [nic.device for nic in system.get("networkInfo.pnic") or ()]
    if not set(present) >= set(device):
        raise MethodFault("NotFound")
    return tuple(DataObject("PhysicalNicHintInfo", device=name) for name in device or present)

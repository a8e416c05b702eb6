"""HostNetworkSystem: port groups and VMkernel NICs that are added, changed and removed.

A new NIC carries no service until it is selected for one. A port group is a network for VMs, too.
"""

from __future__ import annotations

from itertools import count

from vim25_emulator.behavior.cluster_summary import refresh_cluster
from vim25_emulator.behavior.vmkernel_nic import host_of_manager, set_services
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datacenter import Folders
from vim25_emulator.model.entity import mac_of
from vim25_emulator.model.network import new_network
from vim25_emulator.model.related_object import datacenter_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

_STACK = "defaultTcpipStack"


@operation("HostNetworkSystem", "AddVirtualNic")
def add_nic(call: Call, system: ManagedObject, portgroup: str, nic: DataObject) -> str:
    """Add a VMkernel NIC to a port group; return its device, such as `vmk3`.

    Raises AlreadyExists for a port group that has one, InvalidArgument for one that is not there and for an
    address that is neither given nor left to DHCP.
    """
    host = host_of_manager(call, system, "networkSystem")
    network = host.get("config.network")
    name = portgroup or nic.portgroup or ""
    if all(group.spec.name != name for group in network.portgroup):
        raise MethodFault("InvalidArgument", invalidProperty="portgroup")
    if any(held.portgroup == name for held in network.vnic):
        raise MethodFault("AlreadyExists", name=name)
    _require_address(nic)
    taken = {held.device for held in network.vnic}
    device = next(each for number in count() if (each := f"vmk{number}") not in taken)
    added = DataObject(
        "HostVirtualNic",
        device=device,
        key=f"key-vim.host.VirtualNic-{device}",
        portgroup=name,
        spec=nic.replace(
            portgroup=name,
            mac=nic.mac or mac_of("vmk", host.get("name"), device),
            mtu=nic.mtu or 1500,
            tsoEnabled=True if nic.tsoEnabled is None else nic.tsoEnabled,
            netStackInstanceKey=nic.netStackInstanceKey or _STACK,
            systemOwned=False,
        ),
        port=f"key-vim.host.PortGroup.Port-{0x4000000 + len(network.vnic)}",
    )
    _show_nics(call, host, (*network.vnic, added))
    return device


@operation("HostNetworkSystem", "UpdateVirtualNic")
def update_nic(call: Call, system: ManagedObject, device: str, nic: DataObject) -> None:
    """Change a VMkernel NIC's settings; raise NotFound, InvalidArgument."""
    host = host_of_manager(call, system, "networkSystem")
    held = _nic(host, device)
    if nic.ip is not None:
        _require_address(nic)
    changed = held.replace(spec=held.spec.replace(**nic.__dict__))
    nics = host.get("config.network.vnic")
    _show_nics(call, host, tuple(changed if each is held else each for each in nics))


@operation("HostNetworkSystem", "RemoveVirtualNic")
def remove_nic(call: Call, system: ManagedObject, device: str) -> None:
    """Remove a VMkernel NIC and what it was selected for; raise NotFound."""
    host = host_of_manager(call, system, "networkSystem")
    gone = _nic(host, device)
    _show_nics(call, host, tuple(each for each in host.get("config.network.vnic") if each is not gone))


def _nic(host: ManagedObject, device: str) -> DataObject:
    for nic in host.get("config.network.vnic"):
        if nic.device == device:
            found: DataObject = nic
            return found
    raise MethodFault("NotFound")


def _require_address(nic: DataObject) -> None:
    if nic.ip is None or (not nic.ip.dhcp and not nic.ip.ipAddress):
        raise MethodFault("InvalidArgument", invalidProperty="nic.ip")


def _show_nics(call: Call, host: ManagedObject, nics: tuple[DataObject, ...]) -> None:
    """Let a host have these VMkernel NICs, each of which may carry any service."""
    show_network(call, host, host.get("config.network").replace(vnic=nics))
    configs = []
    for config in host.get("config.virtualNicManagerInfo.netConfig"):
        own = {f"{config.nicType}.{nic.key}": nic for nic in nics}
        candidates = tuple(nic.replace(key=key) for key, nic in own.items())
        selected = tuple(key for key in config.selectedVnic if key in own)
        configs.append(config.replace(candidateVnic=candidates, selectedVnic=selected))
    set_services(call, host, tuple(configs))


def show_network(call: Call, host: ManagedObject, network: DataObject) -> None:
    """Let a host have this HostNetworkInfo."""
    host.set("config.network", network)
    call.vcenter.inventory[host.get("configManager.networkSystem")].set("networkInfo", network)


@operation("HostNetworkSystem", "AddPortGroup")
def add_port_group(call: Call, system: ManagedObject, portgrp: DataObject) -> None:
    """Add a port group to a switch; VMs can be connected to it. Raises AlreadyExists, NotFound."""
    host = host_of_manager(call, system, "networkSystem")
    held = host.get("config.network")
    if any(group.spec.name == portgrp.name for group in held.portgroup):
        raise MethodFault("AlreadyExists", name=portgrp.name)
    switch = next((each for each in held.vswitch if each.name == portgrp.vswitchName), None)
    if switch is None:
        raise MethodFault("NotFound")
    key = f"key-vim.host.PortGroup-{portgrp.name}"
    group = DataObject(
        "HostPortGroup", key=key, vswitch=switch.key, computedPolicy=switch.spec.policy, spec=portgrp
    )
    grown = switch.replace(portgroup=(*switch.portgroup, key))
    switches = tuple(grown if each is switch else each for each in held.vswitch)
    show_network(call, host, held.replace(portgroup=(*held.portgroup, group), vswitch=switches))
    network = _network_named(call, host, portgrp.name) or _new_network(call, host, portgrp.name)
    network.add("host", host.ref)
    host.add("network", network.ref)
    refresh_cluster(call, call.vcenter.inventory[host.get("parent")])


@operation("HostNetworkSystem", "RemovePortGroup")
def remove_port_group(call: Call, system: ManagedObject, pgName: str) -> None:
    """Remove a port group; raise NotFound, ResourceInUse while a NIC or a VM of the host is on it."""
    inventory = call.vcenter.inventory
    host = host_of_manager(call, system, "networkSystem")
    held = host.get("config.network")
    gone = next((group for group in held.portgroup if group.spec.name == pgName), None)
    if gone is None:
        raise MethodFault("NotFound")
    network = _network_named(call, host, pgName)
    used = network is not None and any(ref in network.get("vm") for ref in host.get("vm"))
    if used or any(nic.portgroup == pgName for nic in held.vnic):
        raise MethodFault("ResourceInUse", type="HostPortGroup", name=pgName)
    groups = tuple(group for group in held.portgroup if group is not gone)
    switches = tuple(
        each.replace(portgroup=tuple(key for key in each.portgroup if key != gone.key))
        for each in held.vswitch
    )
    show_network(call, host, held.replace(portgroup=groups, vswitch=switches))
    if network is not None:
        network.remove("host", host.ref)
        host.remove("network", network.ref)
    refresh_cluster(call, inventory[host.get("parent")])


def _network_named(call: Call, host: ManagedObject, name: str) -> ManagedObject | None:
    inventory = call.vcenter.inventory
    datacenter = datacenter_of(inventory, host)
    networks = inventory.find_all(datacenter.get("network") if datacenter is not None else ())
    return next((network for network in networks if network.get("name") == name), None)


def _new_network(call: Call, host: ManagedObject, name: str) -> ManagedObject:
    inventory = call.vcenter.inventory
    datacenter = datacenter_of(inventory, host)
    assert datacenter is not None  # noqa: S101  # every host is in one
    folder = inventory[datacenter.get("networkFolder")]
    return new_network(inventory, Folders(datacenter, folder, folder, folder, folder), name)


@operation("HostNetworkSystem", "QueryNetworkHint")
def query_network_hint(
    call: Call, system: ManagedObject, device: tuple[str, ...] = ()
) -> tuple[DataObject, ...]:
    """Return a PhysicalNicHintInfo for each adapter, or each one named: no switch is heard of by any.

    Raises NotFound for an adapter that the host does not have.
    """
    present = [nic.device for nic in system.get("networkInfo.pnic") or ()]
    if not set(present) >= set(device):
        raise MethodFault("NotFound")
    return tuple(DataObject("PhysicalNicHintInfo", device=name) for name in device or present)

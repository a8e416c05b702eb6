"""Removal of networks, and of what belongs to a distributed switch: its port groups and its hosts."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.distributed_switch import PORT_GROUP, switch_of
from vim25_emulator.model.host_network_config import set_network
from vim25_emulator.vmodl.value import MethodFault


def check_unused(inventory: Inventory, resource: ManagedObject, top: ManagedObject) -> None:
    """Raise ResourceInUse for a datastore or network with VMs."""
    if resource.get("vm"):
        raise MethodFault("ResourceInUse", type=resource.type.name, name=resource.get("name"))


def check_network(inventory: Inventory, resource: ManagedObject, top: ManagedObject) -> None:
    """Raise ResourceInUse for a network with VMs, and for the uplinks of a switch that remains."""
    if resource is top and resource.is_a(PORT_GROUP) and resource.get("config.uplink"):
        raise MethodFault("ResourceInUse", type=resource.type.name, name=resource.get("name"))
    check_unused(inventory, resource, top)


def check_switch(inventory: Inventory, switch: ManagedObject, top: ManagedObject) -> None:
    """Raise ResourceInUse for a switch with VMs."""
    for group in inventory.find_all(switch.get("portgroup")):
        check_unused(inventory, group, top)


def forget_port_group(inventory: Inventory, group: ManagedObject) -> None:
    """Remove a port group and its ports from its switch."""
    switch = switch_of(inventory, group)
    if switch is not None:
        switch.remove("portgroup", group.ref)
        switch.remove("config.uplinkPortgroup", group.ref)
        switch.remove("summary.portgroupName", group.get("name"))
        ports = switch.get("config.numPorts") - len(group.get("portKeys"))
        switch.set("config.numPorts", ports)
        switch.set("summary.numPorts", ports)


def forget_switch(inventory: Inventory, switch: ManagedObject) -> None:
    """Remove a switch from the networks of its hosts."""
    for host in inventory.find_all(switch.get("summary.hostMember") or ()):
        info = host.get("config.network")
        others = tuple(proxy for proxy in info.proxySwitch if proxy.dvsUuid != switch.get("uuid"))
        set_network(inventory, host, info.replace(proxySwitch=others or None))


def forget_member(inventory: Inventory, host: ManagedObject) -> None:
    """Remove a host from its switches and from the port groups of their uplinks."""
    for switch in inventory.of_type("DistributedVirtualSwitch"):
        if host.ref in (switch.get("summary.hostMember") or ()):
            switch.remove("summary.hostMember", host.ref)
            switch.set("summary.numHosts", len(switch.get("summary.hostMember")))
            members = switch.get("config.host")
            switch.set("config.host", tuple(m for m in members if m.config.host != host.ref))
            runtimes = switch.get("runtime.hostMemberRuntime") or ()
            switch.set("runtime.hostMemberRuntime", tuple(r for r in runtimes if r.host != host.ref))
            for uplinks in inventory.find_all(switch.get("config.uplinkPortgroup") or ()):
                uplinks.remove("host", host.ref)

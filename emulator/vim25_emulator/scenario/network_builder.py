"""Building of a scenario's networks: standard port groups, distributed switches and their port groups."""

from __future__ import annotations

from datetime import datetime

from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.distributed_port import add_ports
from vim25_emulator.model.distributed_switch import UPLINKS, new_port_group, new_switch, set_members
from vim25_emulator.model.entity import number_of, refs
from vim25_emulator.model.network import new_network
from vim25_emulator.scenario.build_result import BuildResult
from vim25_emulator.scenario.format import Scenario


def build_networks(
    plan: Scenario, inventory: Inventory, built: BuildResult, host_version: str, now: datetime
) -> None:
    """Create the distributed switches with the ports of their uplinks, then all networks."""
    for name, section in plan.distributed_switches.items():
        folders = built.datacenters[section.datacenter or ""]
        switch = new_switch(inventory, folders, name, host_version, now)
        uplinks = new_port_group(inventory, folders, switch, f"{name}-DVUplinks-{number_of(switch)}", None)
        add_ports(inventory, uplinks, len(UPLINKS) * len(section.hosts or ()))
        built.switches[name] = switch
    for name, network in plan.networks.items():
        folders = built.datacenters[network.datacenter or ""]
        if network.switch is None:
            built.networks[name] = new_network(inventory, folders, name)
        else:
            switch = built.switches[network.switch]
            built.networks[name] = new_port_group(inventory, folders, switch, name, network.vlan)
            add_ports(inventory, built.networks[name], network.ports)


def join_switches(plan: Scenario, inventory: Inventory, built: BuildResult) -> None:
    """Make the hosts members of their distributed switches."""
    for name, section in plan.distributed_switches.items():
        hosts = [built.hosts[host] for host in section.hosts or ()]
        (uplinks,) = inventory.find_all(built.switches[name].get("config.uplinkPortgroup"))
        uplinks.set("host", refs(hosts))
        set_members(built.switches[name], hosts, uplinks.get("portKeys"))

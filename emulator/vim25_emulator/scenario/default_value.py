"""Default values of a scenario that depend on its other sections, and expansion of names with `{n}`.

All names in the scenario must exist (`validation`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from msgspec.structs import replace

from vim25_emulator.scenario.format import Scenario
from vim25_emulator.scenario.inventory_section import Cluster, Datastore, DistributedSwitch, Host, Network
from vim25_emulator.scenario.virtual_machine_section import VirtualMachine

_Shared = TypeVar("_Shared", Datastore, DistributedSwitch, Network)


def expand_name(name: str, count: int) -> Iterator[str]:
    """Yield `count` names: `name` with `{n}` replaced by the numbers from 1."""
    return (name.replace("{n}", str(n)) for n in range(1, count + 1))


def with_defaults(scenario: Scenario) -> Scenario:
    """Return the scenario with all defaults set, except the host of each virtual machine."""
    first = next(iter(scenario.datacenters))
    clusters = {name: _cluster(cluster, first) for name, cluster in scenario.clusters.items()}
    hosts = dict(_hosts(scenario.hosts, clusters, first))
    switches = {name: _shared(switch, hosts, first) for name, switch in scenario.distributed_switches.items()}
    networks = {name: _on_switch(network, switches) for name, network in scenario.networks.items()}
    return replace(
        scenario,
        release=str(scenario.release),
        clusters=clusters,
        hosts=hosts,
        datastores={name: _shared(store, hosts, first) for name, store in scenario.datastores.items()},
        distributed_switches=switches,
        networks={name: _shared(network, hosts, first) for name, network in networks.items()},
    )


def _cluster(cluster: Cluster, datacenter: str) -> Cluster:
    return replace(cluster, datacenter=cluster.datacenter or datacenter)


def _hosts(
    hosts: Mapping[str, Host], clusters: Mapping[str, Cluster], datacenter: str
) -> Iterator[tuple[str, Host]]:
    for name, host in hosts.items():
        own = clusters[host.cluster].datacenter if host.cluster else host.datacenter
        for host_name in expand_name(name, host.count):
            yield host_name, replace(host, count=1, datacenter=own or datacenter)


def _shared(shared: _Shared, hosts: Mapping[str, Host], datacenter: str) -> _Shared:
    own = shared.datacenter or datacenter
    names = shared.hosts
    if names is None:
        names = tuple(name for name, host in hosts.items() if host.datacenter == own)
    return replace(shared, datacenter=own, hosts=names)


def _on_switch(network: Network, switches: Mapping[str, DistributedSwitch]) -> Network:
    """Return a network with the datacenter and the hosts of its distributed switch, if it has one."""
    switch = switches[network.switch] if network.switch else None
    return network if switch is None else replace(network, datacenter=switch.datacenter, hosts=switch.hosts)


def candidate_hosts(scenario: Scenario, machine: VirtualMachine) -> tuple[str, ...]:
    """Return the possible hosts of a virtual machine, in a scenario `with_defaults`.

    These are its `host`, or the hosts in service of its cluster (default: the first), or all of its hosts.
    """
    if machine.host is not None:
        return (machine.host,)
    cluster = machine.cluster or next(iter(scenario.clusters), None)
    members = {name: host for name, host in scenario.hosts.items() if host.cluster == cluster}
    in_service = tuple(name for name, host in members.items() if _is_in_service(host))
    return in_service or tuple(members)


def _is_in_service(host: Host) -> bool:
    """Return what `model.host_service.is_in_service` returns of the host, before it is built."""
    return host.connection == "connected" and not host.in_maintenance_mode and not host.in_standby


def default_datastore(scenario: Scenario, hosts: tuple[str, ...]) -> str | None:
    """Return the first datastore that all these hosts mount; None if there is none."""
    shared = (name for name, store in scenario.datastores.items() if {*hosts} <= {*(store.hosts or ())})
    return next(shared, None)


def default_networks(scenario: Scenario, hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first network that all these hosts have, as a tuple of one; () if there is none."""
    shared = (name for name, network in scenario.networks.items() if {*hosts} <= {*(network.hosts or ())})
    return tuple(shared)[:1]

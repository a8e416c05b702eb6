"""What a scenario leaves open, filled in: counts become names, and every thing is told where it stands.

Completion changes no meaning; it is where the defaults that depend on other things are kept. It expects a
scenario whose names all exist (`check`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from msgspec.structs import replace

from vim25_emulator.scenario.format import Cluster, Datastore, Host, Network, Scenario, VirtualMachine

Shared = TypeVar("Shared", Datastore, Network)


def expand_name(name: str, count: int) -> Iterator[str]:
    """Yield the names that `name` stands for: itself, or each number in place of its `{n}`."""
    return (name.replace("{n}", str(n)) for n in range(1, count + 1))


def with_defaults(scenario: Scenario) -> Scenario:
    """Return the scenario with nothing left open but which host of several each virtual machine gets."""
    first = next(iter(scenario.datacenters))
    clusters = {name: _cluster(cluster, first) for name, cluster in scenario.clusters.items()}
    hosts = dict(_hosts(scenario.hosts, clusters, first))
    return replace(
        scenario,
        release=str(scenario.release),
        clusters=clusters,
        hosts=hosts,
        datastores={name: _shared(store, hosts, first) for name, store in scenario.datastores.items()},
        networks={name: _shared(network, hosts, first) for name, network in scenario.networks.items()},
    )


def _cluster(cluster: Cluster, datacenter: str) -> Cluster:
    return replace(cluster, datacenter=cluster.datacenter or datacenter)


def _hosts(
    hosts: Mapping[str, Host], clusters: Mapping[str, Cluster], datacenter: str
) -> Iterator[tuple[str, Host]]:
    for name, host in hosts.items():
        home = clusters[host.cluster].datacenter if host.cluster else host.datacenter
        for each in expand_name(name, host.count):
            yield each, replace(host, count=1, datacenter=home or datacenter)


def _shared(shared: Shared, hosts: Mapping[str, Host], datacenter: str) -> Shared:
    home = shared.datacenter or datacenter
    reached = shared.hosts
    if reached is None:
        reached = tuple(name for name, host in hosts.items() if host.datacenter == home)
    return replace(shared, datacenter=home, hosts=reached)


def candidate_hosts(scenario: Scenario, machine: VirtualMachine) -> tuple[str, ...]:
    """Return the hosts of a with_defaults scenario on which a virtual machine may stand.

    Its own if it names one; else those of its cluster (the first) that are in service, or all of them.
    """
    if machine.host is not None:
        return (machine.host,)
    cluster = machine.cluster or next(iter(scenario.clusters), None)
    members = {name: host for name, host in scenario.hosts.items() if host.cluster == cluster}
    in_service = tuple(name for name, host in members.items() if _is_in_service(host))
    return in_service or tuple(members)


def _is_in_service(host: Host) -> bool:
    return host.connection == "connected" and not host.in_maintenance_mode and not host.in_standby


def default_datastore(scenario: Scenario, hosts: tuple[str, ...]) -> str | None:
    """Return the first datastore that all these hosts reach; None if there is none."""
    reached = (name for name, store in scenario.datastores.items() if {*hosts} <= {*(store.hosts or ())})
    return next(reached, None)


def default_networks(scenario: Scenario, hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first network that all these hosts have, as the only one; () if there is none."""
    reached = (name for name, network in scenario.networks.items() if {*hosts} <= {*(network.hosts or ())})
    return tuple(reached)[:1]

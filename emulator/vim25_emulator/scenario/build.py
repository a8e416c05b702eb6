"""Building of an inventory from a scenario: all objects, fully populated and linked.

Objects are created in an administrator's order: datacenters, datastores, networks, clusters, hosts, virtual
machines. moIds are numbered in that order, so they are the same in every run.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from vim25_emulator.inventory.clock import Clock
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.alarm import new_alarms
from vim25_emulator.model.cluster_config import ClusterSettings, add_host_group, set_failover_hosts
from vim25_emulator.model.compute_resource import new_cluster, new_standalone, update_capacity, update_shared
from vim25_emulator.model.datacenter import Folders, new_datacenter, new_folder
from vim25_emulator.model.datastore import mount, new_datastore, set_usage
from vim25_emulator.model.entity import GIB, refs, uuid_of
from vim25_emulator.model.fault_rule import FaultRule
from vim25_emulator.model.high_availability import start_agents
from vim25_emulator.model.host import HostParts, HostState, new_host
from vim25_emulator.model.host_hardware import Hardware
from vim25_emulator.model.host_network import HostNetwork
from vim25_emulator.model.license import set_licenses
from vim25_emulator.model.service_content import new_service_instance
from vim25_emulator.scenario.build_result import BuildResult
from vim25_emulator.scenario.completion import complete
from vim25_emulator.scenario.default_value import with_defaults
from vim25_emulator.scenario.fault_notation import ANY_OBJECT, fault_of
from vim25_emulator.scenario.format import FaultRuleSection, Scenario
from vim25_emulator.scenario.inventory_section import Cluster, Datastore, Host, Network
from vim25_emulator.scenario.machine_builder import MachineBuilder
from vim25_emulator.scenario.network_builder import build_networks, join_switches
from vim25_emulator.scenario.saved_inventory import SavedScenario, restore
from vim25_emulator.scenario.virtual_machine_section import VirtualMachine
from vim25_emulator.vmodl.release import ReleaseProfile
from vim25_emulator.vmodl.value import DataObject, MoRef


def build(scenario: Scenario, inventory: Inventory, release: ReleaseProfile, clock: Clock) -> BuildResult:
    """Create the objects of a valid scenario, or of a saved inventory, in an empty inventory."""
    with without_collection():
        if isinstance(scenario, SavedScenario):
            service = restore(scenario.contents, inventory)
            if scenario.completed:
                complete(inventory, scenario.contents.keys(), _models(release, clock), release.version)
            return BuildResult(inventory[service.get("content.rootFolder")], service)
        return _build(with_defaults(scenario), inventory, release, clock.now())


def _models(release: ReleaseProfile, clock: Clock) -> Inventory:
    """Return a small inventory with an object of each type."""
    models = Inventory()
    plan = Scenario(
        title="an object of each type",
        clusters={"cluster": Cluster()},
        hosts={"host": Host(cluster="cluster")},
        datastores={"datastore": Datastore()},
        networks={"network": Network()},
        vms={"vm": VirtualMachine()},
    )
    _build(with_defaults(plan), models, release, clock.now())
    return models


@contextmanager
def without_collection() -> Iterator[None]:
    """Disable garbage collection in the block: an inventory is large, and none of it is garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _build(plan: Scenario, inventory: Inventory, release: ReleaseProfile, now: datetime) -> BuildResult:
    root = new_folder(inventory, None, "Datacenters", "d")
    built = BuildResult(root, new_service_instance(inventory, root, release, uuid_of("vcenter")))
    new_alarms(inventory, root, now)
    _Infrastructure(plan, inventory, release, built, now).build()
    MachineBuilder(plan, inventory, built, now).build()
    _set_datastore_usage(plan, inventory, built)
    _assign_licenses(plan, inventory, built)
    _override_settings(plan, inventory)
    built.rules = [_fault_rule(rule, inventory) for rule in plan.rules]
    return built


class _Infrastructure:
    """Builds all objects except the virtual machines."""

    def __init__(
        self, plan: Scenario, inventory: Inventory, release: ReleaseProfile, built: BuildResult, now: datetime
    ) -> None:
        self._plan = plan
        self._inventory = inventory
        self._release = release
        self._built = built
        self._now = now

    def build(self) -> None:
        """Create the objects, then link them."""
        plan, built, inventory = self._plan, self._built, self._inventory
        for name in plan.datacenters:
            built.datacenters[name] = new_datacenter(inventory, built.root_folder, name)
        for name, store in plan.datastores.items():
            size = int(store.capacity_gb * GIB)
            built.datastores[name] = new_datastore(
                inventory,
                self._folders(store.datacenter),
                name,
                store.type,
                size,
                accessible=store.accessible,
            )
        build_networks(plan, inventory, built, self._release.product_version, self._now)
        for name, cluster in plan.clusters.items():
            folders = self._folders(cluster.datacenter)
            built.clusters[name] = new_cluster(inventory, folders, name, _settings(cluster))
        for name, host in plan.hosts.items():
            built.hosts[name] = self._host(name, host)
        self._link()

    def _folders(self, datacenter: str | None) -> Folders:
        return self._built.datacenters[datacenter or ""]

    def _host(self, name: str, host: Host) -> ManagedObject:
        plan, built = self._plan, self._built
        if host.cluster:
            owner = built.clusters[host.cluster]
        else:
            owner = new_standalone(self._inventory, self._folders(host.datacenter), name)
        networks = [key for key, network in plan.networks.items() if name in (network.hosts or ())]
        datastores = [key for key, store in plan.datastores.items() if name in (store.hosts or ())]
        return new_host(
            self._inventory,
            owner,
            self._parts(name, host, networks),
            [built.datastores[key] for key in datastores],
            [built.networks[key] for key in networks],
            self._now,
        )

    def _parts(self, name: str, host: Host, networks: list[str]) -> HostParts:
        return HostParts(
            name=name,
            product=self._product(host),
            hardware=Hardware(
                host.cpu_packages,
                host.cores_per_package,
                host.cpu_mhz,
                host.memory_gb,
                host.cpu_vendor,
                host.processor,
            ),
            network=HostNetwork(
                host=name,
                number=len(self._built.hosts),
                port_groups=tuple(
                    (key, self._plan.networks[key].vlan)
                    for key in networks
                    if self._plan.networks[key].switch is None
                ),
                switches=tuple(
                    (key, self._built.switches[key].get("uuid"))
                    for key, switch in self._plan.distributed_switches.items()
                    if name in (switch.hosts or ())
                ),
                vmotion=host.vmotion_nic,
                fault_tolerance=host.fault_tolerance_nic,
                mbps=host.nic_mbps,
            ),
            state=HostState(host.connection, host.in_maintenance_mode, host.in_standby),
            edition=host.edition,
            hardware_virtualization=host.hardware_virtualization,
            release=self._release.version,
            fault_domain=host.vsan_fault_domain,
        )

    def _product(self, host: Host) -> DataObject:
        about = self._release.host_about(host.build)
        if host.product == "server":
            about = about.replace(name="VMware Server", productLineId="gsx")
        version = host.version or about.version
        return about.replace(version=version, fullName=f"{about.name} {version} build-{about.build}")

    def _link(self) -> None:
        """Link datastores, networks and clusters to their hosts; start the HA agents."""
        plan, built, inventory = self._plan, self._built, self._inventory
        for name, store in plan.datastores.items():
            mount(built.datastores[name], [built.hosts[host] for host in store.hosts or ()])
        for name, network in plan.networks.items():
            built.networks[name].set("host", refs([built.hosts[host] for host in network.hosts or ()]))
        join_switches(plan, inventory, built)
        failed = {built.hosts[name].ref for name, host in plan.hosts.items() if host.ha_agent == "failed"}
        for owner in inventory.of_type("ComputeResource"):
            hosts = [inventory[ref] for ref in owner.get("host")]
            update_shared(inventory, owner)
            if owner.get("configurationEx.dasConfig.enabled"):
                start_agents(hosts, failed)
            update_capacity(inventory, owner)
        for name, cluster in plan.clusters.items():
            set_failover_hosts(
                built.clusters[name], [built.hosts[host] for host in cluster.ha.failover_hosts]
            )
            for group, members in cluster.host_groups.items():
                add_host_group(built.clusters[name], group, [built.hosts[host] for host in members])


def _settings(cluster: Cluster) -> ClusterSettings:
    return ClusterSettings(
        ha=cluster.ha.enabled,
        admission_control=cluster.ha.admission_control,
        failover_level=cluster.ha.failover_level,
        ha_options=tuple(cluster.ha.options.items()),
        drs=cluster.drs.enabled,
        drs_behavior=cluster.drs.automation,
        vmotion_rate=cluster.drs.vmotion_rate,
        evc=cluster.evc,
    )


def _fault_rule(rule: FaultRuleSection, inventory: Inventory) -> FaultRule:
    def find(type_name: str, name: str) -> MoRef | None:
        objects = inventory if type_name == ANY_OBJECT else inventory.of_type(type_name)
        return next((managed.ref for managed in objects if managed.properties.get("name") == name), None)

    return FaultRule(
        rule.method,
        rule.at,
        fault_of(rule.fault, find),
        object=rule.object,
        skip=rule.skip,
        count=rule.count,
        delay=rule.delay,
        probability=rule.probability,
        seed=rule.seed,
    )


def _override_settings(plan: Scenario, inventory: Inventory) -> None:
    """Override vCenter's default settings with those of the scenario."""
    manager = inventory["VpxSettings"]
    defaults = {option.key: option for option in manager.get("setting")}
    overrides = {key: DataObject("OptionValue", key=key, value=value) for key, value in plan.settings.items()}
    manager.set("setting", tuple({**defaults, **overrides}.values()))


def _assign_licenses(plan: Scenario, inventory: Inventory, built: BuildResult) -> None:
    packages: Counter[str] = Counter()
    for host in plan.hosts.values():
        packages[host.edition] += host.cpu_packages
    licenses = set_licenses(inventory, inventory["LicenseManager"], packages)
    for name, host in plan.hosts.items():
        built.licensed[built.hosts[name].ref] = licenses[host.edition]


def _set_datastore_usage(plan: Scenario, inventory: Inventory, built: BuildResult) -> None:
    """Set the usage of all datastores: `free_gb`, or the capacity less the files of virtual machines."""
    committed: Counter[MoRef] = Counter()
    uncommitted: Counter[MoRef] = Counter()
    for machine in built.machines.values():
        for used in machine.get("storage.perDatastoreUsage") or ():
            committed[used.datastore] += used.committed
            uncommitted[used.datastore] += used.uncommitted
    for name, store in built.datastores.items():
        free_gb = plan.datastores[name].free_gb
        unused = max(store.get("summary.capacity") - committed[store.ref], 0)
        free = unused if free_gb is None else int(free_gb * GIB)
        set_usage(store, free, uncommitted[store.ref])

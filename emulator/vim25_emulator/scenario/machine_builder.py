"""Building of a scenario's virtual machines, distributed over the hosts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import cycle

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.added_device import AddedDevice
from vim25_emulator.model.cluster_config import set_drs_behavior, set_restart_priority
from vim25_emulator.model.cluster_policy import ha_enabled, may_protect
from vim25_emulator.model.datacenter import folder_at
from vim25_emulator.model.disk_backing import DiskParts
from vim25_emulator.model.distributed_port import PortAllocator
from vim25_emulator.model.entity import GIB
from vim25_emulator.model.high_availability import show_protection
from vim25_emulator.model.snapshot_tree import take_snapshot
from vim25_emulator.model.virtual_hardware import DeviceParts
from vim25_emulator.model.virtual_machine import Place, PowerState, link, new_virtual_machine
from vim25_emulator.model.virtual_machine_config import ConfigOptions, ConfigParts, config_info
from vim25_emulator.scenario.build_result import BuildResult
from vim25_emulator.scenario.default_value import (
    candidate_hosts,
    default_datastore,
    default_networks,
    expand_name,
)
from vim25_emulator.scenario.format import Scenario
from vim25_emulator.scenario.virtual_machine_section import Device, Disk, VirtualMachine


class MachineBuilder:
    """Builds the virtual machines after the infrastructure."""

    def __init__(self, plan: Scenario, inventory: Inventory, built: BuildResult, now: datetime) -> None:
        self._plan = plan
        self._inventory = inventory
        self._built = built
        self._now = now
        self._ports = PortAllocator(inventory)

    def build(self) -> None:
        """Create and link the virtual machines, then the objects that depend on them."""
        machines = self._built.machines
        for name, spec in self._plan.vms.items():
            machines.update(self._machines(name, spec))
        link(self._inventory, machines.values())
        for name, spec in self._plan.vms.items():
            for machine_name in expand_name(name, spec.count):
                self._add_dependents(machines[machine_name], spec)

    def _machines(self, name: str, spec: VirtualMachine) -> Iterator[tuple[str, ManagedObject]]:
        hosts = candidate_hosts(self._plan, spec)
        places = [self._place(host, spec, hosts) for host in hosts]
        state = self._state(spec, places[0])
        first = self._parts(name, spec, hosts, places[0].datastore)
        for machine_name, place in zip(expand_name(name, spec.count), cycle(places), strict=False):
            config = config_info(first._replace(name=machine_name), self._now, running=state.running)
            config = self._ports.connect(config)
            yield machine_name, new_virtual_machine(self._inventory, config, place, state, self._now)

    def _place(self, host_name: str, spec: VirtualMachine, hosts: tuple[str, ...]) -> Place:
        built, inventory = self._built, self._inventory
        host = built.hosts[host_name]
        owner = inventory[host.get("parent")]
        folders = built.datacenters[self._plan.hosts[host_name].datacenter or ""]
        return Place(
            host=host,
            pool=inventory[owner.get("resourcePool")],
            folder=folder_at(inventory, folders.vm, spec.folder or ""),
            datastore=built.datastores[spec.datastore or default_datastore(self._plan, hosts) or ""],
        )

    def _state(self, spec: VirtualMachine, place: Place) -> PowerState:
        owner = self._inventory[place.host.get("parent")]
        reachable = place.host.get("runtime.connectionState") == "connected"
        return PowerState(
            power=spec.power,
            connection="disconnected" if not reachable else spec.connection,
            ha=ha_enabled(owner),
            fault_tolerance_possible=may_protect(owner, place.host),
        )

    def _parts(
        self, name: str, spec: VirtualMachine, hosts: tuple[str, ...], home: ManagedObject
    ) -> ConfigParts:
        networks = default_networks(self._plan, hosts) if spec.networks is None else spec.networks
        return ConfigParts(
            name=name,
            home=home,
            devices=DeviceParts(
                disks=tuple(self._disk(disk, home) for disk in spec.disks),
                networks=tuple(self._built.networks[network] for network in networks),
                iso=(spec.iso, self._datastore_of(spec.iso)) if spec.iso else None,
                video_3d=spec.video_3d,
                scsi_sharing=spec.scsi_sharing,
                added=tuple(self._device(device, networks) for device in spec.devices),
            ),
            cpus=spec.cpus,
            cores_per_socket=spec.cores_per_socket,
            memory_mb=spec.memory_mb,
            guest_id=spec.guest,
            firmware=spec.firmware,
            hardware_version=spec.hardware_version,
            annotation=spec.annotation,
            template=spec.template,
            extra_config=tuple(spec.extra_config.items()),
            options=ConfigOptions(*(getattr(spec, name) for name in ConfigOptions._fields)),
        )

    def _device(self, device: Device, networks: tuple[str, ...]) -> AddedDevice:
        path = device.file
        network = self._built.networks[networks[0]] if networks else None
        return AddedDevice(device.type, (path, self._datastore_of(path)) if path else None, network)

    def _disk(self, disk: Disk, home: ManagedObject) -> DiskParts:
        datastore = self._built.datastores[disk.datastore] if disk.datastore else home
        options = {name: getattr(disk, name) for name in DiskParts._fields[2:]}
        return DiskParts(int(disk.capacity_gb * GIB), datastore, **options)

    def _datastore_of(self, path: str) -> ManagedObject | None:
        return self._built.datastores.get(path[1:].partition("]")[0])

    def _add_dependents(self, machine: ManagedObject, spec: VirtualMachine) -> None:
        """Create snapshots and cluster overrides; register the virtual machine as a pair, or as busy."""
        for snapshot in spec.snapshots:
            take_snapshot(self._inventory, machine, snapshot, "", self._now)
        cluster = self._inventory[self._inventory[machine.get("runtime.host")].get("parent")]
        if spec.ha_restart_priority:
            set_restart_priority(cluster, machine, spec.ha_restart_priority)
            show_protection(cluster, machine)
        if spec.drs_automation:
            behavior = None if spec.drs_automation == "disabled" else spec.drs_automation
            set_drs_behavior(cluster, machine, behavior)
        if spec.fault_tolerance and spec.fault_tolerance.legacy:
            machine.set("config.flags.faultToleranceType", "recordReplay")
        if spec.fault_tolerance:
            host = self._built.hosts[spec.fault_tolerance.secondary_host]
            self._built.pairs.append((machine, host, spec.fault_tolerance))
        if spec.busy:
            self._built.busy.append((machine, spec.busy))

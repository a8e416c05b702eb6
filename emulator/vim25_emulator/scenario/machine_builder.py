"""The virtual machines of a scenario: each template times its count, spread over the hosts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import cycle

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.added_device import AddedDevice
from vim25_emulator.model.cluster_config import set_drs_behavior, set_restart_priority
from vim25_emulator.model.datacenter import folder_at
from vim25_emulator.model.disk_backing import DiskParts
from vim25_emulator.model.entity import GIB
from vim25_emulator.model.snapshot_tree import take_snapshot
from vim25_emulator.model.virtual_hardware import DeviceParts
from vim25_emulator.model.virtual_machine import Place, PowerState, link, new_virtual_machine
from vim25_emulator.model.virtual_machine_config import ConfigOptions, ConfigParts, config_info
from vim25_emulator.scenario.built import BuildResult
from vim25_emulator.scenario.default_value import (
    candidate_hosts,
    default_datastore,
    default_networks,
    expand_name,
)
from vim25_emulator.scenario.format import Device, Disk, Scenario, VirtualMachine


class MachineBuilder:
    """Builds the virtual machines once the infrastructure stands."""

    def __init__(self, plan: Scenario, inventory: Inventory, built: BuildResult, now: datetime) -> None:
        self._plan = plan
        self._inventory = inventory
        self._built = built
        self._now = now

    def build(self) -> None:
        """Create the virtual machines, list them where they stand, and add what hangs on them."""
        machines = self._built.machines
        for name, wanted in self._plan.vms.items():
            machines.update(self._several(name, wanted))
        link(self._inventory, machines.values())
        for name, wanted in self._plan.vms.items():
            for each in expand_name(name, wanted.count):
                self._adorn(machines[each], wanted)

    def _several(self, name: str, wanted: VirtualMachine) -> Iterator[tuple[str, ManagedObject]]:
        hosts = candidate_hosts(self._plan, wanted)
        places = [self._place(host, wanted, hosts) for host in hosts]
        state = self._state(wanted, places[0])
        first = self._parts(name, wanted, hosts, places[0].datastore)
        for each, place in zip(expand_name(name, wanted.count), cycle(places), strict=False):
            config = config_info(first._replace(name=each), self._now, running=state.running)
            yield each, new_virtual_machine(self._inventory, config, place, state, self._now)

    def _place(self, host: str, wanted: VirtualMachine, hosts: tuple[str, ...]) -> Place:
        built, inventory = self._built, self._inventory
        stands_on = built.hosts[host]
        owner = inventory[stands_on.get("parent")]
        folders = built.datacenters[self._plan.hosts[host].datacenter or ""]
        return Place(
            host=stands_on,
            pool=inventory[owner.get("resourcePool")],
            folder=folder_at(inventory, folders.vm, wanted.folder or ""),
            datastore=built.datastores[wanted.datastore or default_datastore(self._plan, hosts) or ""],
        )

    def _state(self, wanted: VirtualMachine, place: Place) -> PowerState:
        owner = self._inventory[place.host.get("parent")]
        in_ha = bool(owner.get("configurationEx.dasConfig.enabled"))
        issues = place.host.get("capability.smpFtCompatibilityIssues")
        reachable = place.host.get("runtime.connectionState") == "connected"
        return PowerState(
            power=wanted.power,
            connection="disconnected" if not reachable else wanted.connection,
            ha_protected=in_ha and wanted.power == "poweredOn",
            fault_tolerance_possible=in_ha and not issues,
        )

    def _parts(
        self, name: str, wanted: VirtualMachine, hosts: tuple[str, ...], home: ManagedObject
    ) -> ConfigParts:
        networks = default_networks(self._plan, hosts) if wanted.networks is None else wanted.networks
        return ConfigParts(
            name=name,
            home=home,
            devices=DeviceParts(
                disks=tuple(self._disk(disk, home) for disk in wanted.disks),
                networks=tuple(self._built.networks[network] for network in networks),
                iso=(wanted.iso, self._datastore_of(wanted.iso)) if wanted.iso else None,
                video_3d=wanted.video_3d,
                scsi_sharing=wanted.scsi_sharing,
                added=tuple(self._device(device, networks) for device in wanted.devices),
            ),
            cpus=wanted.cpus,
            cores_per_socket=wanted.cores_per_socket,
            memory_mb=wanted.memory_mb,
            guest_id=wanted.guest,
            firmware=wanted.firmware,
            hardware_version=wanted.hardware_version,
            annotation=wanted.annotation,
            template=wanted.template,
            extra_config=tuple(wanted.extra_config.items()),
            options=ConfigOptions(*(getattr(wanted, name) for name in ConfigOptions._fields)),
        )

    def _device(self, device: Device, networks: tuple[str, ...]) -> AddedDevice:
        path = device.file
        network = self._built.networks[networks[0]] if networks else None
        return AddedDevice(device.type, (path, self._datastore_of(path)) if path else None, network)

    def _disk(self, disk: Disk, home: ManagedObject) -> DiskParts:
        store = self._built.datastores[disk.datastore] if disk.datastore else home
        rest = {name: getattr(disk, name) for name in DiskParts._fields[2:]}
        return DiskParts(int(disk.capacity_gb * GIB), store, **rest)

    def _datastore_of(self, path: str) -> ManagedObject | None:
        return self._built.datastores.get(path[1:].partition("]")[0])

    def _adorn(self, machine: ManagedObject, wanted: VirtualMachine) -> None:
        """Add what a virtual machine has beside itself: snapshots, overrides in its cluster, a part."""
        for snapshot in wanted.snapshots:
            take_snapshot(self._inventory, machine, snapshot, "", self._now)
        cluster = self._inventory[self._inventory[machine.get("runtime.host")].get("parent")]
        if wanted.ha_restart_priority:
            set_restart_priority(cluster, machine, wanted.ha_restart_priority)
        if wanted.drs_automation:
            behavior = None if wanted.drs_automation == "disabled" else wanted.drs_automation
            set_drs_behavior(cluster, machine, behavior)
        if wanted.fault_tolerance and wanted.fault_tolerance.legacy:
            machine.set("config.flags.faultToleranceType", "recordReplay")
        if wanted.fault_tolerance:
            host = self._built.hosts[wanted.fault_tolerance.secondary_host]
            self._built.pairs.append((machine, host, wanted.fault_tolerance))
        if wanted.busy:
            self._built.busy.append((machine, wanted.busy))

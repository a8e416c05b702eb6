"""Changes of a virtual machine's configuration, and of the files, space, networks and summaries that follow.

Only properties that differ are set, at their own paths, so clients receive no other updates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.capability import virtual_machine_capability
from vim25_emulator.model.datastore import add_usage
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.model.virtual_hardware import device_counts, has_tpm, networks_of
from vim25_emulator.model.virtual_machine_device_state import card_states
from vim25_emulator.model.virtual_machine_files import Files, files_of
from vim25_emulator.model.virtual_machine_guest import guest_info, guest_summary
from vim25_emulator.vmodl.value import DataObject, MoRef


def set_config(
    inventory: Inventory,
    vm: ManagedObject,
    config: DataObject,
    now: datetime,
    home: ManagedObject | None = None,
) -> None:
    """Set the configuration of a virtual machine and update all properties that follow from it.

    `home` is the new datastore of its directory, if that changed. The datastores' usage is updated, too.
    """
    firmware = vm.get("config.firmware")
    _set_config_properties(vm, config)
    files = _files(inventory, vm, config, now, home.ref if home is not None else vm.get("datastore")[0])
    _update_usage(inventory, vm, files)
    _set_files(vm, files)
    _set_links(inventory, vm, "datastore", (used.datastore for used in files.usage))
    _set_links(inventory, vm, "network", networks_of(config))
    _update_summaries(inventory, vm, config)
    vm.set("runtime.device", card_states(config) or None)
    if config.firmware != firmware:
        record_replay = bool(vm.get("capability.recordReplaySupported"))
        vm.set("capability", virtual_machine_capability(config.firmware, record_replay=record_replay))
    if is_powered_on(vm) and vm.get("guest.guestState") == "running":
        guest = guest_info(config, vm.ref.value, running=True)
        vm.set("guest", guest)
        vm.set("summary.guest", guest_summary(guest))


def refresh_files(inventory: Inventory, vm: ManagedObject) -> None:
    """Update the files that a virtual machine lists; its usage of datastores does not change."""
    layout = vm.get("layoutEx")
    if layout is not None:
        files = _files(inventory, vm, vm.get("config"), layout.timestamp, vm.get("datastore")[0])
        vm.set("layout", files.layout)
        vm.set("layoutEx", files.layout_ex)


def _files(inventory: Inventory, vm: ManagedObject, config: DataObject, now: datetime, home: MoRef) -> Files:
    snapshots = snapshot_configs(inventory, vm)
    return files_of(config, home, now, running=is_powered_on(vm), snapshots=snapshots)


def _set_files(vm: ManagedObject, files: Files) -> None:
    vm.set("layout", files.layout)
    vm.set("layoutEx", files.layout_ex)
    vm.set("storage", files.storage)
    vm.set("summary.storage", files.summary)


def snapshot_configs(inventory: Inventory, vm: ManagedObject) -> dict[MoRef, DataObject]:
    """Return the configurations of a virtual machine's snapshots, parents first."""
    trees = vm.get("snapshot.rootSnapshotList") or ()
    snapshots = inventory.find_all(node.snapshot for node in snapshot_nodes(trees))
    return {snapshot.ref: snapshot.get("config") for snapshot in snapshots}


def snapshot_nodes(trees: Iterable[DataObject]) -> Iterator[DataObject]:
    """Yield the nodes of snapshot trees, parents first."""
    for tree in trees:
        yield tree
        yield from snapshot_nodes(tree.childSnapshotList)


def _set_links(inventory: Inventory, vm: ManagedObject, path: str, refs: Iterable[MoRef]) -> None:
    """Set the datastores or networks of a virtual machine; update their lists of virtual machines."""
    before, after = vm.get(path), tuple(dict.fromkeys(refs))
    for ref in before:
        owner = inventory.find(ref)
        if owner is not None and ref not in after:
            owner.remove("vm", vm.ref)
    for owner in inventory.find_all(ref for ref in after if ref not in before):
        owner.add("vm", vm.ref)
    vm.set(path, after)


def _set_config_properties(vm: ManagedObject, config: DataObject) -> None:
    old = vm.get("config")
    for name in dict.fromkeys((*old.__dict__, *config.__dict__)):
        before, after = old.__dict__.get(name), config.__dict__.get(name)
        if name == "hardware":
            for prop in dict.fromkeys((*before.__dict__, *after.__dict__)):
                vm.set(f"config.hardware.{prop}", after.__dict__.get(prop))
        elif before != after:
            vm.set(f"config.{name}", after)


def _update_usage(inventory: Inventory, vm: ManagedObject, files: Files) -> None:
    before = {used.datastore: used for used in vm.get("storage.perDatastoreUsage") or ()}
    after = {used.datastore: used for used in files.usage}
    for ref in {**before, **after}:
        old, new = before.get(ref), after.get(ref)
        committed = (new.committed if new else 0) - (old.committed if old else 0)
        uncommitted = (new.uncommitted if new else 0) - (old.uncommitted if old else 0)
        add_usage(inventory, ref, committed, uncommitted)


def _update_summaries(inventory: Inventory, vm: ManagedObject, config: DataObject) -> None:
    """Set the summary properties that no mirror updates."""
    for name, count in device_counts(config).items():
        vm.set(f"summary.config.{name}", count)
    vm.set("summary.config.tpmPresent", has_tpm(config))
    vm.set("summary.config.managedBy", config.managedBy)
    vm.set("summary.config.hwVersion", config.version)
    host = inventory.find(vm.get("runtime.host"))
    if host is not None:
        mhz = host.get("hardware.cpuInfo.hz") // 1_000_000
        vm.set("runtime.maxCpuUsage", config.hardware.numCPU * mhz)
    vm.set("runtime.maxMemoryUsage", config.hardware.memoryMB)

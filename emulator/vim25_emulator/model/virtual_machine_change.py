"""What a virtual machine shows once its configuration has changed: files, space, networks, summaries.

Only what differs is set, at the path where it differs, so those who watch hear of nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.capability import virtual_machine_capability
from vim25_emulator.model.datastore import set_usage
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.model.virtual_machine_files import Files, files_of
from vim25_emulator.model.virtual_machine_guest import guest_info, guest_summary
from vim25_emulator.vmodl.value import DataObject, MoRef


def show_config(
    inventory: Inventory,
    vm: ManagedObject,
    config: DataObject,
    now: datetime,
    home: ManagedObject | None = None,
) -> None:
    """Let a virtual machine have this configuration from now on, and all that follows from it.

    `home` is the datastore of its directory, if that changed. The space that its files take or give back is
    booked on the datastores.
    """
    firmware = vm.get("config.firmware")
    _assign(vm, config)
    directory = home.ref if home is not None else vm.get("datastore")[0]
    files = files_of(
        config, directory, now, running=is_powered_on(vm), snapshots=snapshot_configs(inventory, vm)
    )
    _book(inventory, vm, files)
    show_files(vm, files)
    list_in(inventory, vm, "datastore", (used.datastore for used in files.usage))
    list_in(inventory, vm, "network", networks_of(config))
    _summarize(inventory, vm, config)
    if config.firmware != firmware:
        record_replay = bool(vm.get("capability.recordReplaySupported"))
        vm.set("capability", virtual_machine_capability(config.firmware, record_replay=record_replay))
    if is_powered_on(vm) and vm.get("guest.guestState") == "running":
        guest = guest_info(config, vm.ref.value, running=True)
        vm.set("guest", guest)
        vm.set("summary.guest", guest_summary(guest))


def show_files(vm: ManagedObject, files: Files) -> None:
    """Let a virtual machine show these files."""
    vm.set("layout", files.layout)
    vm.set("layoutEx", files.layout_ex)
    vm.set("storage", files.storage)
    vm.set("summary.storage", files.summary)


def snapshot_configs(inventory: Inventory, vm: ManagedObject) -> dict[MoRef, DataObject]:
    """Return the configuration that each snapshot of a virtual machine holds, parents first."""
    trees = vm.get("snapshot.rootSnapshotList") or ()
    return {node.snapshot: inventory[node.snapshot].get("config") for node in snapshot_nodes(trees)}


def snapshot_nodes(trees: Iterable[DataObject]) -> Iterator[DataObject]:
    """Yield every node of snapshot trees, parents first."""
    for tree in trees:
        yield tree
        yield from snapshot_nodes(tree.childSnapshotList)


def networks_of(config: DataObject) -> tuple[MoRef, ...]:
    """Return the networks that the network cards of a configuration are connected to."""
    cards = (device for device in config.hardware.device if device.is_a("VirtualEthernetCard"))
    backings = (card.backing.__dict__.get("network") for card in cards if card.backing is not None)
    return tuple(dict.fromkeys(ref for ref in backings if ref is not None))


def list_in(inventory: Inventory, vm: ManagedObject, path: str, refs: Iterable[MoRef]) -> None:
    """Let a property of a virtual machine name these datastores or networks, and each of them name it."""
    before, after = vm.get(path), tuple(dict.fromkeys(refs))
    for ref in before:
        holder = inventory.find(ref)
        if holder is not None and ref not in after:
            holder.remove("vm", vm.ref)
    for ref in after:
        if ref not in before:
            inventory[ref].add("vm", vm.ref)
    vm.set(path, after)


def book(inventory: Inventory, ref: MoRef, committed: int, uncommitted: int) -> None:
    """Let files take this much more of a datastore, in bytes; what is negative is given back."""
    datastore = inventory.find(ref)
    if datastore is None or not (committed or uncommitted):
        return
    free = datastore.get("summary.freeSpace") - committed
    promised = (datastore.get("summary.uncommitted") or 0) + uncommitted
    set_usage(datastore, min(max(free, 0), datastore.get("summary.capacity")), max(promised, 0))


def _assign(vm: ManagedObject, config: DataObject) -> None:
    held = vm.get("config")
    for name in dict.fromkeys((*held.__dict__, *config.__dict__)):
        before, after = held.__dict__.get(name), config.__dict__.get(name)
        if name == "hardware":
            for part in dict.fromkeys((*before.__dict__, *after.__dict__)):
                vm.set(f"config.hardware.{part}", after.__dict__.get(part))
        elif before != after:
            vm.set(f"config.{name}", after)


def _book(inventory: Inventory, vm: ManagedObject, files: Files) -> None:
    before = {used.datastore: used for used in vm.get("storage.perDatastoreUsage") or ()}
    after = {used.datastore: used for used in files.usage}
    for ref in {**before, **after}:
        old, new = before.get(ref), after.get(ref)
        committed = (new.committed if new else 0) - (old.committed if old else 0)
        uncommitted = (new.uncommitted if new else 0) - (old.uncommitted if old else 0)
        book(inventory, ref, committed, uncommitted)


def _summarize(inventory: Inventory, vm: ManagedObject, config: DataObject) -> None:
    """Set what the summaries say of the configuration and no mirror keeps true."""
    kinds = [device.type_ for device in config.hardware.device]
    vm.set("summary.config.numEthernetCards", sum(kind.is_a("VirtualEthernetCard") for kind in kinds))
    vm.set("summary.config.numVirtualDisks", sum(kind.is_a("VirtualDisk") for kind in kinds))
    vm.set("summary.config.tpmPresent", any(kind.is_a("VirtualTPM") for kind in kinds))
    vm.set("summary.config.managedBy", config.managedBy)
    vm.set("summary.config.hwVersion", config.version)
    host = inventory.find(vm.get("runtime.host"))
    if host is not None:
        mhz = host.get("hardware.cpuInfo.hz") // 1_000_000
        vm.set("runtime.maxCpuUsage", config.hardware.numCPU * mhz)
    vm.set("runtime.maxMemoryUsage", config.hardware.memoryMB)

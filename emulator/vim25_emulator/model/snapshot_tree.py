"""Snapshots of a virtual machine, and their delta disks.

A snapshot contains the configuration at its creation, whose disks are read-only from then on. Removing a
snapshot merges the delta disk that is based on it, as long as there is only one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.virtual_machine_change import set_config, snapshot_configs, snapshot_nodes
from vim25_emulator.model.virtual_machine_files import disks_of
from vim25_emulator.vmodl.value import DataObject, MoRef

#: The end of a disk's file name, with the number of a delta disk.
_DELTA: Final = re.compile(r"(?:-(\d{6}))?\.vmdk\Z")


def take_snapshot(
    inventory: Inventory,
    machine: ManagedObject,
    name: str,
    text: str,
    now: datetime,
    *,
    state: str | None = None,
    quiesced: bool = False,
) -> ManagedObject:
    """Create a snapshot below the current one; the virtual machine continues on new delta disks.

    `state` is the power state after reverting; default: that of the virtual machine.
    """
    created = inventory.create("VirtualMachineSnapshot", None, config=machine.get("config"), vm=machine.ref)
    trees = machine.get("snapshot.rootSnapshotList") or ()
    node = DataObject(
        "VirtualMachineSnapshotTree",
        snapshot=created.ref,
        vm=machine.ref,
        name=name,
        description=text,
        id=1 + max((existing.id for existing in snapshot_nodes(trees)), default=0),
        createTime=now,
        state=state or machine.get("runtime.powerState"),
        quiesced=quiesced,
        replaySupported=False,
    )
    current = machine.get("snapshot.currentSnapshot")
    extended = _with_children(trees, current, (node,)) if current else (*trees, node)
    _set_trees(inventory, machine, extended, created.ref)
    set_config(inventory, machine, _on_delta_disks(inventory, machine, machine.get("config")), now)
    return created


def remove_snapshot(
    inventory: Inventory, machine: ManagedObject, snapshot: ManagedObject, now: datetime
) -> None:
    """Remove a snapshot; its children become children of its parent."""
    trees = machine.get("snapshot.rootSnapshotList")
    current = machine.get("snapshot.currentSnapshot")
    parent = _parent_of(trees, snapshot.ref)
    _merge_disks(inventory, machine, snapshot)
    remaining = _without(trees, snapshot.ref)
    inventory.destroy(snapshot)
    _set_trees(inventory, machine, remaining, parent if current == snapshot.ref else current)
    set_config(inventory, machine, machine.get("config"), now)


def revert_to_snapshot(
    inventory: Inventory, machine: ManagedObject, snapshot: ManagedObject, now: datetime
) -> str:
    """Restore the configuration and disks of a snapshot; return the snapshot's power state.

    The name, placement and identity of the virtual machine do not change.
    """
    trees = machine.get("snapshot.rootSnapshotList")
    _set_trees(inventory, machine, trees, snapshot.ref)
    config = machine.get("config")
    unchanged = {"name": config.name, "template": config.template, "instanceUuid": config.instanceUuid}
    restored = snapshot.get("config").replace(**unchanged)
    set_config(inventory, machine, _on_delta_disks(inventory, machine, restored), now)
    state: str = next(node.state for node in snapshot_nodes(trees) if node.snapshot == snapshot.ref)
    return state


def update_node(machine: ManagedObject, snapshot: MoRef, **properties: str | None) -> None:
    """Set properties of a snapshot's node in the tree, such as its name."""

    def updated(trees: Iterable[DataObject]) -> tuple[DataObject, ...]:
        return tuple(
            tree.replace(
                childSnapshotList=updated(tree.childSnapshotList) or None,
                **(properties if tree.snapshot == snapshot else {}),
            )
            for tree in trees
        )

    machine.set("snapshot.rootSnapshotList", updated(machine.get("snapshot.rootSnapshotList")))


def _set_trees(
    inventory: Inventory, machine: ManagedObject, trees: tuple[DataObject, ...], current: MoRef | None
) -> None:
    """Set the snapshot trees of a virtual machine, and the children of each snapshot."""
    machine.set("rootSnapshot", tuple(tree.snapshot for tree in trees))
    for node in snapshot_nodes(trees):
        children = tuple(child.snapshot for child in node.childSnapshotList)
        inventory[node.snapshot].set("childSnapshot", children)
    info = DataObject("VirtualMachineSnapshotInfo", currentSnapshot=current, rootSnapshotList=trees)
    machine.set("snapshot", info if trees else None)


def _with_children(
    trees: tuple[DataObject, ...], parent: MoRef, nodes: tuple[DataObject, ...]
) -> tuple[DataObject, ...]:
    """Return the trees with nodes added below the snapshot `parent`."""
    return tuple(
        tree.replace(childSnapshotList=(*tree.childSnapshotList, *nodes))
        if tree.snapshot == parent
        else tree.replace(childSnapshotList=_with_children(tree.childSnapshotList, parent, nodes) or None)
        for tree in trees
    )


def _without(trees: Iterable[DataObject], removed: MoRef) -> tuple[DataObject, ...]:
    """Return the trees without a snapshot; its children take its place."""
    remaining: list[DataObject] = []
    for tree in trees:
        children = _without(tree.childSnapshotList, removed)
        remaining += (
            children if tree.snapshot == removed else (tree.replace(childSnapshotList=children or None),)
        )
    return tuple(remaining)


def _parent_of(trees: tuple[DataObject, ...], snapshot: MoRef) -> MoRef | None:
    """Return the parent of a snapshot; None for a root snapshot."""
    for node in snapshot_nodes(trees):
        if any(child.snapshot == snapshot for child in node.childSnapshotList):
            parent: MoRef = node.snapshot
            return parent
    return None


def _on_delta_disks(inventory: Inventory, machine: ManagedObject, config: DataObject) -> DataObject:
    """Return a configuration with new delta disks on top of its disks."""
    number = 1 + max(_delta_numbers(inventory, machine), default=0)
    devices = tuple(_delta_disk(device, number) for device in config.hardware.device)
    extended: DataObject = config.replace(hardware=config.hardware.replace(device=devices))
    return extended


def _delta_numbers(inventory: Inventory, machine: ManagedObject) -> list[int]:
    """Return the numbers of a virtual machine's delta disks."""
    configs = (machine.get("config"), *snapshot_configs(inventory, machine).values())
    names = (disk.backing.fileName for config in configs for disk in disks_of(config))
    return [int(match[1]) for name in names if (match := _DELTA.search(name)) and match[1]]


def _delta_disk(device: DataObject, number: int) -> DataObject:
    if not device.is_a("VirtualDisk") or not _is_snapshotted(device.backing):
        return device
    path = _DELTA.sub(f"-{number:06d}.vmdk", device.backing.fileName)
    return device.replace(backing=device.backing.replace(fileName=path, parent=device.backing))


def _is_snapshotted(backing: DataObject) -> bool:
    mode = backing.__dict__.get("diskMode") or ""
    return "parent" in backing.type_.properties and "independent" not in mode


def _merge_disks(inventory: Inventory, machine: ManagedObject, snapshot: ManagedObject) -> None:
    """Merge every delta disk that is the only one based on a disk of a snapshot to be removed."""
    others = [inventory[ref] for ref in snapshot_configs(inventory, machine) if ref != snapshot.ref]
    merged = _only_deltas(snapshot, machine, others)
    for owner in (machine, *others):
        devices = owner.get("config.hardware.device") or ()
        owner.set("config.hardware.device", tuple(_without_deltas(device, merged) for device in devices))


def _only_deltas(snapshot: ManagedObject, machine: ManagedObject, others: list[ManagedObject]) -> set[str]:
    """Return the delta files that are the only ones based on a snapshot's disks."""
    bases = {disk.backing.fileName for disk in disks_of(snapshot.get("config"))}
    deltas: dict[str, set[str]] = {}
    for owner in (machine, *others):
        for disk in disks_of(owner.get("config")):
            backing = disk.backing
            while (parent := backing.__dict__.get("parent")) is not None:
                if parent.fileName in bases:
                    deltas.setdefault(parent.fileName, set()).add(backing.fileName)
                backing = parent
    in_use = {disk.backing.fileName for other in others for disk in disks_of(other.get("config"))}
    only = (names for base, names in deltas.items() if len(names) == 1 and base not in in_use)
    return {name for names in only for name in names}


def _without_deltas(device: DataObject, names: set[str]) -> DataObject:
    """Return a disk without the delta files of these names; any other device unchanged."""
    if not device.is_a("VirtualDisk"):
        return device
    return device.replace(backing=_backing_without_deltas(device.backing, names))


def _backing_without_deltas(backing: DataObject, names: set[str]) -> DataObject:
    parent = backing.__dict__.get("parent")
    if parent is None:
        return backing
    parent = _backing_without_deltas(parent, names)
    return parent if backing.fileName in names else backing.replace(parent=parent)

"""Snapshots: a point in the life of a virtual machine, and the delta disks that begin there.

Each snapshot holds the configuration of its moment, whose disks nothing writes any more. To remove one lets
the delta that goes on from it be written into what it holds, as long as only one goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.virtual_machine_change import show_config, snapshot_configs, snapshot_nodes
from vim25_emulator.model.virtual_machine_files import disks_of
from vim25_emulator.vmodl.value import DataObject, MoRef

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
    """Take a snapshot of a virtual machine below its current one; its disks go on in delta files.

    `state` is the power state that reverting leads to: that of the virtual machine, unless told.
    """
    created = inventory.create("VirtualMachineSnapshot", None, config=machine.get("config"), vm=machine.ref)
    trees = machine.get("snapshot.rootSnapshotList") or ()
    node = DataObject(
        "VirtualMachineSnapshotTree",
        snapshot=created.ref,
        vm=machine.ref,
        name=name,
        description=text,
        id=1 + max((held.id for held in snapshot_nodes(trees)), default=0),
        createTime=now,
        state=state or machine.get("runtime.powerState"),
        quiesced=quiesced,
        replaySupported=False,
    )
    current = machine.get("snapshot.currentSnapshot")
    grown = _with_children(trees, current, (node,)) if current else (*trees, node)
    _show_trees(inventory, machine, grown, created.ref)
    show_config(inventory, machine, _continued(inventory, machine, machine.get("config")), now)
    return created


def remove_snapshot(
    inventory: Inventory, machine: ManagedObject, snapshot: ManagedObject, now: datetime
) -> None:
    """Remove one snapshot; those below it belong to the one above from then on."""
    trees = machine.get("snapshot.rootSnapshotList")
    current = machine.get("snapshot.currentSnapshot")
    above = _parent_of(trees, snapshot.ref)
    _merge_disks(inventory, machine, snapshot)
    remaining = _without(trees, snapshot.ref)
    inventory.destroy(snapshot)
    _show_trees(inventory, machine, remaining, above if current == snapshot.ref else current)
    show_config(inventory, machine, machine.get("config"), now)


def revert_to_snapshot(
    inventory: Inventory, machine: ManagedObject, snapshot: ManagedObject, now: datetime
) -> str:
    """Give a virtual machine the configuration and the disks that a snapshot holds.

    Returns the power state that it had then. What names it and where it stands remains.
    """
    trees = machine.get("snapshot.rootSnapshotList")
    _show_trees(inventory, machine, trees, snapshot.ref)
    held, config = snapshot.get("config"), machine.get("config")
    kept = {"name": config.name, "template": config.template, "instanceUuid": config.instanceUuid}
    show_config(inventory, machine, _continued(inventory, machine, held.replace(**kept)), now)
    state: str = next(node.state for node in snapshot_nodes(trees) if node.snapshot == snapshot.ref)
    return state


def change_node(machine: ManagedObject, snapshot: MoRef, **properties: str | None) -> None:
    """Change what the tree says of a snapshot, such as its name."""

    def changed(trees: Iterable[DataObject]) -> tuple[DataObject, ...]:
        return tuple(
            tree.replace(
                childSnapshotList=changed(tree.childSnapshotList) or None,
                **(properties if tree.snapshot == snapshot else {}),
            )
            for tree in trees
        )

    machine.set("snapshot.rootSnapshotList", changed(machine.get("snapshot.rootSnapshotList")))


def _show_trees(
    inventory: Inventory, machine: ManagedObject, trees: tuple[DataObject, ...], current: MoRef | None
) -> None:
    """Let a virtual machine show these trees, and each snapshot those right below it."""
    machine.set("rootSnapshot", tuple(tree.snapshot for tree in trees))
    for node in snapshot_nodes(trees):
        below = tuple(child.snapshot for child in node.childSnapshotList)
        inventory[node.snapshot].set("childSnapshot", below)
    info = DataObject("VirtualMachineSnapshotInfo", currentSnapshot=current, rootSnapshotList=trees)
    machine.set("snapshot", info if trees else None)


def _with_children(
    trees: tuple[DataObject, ...], parent: MoRef, nodes: tuple[DataObject, ...]
) -> tuple[DataObject, ...]:
    """Return the trees with nodes below the snapshot `parent`."""
    return tuple(
        tree.replace(childSnapshotList=(*tree.childSnapshotList, *nodes))
        if tree.snapshot == parent
        else tree.replace(childSnapshotList=_with_children(tree.childSnapshotList, parent, nodes) or None)
        for tree in trees
    )


def _without(trees: Iterable[DataObject], gone: MoRef) -> tuple[DataObject, ...]:
    """Return the trees without a snapshot, in whose place stand those that were below it."""
    remaining: list[DataObject] = []
    for tree in trees:
        below = _without(tree.childSnapshotList, gone)
        remaining += below if tree.snapshot == gone else (tree.replace(childSnapshotList=below or None),)
    return tuple(remaining)


def _parent_of(trees: tuple[DataObject, ...], snapshot: MoRef) -> MoRef | None:
    """Return the snapshot right above another; None for one at the root."""
    for node in snapshot_nodes(trees):
        if any(child.snapshot == snapshot for child in node.childSnapshotList):
            parent: MoRef = node.snapshot
            return parent
    return None


def _continued(inventory: Inventory, machine: ManagedObject, config: DataObject) -> DataObject:
    """Return a configuration whose disks go on in delta files that are new."""
    number = 1 + max(_numbers(inventory, machine), default=0)
    devices = tuple(_delta(device, number) for device in config.hardware.device)
    continued: DataObject = config.replace(hardware=config.hardware.replace(device=devices))
    return continued


def _numbers(inventory: Inventory, machine: ManagedObject) -> list[int]:
    """Return the numbers that delta files of a virtual machine have."""
    configs = (machine.get("config"), *snapshot_configs(inventory, machine).values())
    names = (disk.backing.fileName for config in configs for disk in disks_of(config))
    return [int(found[1]) for name in names if (found := _DELTA.search(name)) and found[1]]


def _delta(device: DataObject, number: int) -> DataObject:
    if not device.is_a("VirtualDisk") or not _is_snapshotted(device.backing):
        return device
    path = _DELTA.sub(f"-{number:06d}.vmdk", device.backing.fileName)
    return device.replace(backing=device.backing.replace(fileName=path, parent=device.backing))


def _is_snapshotted(backing: DataObject) -> bool:
    mode = backing.__dict__.get("diskMode") or ""
    return "parent" in backing.type_.properties and "independent" not in mode


def _merge_disks(inventory: Inventory, machine: ManagedObject, snapshot: ManagedObject) -> None:
    """Write the deltas that go on from a snapshot's disks into these, wherever only one goes on."""
    frozen = {disk.backing.fileName for disk in disks_of(snapshot.get("config"))}
    others = [inventory[ref] for ref in snapshot_configs(inventory, machine) if ref != snapshot.ref]
    following: dict[str, set[str]] = {}
    for holder in (machine, *others):
        for disk in disks_of(holder.get("config")):
            backing = disk.backing
            while (above := backing.__dict__.get("parent")) is not None:
                if above.fileName in frozen:
                    following.setdefault(above.fileName, set()).add(backing.fileName)
                backing = above
    held_by_others = {disk.backing.fileName for each in others for disk in disks_of(each.get("config"))}
    merged = {
        name
        for base, names in following.items()
        if len(names) == 1 and base not in held_by_others
        for name in names
    }
    for holder in (machine, *others):
        devices = holder.get("config.hardware.device")
        holder.set("config.hardware.device", tuple(_merged(device, merged) for device in devices))


def _merged(device: DataObject, names: set[str]) -> DataObject:
    """Return a disk without the deltas of these names; any other device as it is."""
    if not device.is_a("VirtualDisk"):
        return device
    return device.replace(backing=_merged_backing(device.backing, names))


def _merged_backing(backing: DataObject, names: set[str]) -> DataObject:
    above = backing.__dict__.get("parent")
    if above is None:
        return backing
    parent = _merged_backing(above, names)
    return parent if backing.fileName in names else backing.replace(parent=parent)

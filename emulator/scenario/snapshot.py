"""Snapshots: a point in the life of a virtual machine, and the delta disks that begin there."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from emulator.inventory.store import Inventory, ManagedObject
from emulator.scenario.virtual_machine_files import files_of
from emulator.vmodl.value import DataObject, MoRef

_DELTA: Final = re.compile(r"(?:-\d{6})?\.vmdk\Z")


def take_snapshot(
    inventory: Inventory, machine: ManagedObject, name: str, text: str, now: datetime
) -> ManagedObject:
    """Take a snapshot of a virtual machine below its current one; its disks go on in delta files."""
    config = machine.get("config")
    created = inventory.create("VirtualMachineSnapshot", None, config=config, vm=machine.ref)
    held = machine.get("snapshot")
    number = len(machine.get("layoutEx.snapshot") or ()) + 1
    node = DataObject(
        "VirtualMachineSnapshotTree",
        snapshot=created.ref,
        vm=machine.ref,
        name=name,
        description=text,
        id=number,
        createTime=now,
        state=machine.get("runtime.powerState"),
        quiesced=False,
        replaySupported=False,
    )
    current = held.currentSnapshot if held else None
    roots = held.rootSnapshotList if held else ()
    tree = _grown(roots, current, node) if current else (node,)
    if current is None:
        machine.set("rootSnapshot", (created.ref,))
    else:
        inventory[current].add("childSnapshot", created.ref)
    machine.set(
        "snapshot",
        DataObject("VirtualMachineSnapshotInfo", currentSnapshot=created.ref, rootSnapshotList=tree),
    )
    _continue_disks(machine, number, created.ref, now)
    return created


def _grown(trees: tuple[DataObject, ...], parent: MoRef, node: DataObject) -> tuple[DataObject, ...]:
    """Return the trees with a node below the snapshot `parent`."""
    return tuple(
        tree.replace(childSnapshotList=(*tree.childSnapshotList, node))
        if tree.snapshot == parent
        else tree.replace(childSnapshotList=_grown(tree.childSnapshotList, parent, node) or None)
        for tree in trees
    )


def _continue_disks(machine: ManagedObject, number: int, snapshot: MoRef, now: datetime) -> None:
    """Give every disk a delta file on top of its chain, and let the file properties follow."""
    before = machine.get("layoutEx")
    devices = machine.get("config.hardware.device")
    machine.set("config.hardware.device", tuple(_continued(device, number) for device in devices))
    home = machine.get("datastore")[0]
    running = machine.get("runtime.powerState") == "poweredOn"
    files = files_of(machine.get("config"), home, now, running=running)
    layout = DataObject(
        "VirtualMachineFileLayoutExSnapshotLayout",
        key=snapshot,
        dataKey=-1,
        memoryKey=-1,
        disk=before.disk,
    )
    machine.set("layout", files.layout)
    machine.set("layoutEx", files.layout_ex.replace(snapshot=(*before.snapshot, layout)))
    machine.set("storage", files.storage)
    machine.set("summary.storage", files.summary)


def _continued(device: DataObject, number: int) -> DataObject:
    if not device.is_a("VirtualDisk") or "independent" in device.backing.diskMode:
        return device
    path = _DELTA.sub(f"-{number:06d}.vmdk", device.backing.fileName)
    return device.replace(backing=device.backing.replace(fileName=path, parent=device.backing))

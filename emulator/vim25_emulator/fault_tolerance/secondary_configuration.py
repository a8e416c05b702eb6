"""The configuration of a secondary: its primary's, with files, disks and an identity of its own.

The secondary follows its primary: what is changed in the primary's configuration is changed in its own, as
the CPU reservation is [documented] and VmFailedUpdatingSecondaryConfigEvent implies for the rest [derived].
The writes to disks are mirrored, so a snapshot of the primary puts the secondary on delta disks, too
[derived]; only the primary shows the snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from vim25_emulator.fault_tolerance.pair_kind import is_legacy
from vim25_emulator.fault_tolerance.secondary_request import datastore_behind
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datastore_file import home_of, parts_of
from vim25_emulator.model.rewriting import rewritten
from vim25_emulator.model.virtual_machine_change import refresh_files, set_config, snapshot_configs
from vim25_emulator.model.virtual_machine_files import disks_of
from vim25_emulator.vmodl.value import DataObject, MoRef

#: Properties of the configuration that a secondary does not take from its primary.
_OWN: Final = ("instanceUuid", "ftInfo", "files")

#: Key of a disk → datastore of the copy. Other disks are shared.
Copies = Mapping[int, ManagedObject]


def placed_in(config: DataObject, home: str, copies: Copies) -> DataObject:
    """Return a configuration whose files and copied disks are in the directory `home` instead of its own."""
    old = home_of(config.files.vmPathName)
    placed: DataObject = rewritten(
        config.replace(hardware=None),
        lambda path: home + path[len(old) :] if path.startswith(old) else path,
    )
    directories = (parts_of(old)[1], parts_of(home)[1])
    devices = tuple(
        device.replace(backing=_copied(device.backing, copies[device.key], *directories))
        if device.key in copies
        else device
        for device in config.hardware.device
    )
    return placed.replace(hardware=config.hardware.replace(device=devices))


def _copied(backing: DataObject, datastore: ManagedObject, old: str, new: str) -> DataObject:
    """Return the backing of a copy in the directory `new`, with those of its parents that are in `old`."""
    name = backing.fileName.rpartition("/")[2]
    copy = backing.replace(fileName=f"[{datastore.get('name')}] {new}{name}", datastore=datastore.ref)
    parent = backing.__dict__.get("parent")
    if parent is None or not parts_of(parent.fileName)[1].startswith(old):
        return copy
    return copy.replace(parent=_copied(parent, datastore, old, new))


def follow_primary(inventory: Inventory, primary: ManagedObject, now: datetime) -> None:
    """Give a secondary the configuration of its primary; no-op for any VM but a primary."""
    info = primary.get("config.ftInfo")
    refs: tuple[MoRef, ...] = (info.__dict__.get("secondaries") if info is not None else None) or ()
    for secondary in inventory.find_all(refs):
        own = secondary.get("config")
        home = home_of(own.files.vmPathName)
        placed = placed_in(primary.get("config"), home, _copies(inventory, secondary))
        unchanged = {name: own.__dict__.get(name) for name in _OWN}
        set_config(inventory, secondary, placed.replace(**unchanged), now)


def _copies(inventory: Inventory, vm: ManagedObject) -> dict[int, ManagedObject]:
    """Return the datastores of a VM's own copies of disks; a legacy pair shares its disks."""
    disks = () if is_legacy(vm) else disks_of(vm.get("config"))
    datastores = {disk.key: inventory.find(datastore_behind(disk)) for disk in disks}
    return {key: datastore for key, datastore in datastores.items() if datastore is not None}


def move_snapshots(inventory: Inventory, primary: ManagedObject, secondary: ManagedObject) -> None:
    """Move the snapshots of a primary to the files that it has after a failover; no-op without snapshots."""
    home = home_of(primary.get("config.files.vmPathName"))
    for ref, before in snapshot_configs(inventory, primary).items():
        inventory[ref].set("config", placed_in(before, home, _copies(inventory, primary)))
    if primary.get("snapshot") is not None:
        refresh_files(inventory, primary)
        refresh_files(inventory, secondary)

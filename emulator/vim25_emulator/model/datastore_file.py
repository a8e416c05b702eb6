"""Files on datastores: paths, existing files, and files that belong to no virtual machine.

The files of a virtual machine are in its own properties. The files that remain after a virtual machine was
unregistered or a disk was detached are stored here: they can be registered or attached again, and use space.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datastore import add_usage
from vim25_emulator.model.rewriting import rewritten
from vim25_emulator.model.virtual_machine_files import committed_bytes, disks_of
from vim25_emulator.vmodl.value import DataObject, MethodFault

_PATH: Final = re.compile(r"\[(?P<store>[^\]]+)\] ?(?P<inside>.*)\Z")


@dataclass
class Leftovers:
    """Files without a virtual machine: configurations by .vmx path, disks by .vmdk path."""

    configs: dict[str, DataObject] = field(default_factory=dict)
    disks: dict[str, DataObject] = field(default_factory=dict)

    def add_disk(self, inventory: Inventory, disk: DataObject) -> None:
        """Add the file of a detached disk."""
        self.disks[disk.backing.fileName] = disk
        add_usage(inventory, disk.backing.datastore, committed_bytes(disk), 0)

    def remove_disk(self, inventory: Inventory, path: str) -> None:
        """Remove the file of a disk that is attached again; no-op for any other path."""
        disk = self.disks.pop(path, None)
        if disk is not None:
            add_usage(inventory, disk.backing.datastore, -committed_bytes(disk), 0)

    def forget(self, store: str) -> None:
        """Remove the files on a datastore that is removed."""
        for files in (self.configs, self.disks):
            for path in [path for path in files if path.startswith(f"[{store}] ")]:
                del files[path]

    def rewrite(self, rewrite: Callable[[str], str], change: Callable[[DataObject], DataObject]) -> None:
        """Apply one function to all paths, and another one to the configurations."""
        self.disks = {rewrite(path): rewritten(disk, rewrite) for path, disk in self.disks.items()}
        self.configs = {
            rewrite(path): change(rewritten(config, rewrite)) for path, config in self.configs.items()
        }


def parts_of(path: str | None) -> tuple[str, str]:
    """Return the datastore name and the path on it; InvalidDatastorePath for a malformed path."""
    match = _PATH.match(path or "")
    if match is None:
        raise MethodFault("InvalidDatastorePath", datastorePath=path or "")
    return match["store"], match["inside"]


def normalized(path: str) -> str:
    """Return a datastore path as this vCenter writes it; the space behind the datastore may be left out."""
    return "[{}] {}".format(*parts_of(path))


def datastore_at(inventory: Inventory, path: str | None, host: ManagedObject) -> ManagedObject:
    """Return the datastore of a path; InvalidDatastorePath if the host does not mount or cannot access it."""
    name, _ = parts_of(path)
    for datastore in inventory.find_all(host.get("datastore")):
        if datastore.get("name") == name and datastore.get("summary.accessible"):
            return datastore
    raise MethodFault("InvalidDatastorePath", datastorePath=path, name=name)


def home_of(path: str) -> str:
    """Return the directory of a datastore path, with a trailing slash."""
    return path[: path.rfind("/") + 1]


def file_names(inventory: Inventory, leftovers: Leftovers) -> set[str]:
    """Return the paths of all existing configuration and disk files."""
    paths = {*leftovers.configs, *leftovers.disks}
    for config in leftovers.configs.values():
        paths |= {disk.backing.fileName for disk in disks_of(config)}
    for vm in inventory.of_type("VirtualMachine"):
        paths.add(vm.get("summary.config.vmPathName") or "")
        paths |= {file.name for file in vm.get("layoutEx.file") or ()}
    return paths


def new_directory(inventory: Inventory, leftovers: Leftovers, store: str, name: str) -> str:
    """Return an unused directory on a datastore, named after a virtual machine."""
    used = {home_of(path) for path in file_names(inventory, leftovers)}
    candidates = (f"[{store}] {name}{f'_{number}' if number else ''}/" for number in count())
    return next(directory for directory in candidates if directory not in used)


def find_disk(inventory: Inventory, leftovers: Leftovers, path: str) -> DataObject | None:
    """Return the disk with this file, attached or not; None if it does not exist."""
    if path in leftovers.disks:
        return leftovers.disks[path]
    registered = (vm.get("config") for vm in inventory.of_type("VirtualMachine"))
    for config in (*registered, *leftovers.configs.values()):
        for disk in disks_of(config) if config is not None else ():
            if disk.backing.fileName == path:
                return disk
    return None

"""Files on datastores: paths, which files there are, and those that belong to no virtual machine.

A virtual machine tells of its own files. What stays when it is unregistered, or when a disk is taken out of
it, is kept here, so that it can be registered or attached again; it goes on taking space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.virtual_machine_change import book
from vim25_emulator.model.virtual_machine_files import disks_of, written
from vim25_emulator.vmodl.value import DataObject, MethodFault

_PATH: Final = re.compile(r"\[(?P<store>[^\]]+)\] ?(?P<inside>.*)\Z")


@dataclass
class Leftovers:
    """What belongs to no virtual machine: configurations by .vmx path, disks by .vmdk path."""

    configs: dict[str, DataObject] = field(default_factory=dict)
    disks: dict[str, DataObject] = field(default_factory=dict)

    def keep_disk(self, inventory: Inventory, disk: DataObject) -> None:
        """Keep the file of a disk that its virtual machine no longer has."""
        self.disks[disk.backing.fileName] = disk
        book(inventory, disk.backing.datastore, written(disk), 0)

    def take_disk(self, inventory: Inventory, path: str) -> None:
        """Forget a file that a virtual machine has again."""
        disk = self.disks.pop(path, None)
        if disk is not None:
            book(inventory, disk.backing.datastore, -written(disk), 0)


def parts_of(path: str | None) -> tuple[str, str]:
    """Return the datastore's name and the path on it; raise InvalidDatastorePath for another form."""
    match = _PATH.match(path or "")
    if match is None:
        raise MethodFault("InvalidDatastorePath", datastorePath=path or "")
    return match["store"], match["inside"]


def normalized(path: str) -> str:
    """Return a datastore path as this vCenter writes it; the space behind the datastore may be left out."""
    return "[{}] {}".format(*parts_of(path))


def datastore_at(inventory: Inventory, path: str | None, host: ManagedObject) -> ManagedObject:
    """Return the datastore that a path lies on, as a host sees it.

    Raises InvalidDatastorePath if the host has none of that name or cannot reach it.
    """
    name, _ = parts_of(path)
    for datastore in inventory.find_all(host.get("datastore")):
        if datastore.get("name") == name and datastore.get("summary.accessible"):
            return datastore
    raise MethodFault("InvalidDatastorePath", datastorePath=path, name=name)


def home_of(path: str) -> str:
    """Return the directory of a datastore path, with its slash."""
    return path[: path.rfind("/") + 1]


def file_names(inventory: Inventory, leftovers: Leftovers) -> set[str]:
    """Return the paths of all configuration and disk files that there are."""
    found = {*leftovers.configs, *leftovers.disks}
    for config in leftovers.configs.values():
        found |= {disk.backing.fileName for disk in disks_of(config)}
    for vm in inventory.of_type("VirtualMachine"):
        found.add(vm.get("summary.config.vmPathName") or "")
        found |= {file.name for file in vm.get("layoutEx.file") or ()}
    return found


def new_directory(inventory: Inventory, leftovers: Leftovers, store: str, name: str) -> str:
    """Return a directory on a datastore, named like the virtual machine, that is not there yet."""
    taken = {home_of(path) for path in file_names(inventory, leftovers)}
    candidates = (f"[{store}] {name}{f'_{number}' if number else ''}/" for number in count())
    return next(directory for directory in candidates if directory not in taken)


def find_disk(inventory: Inventory, leftovers: Leftovers, path: str) -> DataObject | None:
    """Return the disk whose file is at a path, be it a virtual machine's or nobody's."""
    if path in leftovers.disks:
        return leftovers.disks[path]
    registered = (vm.get("config") for vm in inventory.of_type("VirtualMachine"))
    for config in (*registered, *leftovers.configs.values()):
        for disk in disks_of(config) if config is not None else ():
            if disk.backing.fileName == path:
                return disk
    return None

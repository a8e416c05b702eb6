"""The files on a datastore, and the contents of the small ones.

The files are those in the `layoutEx` of the virtual machines; there are no others. A disk's extents are not
listed, its size is that of its extents, and a file is as old as the configuration of its VM [derived].
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datastore_file import Leftovers
from vim25_emulator.model.virtual_machine_files import NVRAM_BYTES
from vim25_emulator.model.vmx_file import vmx_text, vmxf_text
from vim25_emulator.vmodl.value import DataObject

_EXTENT: Final = "-flat.vmdk"
_NVRAM_MAGIC: Final = b"MRVN"  #: first bytes of a file with the firmware's variables

#: File type in layoutEx → type of FileInfo; any other type is a plain FileInfo.
_KINDS: Final = {
    "config": "VmConfigFileInfo",
    "diskDescriptor": "VmDiskFileInfo",
    "nvram": "VmNvramFileInfo",
    "log": "VmLogFileInfo",
    "snapshotData": "VmSnapshotFileInfo",
}


class File(NamedTuple):
    """A file or folder: its folder on the datastore, name, type of FileInfo, bytes, time of modification."""

    folder: str
    name: str
    kind: str
    size: int
    modified: datetime | None


def files_on(inventory: Inventory, store: ManagedObject) -> Iterator[File]:
    """Yield the folders and files on a datastore, VM by VM."""
    prefix, seen = f"[{store.get('name')}] ", set[str]()
    for vm in inventory.find_all(store.get("vm")):
        listed = vm.get("layoutEx.file") or ()
        modified = vm.get("config.modified")
        sizes = {file.name: file.size for file in listed}
        for file in listed:
            path = file.name.removeprefix(prefix)
            if path == file.name or path.endswith(_EXTENT) or path in seen:
                continue
            folder, _, name = path.rpartition("/")
            if folder not in seen:
                yield File("", folder, "FolderFileInfo", 0, modified)
            seen |= {folder, path}
            extent = sizes.get(f"{file.name.removesuffix('.vmdk')}{_EXTENT}", file.size)
            yield File(folder, name, _KINDS.get(file.type, "FileInfo"), extent, modified)


def small_file(inventory: Inventory, leftovers: Leftovers, path: str) -> bytes | None:
    """Return the contents of a .vmx, .vmxf, .nvram or .vmsd file; None if no virtual machine has it."""
    stem, dot, extension = path.rpartition(".")
    config = _config_at(inventory, leftovers, f"{stem}.vmx") if dot else None
    if config is None or extension not in _EXTENSIONS:
        return None
    if extension == "nvram":
        return _NVRAM_MAGIC.ljust(NVRAM_BYTES, b"\0")
    texts = {"vmx": lambda: vmx_text(inventory, config), "vmxf": lambda: vmxf_text(config)}
    return texts[extension]().encode() if extension in texts else b""


_EXTENSIONS: Final = frozenset({"vmx", "vmxf", "nvram", "vmsd"})


def _config_at(inventory: Inventory, leftovers: Leftovers, path: str) -> DataObject | None:
    """Return the configuration in a .vmx file, whether its virtual machine is registered or not."""
    for vm in inventory.of_type("VirtualMachine"):
        if vm.get("summary.config.vmPathName") == path:
            config: DataObject | None = vm.get("config")
            return config
    return leftovers.configs.get(path)

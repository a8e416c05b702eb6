"""The WSDL and schemas as files: of the whole API at a version, or of what the emulator implements of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.soap import wsdl
from vim25_emulator.soap.surface import reachable
from vim25_emulator.vmodl.version import Version


def contract(
    version: Version, address: str = wsdl.ADDRESS, *, only_implemented: bool = False
) -> dict[str, bytes]:
    """Return file name → content; `vimService.wsdl` is the one to load, the others are found from it."""
    if not only_implemented:
        return wsdl.documents(version, address)
    return wsdl.documents_of(reachable(version, IMPLEMENTATION.implemented()), address)


def write(documents: Mapping[str, bytes], folder: Path, *, force: bool = False) -> None:
    """Write files into a folder, which is made if it is missing; all of them or none.

    Raises FileExistsError, unless `force`, for a file that is there already and is another.
    """
    for name, content in documents.items():
        there = folder / name
        if not force and there.exists() and (not there.is_file() or there.read_bytes() != content):
            raise FileExistsError(there)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents.items():
        (folder / name).write_bytes(content)

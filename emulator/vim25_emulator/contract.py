"""The API as files: its WSDL, whole or the part that the emulator implements, and its OpenAPI description."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.soap import wsdl
from vim25_emulator.vijson import openapi
from vim25_emulator.vmodl.api_subset import reachable
from vim25_emulator.vmodl.version import Version


def contract(
    version: Version, address: str = wsdl.ADDRESS, *, only_implemented: bool = False
) -> dict[str, bytes]:
    """Return file name → content. Load `vimService.wsdl`; it imports the others."""
    if not only_implemented:
        return wsdl.documents(version, address)
    return wsdl.documents_of(reachable(version, IMPLEMENTATION.implemented()), address)


def description(version: Version) -> bytes:
    """Return the OpenAPI description of what is implemented, for a version with VI/JSON."""
    return openapi.description(version, IMPLEMENTATION.implemented())


def write(documents: Mapping[str, bytes], folder: Path, *, force: bool = False) -> None:
    """Write all files into a folder, or none of them; create the folder if it does not exist.

    Without `force`, raise FileExistsError if a file exists with other content.
    """
    for name, content in documents.items():
        path = folder / name
        if not force and path.exists() and (not path.is_file() or path.read_bytes() != content):
            raise FileExistsError(path)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents.items():
        (folder / name).write_bytes(content)

"""The last written result of each method without parameters, which often returns the same object again."""

from __future__ import annotations

from typing import Any

from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.value import DataObject
from vim25_emulator.vmodl.version import Version


def is_repeated(method: Method, result: Any) -> bool:
    """Whether a method may return the same object again; others are not worth looking up."""
    return not method.parameters and result.__class__ is DataObject


class ResultCache:
    """Written results by method and version, as long as the method returns the same object.

    Values are immutable, so one that is returned again is written as before. There are at most as many
    entries as methods without parameters and versions.
    """

    def __init__(self) -> None:
        self._written: dict[tuple[str, int], tuple[DataObject, bytes]] = {}

    def find(self, method: Method, version: Version, result: DataObject) -> bytes | None:
        """Return the written result if that of the last call was the same object."""
        cached = self._written.get((method.name, version.position))
        return cached[1] if cached is not None and cached[0] is result else None

    def keep(self, method: Method, version: Version, result: DataObject, written: bytes) -> bytes:
        """Remember a written result, and return it."""
        self._written[method.name, version.position] = result, written
        return written

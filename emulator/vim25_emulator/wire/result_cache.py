"""The last written result of each method without parameters, which often returns the same object again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.value import DataObject
from vim25_emulator.vmodl.version import Version


class ResultCache:
    """Written results by method and version, as long as the method returns the same object.

    Values are immutable, so one that is returned again is written as before. There are at most as many
    entries as methods without parameters and versions.
    """

    def __init__(self) -> None:
        self._written: dict[tuple[str, int], tuple[DataObject, bytes]] = {}

    def get_or_write(
        self, method: Method, version: Version, result: Any, write: Callable[[], bytes]
    ) -> bytes:
        """Return a written result: that of the last call if it is the same object."""
        if method.parameters or result.__class__ is not DataObject:
            return write()
        key = method.name, version.position
        cached = self._written.get(key)
        if cached is None or cached[0] is not result:
            cached = self._written[key] = result, write()
        return cached[1]

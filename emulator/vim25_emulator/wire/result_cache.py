"""The last written result of each method without parameters, which often returns the same object again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.value import DataObject
from vim25_emulator.vmodl.version import Version


class ResultCache:
    """Writes results, those of methods without parameters once for as long as they return the same object.

    Values are immutable, so one that is returned again is written as before. There are at most as many
    entries as methods without parameters and versions.
    """

    def __init__(self, write: Callable[[Method, Any, Version], bytes]) -> None:
        self._write = write
        self._written: dict[tuple[str, int], tuple[DataObject, bytes]] = {}

    def written(self, method: Method, result: Any, version: Version) -> bytes:
        """Return the written result of a call."""
        if method.parameters or result.__class__ is not DataObject:
            return self._write(method, result, version)
        key = method.name, version.position
        cached = self._written.get(key)
        if cached is None or cached[0] is not result:
            cached = self._written[key] = result, self._write(method, result, version)
        return cached[1]

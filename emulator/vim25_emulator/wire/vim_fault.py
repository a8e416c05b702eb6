"""The fault that a protocol writes, as Spyne transports it."""

from __future__ import annotations

from vim25_emulator.vmodl.value import DataObject
from vim25_emulator.wire.spyne_shim import importable

with importable():
    from spyne import Fault


class VimFault(Fault):  # type: ignore[misc]  # Spyne has no types
    """A fault for Spyne. `data` is the API's fault object, None for a malformed SOAP document."""

    def __init__(self, code: str, text: str, data: DataObject | None) -> None:
        super().__init__(code, text)
        self.faultstring = text  # Spyne would replace an empty text, which some faults have
        self.data = data

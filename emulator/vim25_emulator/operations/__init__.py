"""The operations: functions with `@operation` and nothing else, in a folder per kind of managed object.

A method is one small function; its name, parameters, result, privilege, declared faults and first version
come from the registry. Operations never import each other: what two of them share is in `behavior`.
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.vcenter.implementation import Implementation

IMPLEMENTATION: Final = Implementation(
    __name__,
    guards="vim25_emulator.behavior.pair_guard",
    first={"ServiceInstance": f"{__name__}.manager.service_instance"},  # where every client begins
)

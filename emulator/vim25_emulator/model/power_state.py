"""Power states of a virtual machine. A host's are another enumeration, and `host_service` reads them."""

from __future__ import annotations

from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject

OFF: Final = "poweredOff"
ON: Final = "poweredOn"
SUSPENDED: Final = "suspended"


def is_powered_on(vm: ManagedObject) -> bool:
    """Whether a VM is powered on; a suspended one is not."""
    return bool(vm.get("runtime.powerState") == ON)

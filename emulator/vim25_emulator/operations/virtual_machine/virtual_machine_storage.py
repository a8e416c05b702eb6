"""VirtualMachine: RefreshStorageInfo."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation


@operation("VirtualMachine", "RefreshStorageInfo")
def refresh_storage_info(call: Call, vm: ManagedObject) -> None:
    """Set the time at which the storage information was last current; the information always is."""
    now = call.vcenter.clock.now()
    for path in ("storage", "layoutEx", "summary.storage"):
        if vm.get(path) is not None:
            vm.set(f"{path}.timestamp", now)

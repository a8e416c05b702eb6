"""HostStorageSystem: looking for new storage; there never is any."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault


@operation("HostStorageSystem", "RefreshStorageSystem")
def refresh(call: Call, system: ManagedObject) -> None:
    """No-op: the storage information is always current."""


@operation("HostStorageSystem", "RescanAllHba")
def rescan_all_adapters(call: Call, system: ManagedObject) -> None:
    """No-op: adapters have no new devices."""


@operation("HostStorageSystem", "RescanVmfs")
def rescan_file_systems(call: Call, system: ManagedObject) -> None:
    """No-op: devices have no new file systems."""


@operation("HostStorageSystem", "RescanHba")
def rescan_adapter(call: Call, system: ManagedObject, hbaDevice: str) -> None:
    """No-op: an adapter has no new devices. Raises NotFound if it does not exist."""
    adapters = system.get("storageDeviceInfo.hostBusAdapter") or ()
    if hbaDevice not in {adapter.device for adapter in adapters}:
        raise MethodFault("NotFound")

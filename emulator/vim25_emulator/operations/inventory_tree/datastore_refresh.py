"""Datastore: RefreshDatastore and RefreshDatastoreStorageInfo."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation


@operation("Datastore", "RefreshDatastore")
def refresh(call: Call, datastore: ManagedObject) -> None:
    """No-op: free space and capacity are always current."""


@operation("Datastore", "RefreshDatastoreStorageInfo")
def refresh_storage_info(call: Call, datastore: ManagedObject) -> None:
    """No-op: the space that virtual machines use is always current."""

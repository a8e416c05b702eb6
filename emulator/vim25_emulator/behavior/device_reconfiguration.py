"""Reconfigure the devices of a virtual machine: device changes, disk files, datastore space."""

from __future__ import annotations

from collections.abc import Iterable

from vim25_emulator.behavior.device_change import DeviceChanges
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datastore_file import home_of
from vim25_emulator.model.virtual_machine_files import disks_of, files_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef


def apply_device_changes(
    call: Call, config: DataObject, requested: Iterable[DataObject], host: ManagedObject, *, running: bool
) -> tuple[DataObject, DeviceChanges]:
    """Return a configuration with `deviceChange` of a spec applied, and the changes for their files."""
    changes = DeviceChanges(
        call.vcenter.inventory,
        call.vcenter.leftovers,
        host,
        home_of(config.files.vmPathName),
        list(config.hardware.device),
        running,
        config.instanceUuid or config.uuid,
    )
    devices = changes.apply(requested)
    caches = [device.vFlashCacheConfigInfo for device in devices if device.is_a("VirtualDisk")]
    reserved = sum(cache.reservationInMB or 0 for cache in caches if cache is not None)
    result = config.replace(hardware=config.hardware.replace(device=devices))
    return (result.replace(vFlashCacheReservation=reserved) if any(caches) else result), changes


def reconcile_files(call: Call, changes: DeviceChanges) -> None:
    """Add the files of detached disks to the leftovers, and remove those of attached disks from them."""
    inventory, leftovers = call.vcenter.inventory, call.vcenter.leftovers
    for disk in changes.detached:
        leftovers.add_disk(inventory, disk)
    for path in changes.attached:
        leftovers.remove_disk(inventory, path)


def require_space(
    inventory: Inventory, config: DataObject, home: MoRef, current: Iterable[DataObject] = ()
) -> None:
    """Raise NoDiskSpace if a datastore lacks the space that a configuration requires.

    `home` is the datastore of the VM's directory, `current` its VirtualMachineUsageOnDatastore so far.
    """
    before = {usage.datastore: usage.committed for usage in current}
    disks = [disk.backing for disk in disks_of(config)]
    for usage in files_of(config, home, config.modified, running=False).usage:
        datastore = inventory[usage.datastore]
        if usage.committed - before.get(usage.datastore, 0) > datastore.get("summary.freeSpace"):
            paths = (backing.fileName for backing in disks if backing.datastore == usage.datastore)
            path = next(paths, config.files.vmPathName)
            raise MethodFault("NoDiskSpace", file=path, datastore=datastore.get("name"))

"""A virtual machine's new configuration: its devices, their files, and the space these need."""

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
    call: Call, config: DataObject, spec: DataObject, host: ManagedObject, *, running: bool
) -> tuple[DataObject, DeviceChanges]:
    """Return a configuration whose devices are changed as a spec says, and what becomes of files."""
    changes = DeviceChanges(
        call.vcenter.inventory,
        call.vcenter.leftovers,
        host,
        home_of(config.files.vmPathName),
        list(config.hardware.device),
        running,
        config.instanceUuid or config.uuid,
    )
    devices = changes.apply(spec.deviceChange)
    cached = [device.vFlashCacheConfigInfo for device in devices if device.is_a("VirtualDisk")]
    reserved = sum(cache.reservationInMB or 0 for cache in cached if cache is not None)
    made = config.replace(hardware=config.hardware.replace(device=devices))
    return (made.replace(vFlashCacheReservation=reserved) if any(cached) else made), changes


def reconcile_files(call: Call, changes: DeviceChanges) -> None:
    """Keep the files that a VM no longer has, and forget those that it has taken over."""
    inventory, leftovers = call.vcenter.inventory, call.vcenter.leftovers
    for disk in changes.dropped:
        leftovers.add_disk(inventory, disk)
    for path in changes.attached:
        leftovers.remove_disk(inventory, path)


def require_space(
    inventory: Inventory, config: DataObject, home: MoRef, held: Iterable[DataObject] = ()
) -> None:
    """Raise NoDiskSpace if a datastore lacks the space that a configuration takes.

    `home` is the datastore of its directory, `held` the VirtualMachineUsageOnDatastore that it has already.
    """
    before = {usage.datastore: usage.committed for usage in held}
    disks = [disk.backing for disk in disks_of(config)]
    for usage in files_of(config, home, config.modified, running=False).usage:
        datastore = inventory[usage.datastore]
        if usage.committed - before.get(usage.datastore, 0) > datastore.get("summary.freeSpace"):
            own = (backing.fileName for backing in disks if backing.datastore == usage.datastore)
            path = next(own, config.files.vmPathName)
            raise MethodFault("NoDiskSpace", file=path, datastore=datastore.get("name"))

"""Add a virtual machine to the inventory, as creation, cloning and registration do."""

from __future__ import annotations

from typing import Any

from vim25_emulator.behavior.device_change import DeviceChanges
from vim25_emulator.behavior.virtual_machine_placement import initial_state
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore import add_usage
from vim25_emulator.model.datastore_file import home_of
from vim25_emulator.model.distributed_port import PortAllocator
from vim25_emulator.model.entity import uuid_of
from vim25_emulator.model.virtual_machine import Place, link, new_virtual_machine
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject

CreationPlan = tuple[DataObject, Place, DeviceChanges]


def add_virtual_machine(
    call: Call, config: DataObject, place: Place, *, files_are_new: bool = True
) -> ManagedObject:
    """Add a virtual machine with this configuration to the inventory, powered off.

    Its cards on distributed port groups get free ports. With `files_are_new`, its files are added to the
    usage of their datastores.
    """
    inventory = call.vcenter.inventory
    state = initial_state(inventory, place.host)
    config = PortAllocator(inventory).connect(config)
    vm = new_virtual_machine(inventory, config, place, state, call.vcenter.clock.now())
    link(inventory, [vm])
    for usage in vm.get("storage.perDatastoreUsage") if files_are_new else ():
        add_usage(inventory, usage.datastore, usage.committed, usage.uncommitted)
    return vm


def with_new_identity(call: Call, config: DataObject, path: str) -> DataObject:
    """Return a configuration with new UUIDs, and with its files in the directory of a .vmx path."""
    home, number = home_of(path), call.vcenter.inventory.journal.number
    files = DataObject(
        "VirtualMachineFileInfo",
        vmPathName=path,
        snapshotDirectory=home,
        suspendDirectory=home,
        logDirectory=home,
    )
    return config.replace(
        files=files,
        uuid=uuid_of("bios", path, number),
        instanceUuid=uuid_of("instance", path, number),
        locationId=uuid_of("location", path, number),
    )


def post_identity_events(call: Call, vm: ManagedObject) -> None:
    """Post the events of the UUIDs and MAC addresses assigned to a new virtual machine."""
    common: dict[str, Any] = {"user": call.user, "template": bool(vm.get("config.template"))}
    events, config = call.vcenter.events, vm.get("config")
    events.post("VmInstanceUuidAssignedEvent", vm, instanceUuid=config.instanceUuid, **common)
    events.post("VmUuidAssignedEvent", vm, uuid=config.uuid, **common)
    for device in config.hardware.device:
        if device.is_a("VirtualEthernetCard"):
            adapter = {"adapter": device.deviceInfo.label, "mac": device.macAddress}
            events.post("VmMacAssignedEvent", vm, **adapter, **common)

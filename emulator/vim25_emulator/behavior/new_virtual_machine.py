"""What creation, cloning and registration share: a new virtual machine enters the inventory."""

from __future__ import annotations

from typing import Any

from vim25_emulator.behavior.device_change import DeviceChanges
from vim25_emulator.behavior.virtual_machine_placement import initial_state
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore import add_usage
from vim25_emulator.model.datastore_file import home_of
from vim25_emulator.model.entity import uuid_of
from vim25_emulator.model.virtual_machine import Place, link, new_virtual_machine
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject

CreationPlan = tuple[DataObject, Place, DeviceChanges]


def add_virtual_machine(
    call: Call, config: DataObject, place: Place, *, files_are_new: bool = True
) -> ManagedObject:
    """Put a virtual machine with this configuration into the inventory, and list it where it stands.

    With `files_are_new` its files take space that they did not take before.
    """
    inventory = call.vcenter.inventory
    state = initial_state(inventory, place.host)
    vm = new_virtual_machine(inventory, config, place, state, call.vcenter.clock.now())
    link(inventory, [vm])
    for used in vm.get("storage.perDatastoreUsage") if files_are_new else ():
        add_usage(inventory, used.datastore, used.committed, used.uncommitted)
    return vm


def with_new_identity(call: Call, config: DataObject, path: str) -> DataObject:
    """Return a configuration with uuids of its own, whose files lie in the directory of a .vmx path."""
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
    """Tell of the uuids and addresses that a new virtual machine was given."""
    about: dict[str, Any] = {"user": call.user, "template": bool(vm.get("config.template"))}
    events, config = call.vcenter.events, vm.get("config")
    events.post("VmInstanceUuidAssignedEvent", vm, instanceUuid=config.instanceUuid, **about)
    events.post("VmUuidAssignedEvent", vm, uuid=config.uuid, **about)
    for device in config.hardware.device:
        if device.is_a("VirtualEthernetCard"):
            named = {"adapter": device.deviceInfo.label, "mac": device.macAddress}
            events.post("VmMacAssignedEvent", vm, **named, **about)

"""Folder: CreateVM_Task, and what every way to a new virtual machine has in common."""

from __future__ import annotations

from typing import Any, Final

from emulator.inventory.store import ManagedObject
from emulator.scenario.entity import uuid_of
from emulator.scenario.virtual_hardware import DeviceParts
from emulator.scenario.virtual_machine import Place, link, new_virtual_machine
from emulator.scenario.virtual_machine_change import book
from emulator.scenario.virtual_machine_config import ConfigParts, config_info
from emulator.vcenter.config_change import changed_config, require_possible
from emulator.vcenter.datastore_file import datastore_at, file_names, home_of, new_directory, parts_of
from emulator.vcenter.device_change import DeviceChanges
from emulator.vcenter.entity_name import kept_name, require_free_name
from emulator.vcenter.operation import Call, operation
from emulator.vcenter.reconfigure import require_space, settle_files, with_devices
from emulator.vcenter.reference import compute_resource_of, hosts_of
from emulator.vcenter.virtual_machine_placement import (
    choose_host,
    initial_state,
    require_reach,
    require_vm_folder,
)
from emulator.vmodl.value import DataObject, MethodFault, MoRef

#: Devices of a scenario's virtual machines that one created through the API has only if it is asked for.
_ON_DEMAND: Final = ("VirtualSCSIController", "VirtualSATAController", "VirtualCdrom")
_GUEST: Final = "otherGuest"
_LEAST_MEMORY: Final = 32  #: MB that a virtual machine gets whose spec does not say

Plan = tuple[DataObject, Place, DeviceChanges]


@operation("Folder", "CreateVM_Task")
async def create(
    call: Call,
    folder: ManagedObject,
    config: DataObject,
    pool: ManagedObject,
    host: ManagedObject | None = None,
) -> ManagedObject:
    """Create a VM in a folder; return it.

    Raises NotSupported for a folder of another kind, InvalidName, DuplicateName, InvalidDatastorePath,
    AlreadyExists for a configuration file that is there, and what sizes and devices may be wrong with.
    """
    _, place, _ = _plan(call, folder, config, pool, host)
    being = {"template": False, "configSpec": config}
    call.vcenter.events.post("VmBeingCreatedEvent", place.host, user=call.user, **being)
    await call.running.work()
    made, place, changes = _plan(call, folder, config, pool, host)
    vm = bring_in(call, made, place)
    settle_files(call, changes)
    tell_identity(call, vm)
    call.vcenter.events.post("VmCreatedEvent", vm, user=call.user, template=False)
    return vm


def _plan(
    call: Call, folder: ManagedObject, spec: DataObject, pool: ManagedObject, host: ManagedObject | None
) -> Plan:
    inventory = call.vcenter.inventory
    require_vm_folder(inventory, folder, pool)
    name = kept_name(spec.name)
    require_free_name(inventory, folder, name)
    asked = (spec.files.vmPathName if spec.files is not None else None) or ""
    chosen = choose_host(call, pool, host, _datastores_named(call, pool, parts_of(asked)[0]))
    datastore = datastore_at(inventory, asked, chosen)
    path = _configuration_path(call, asked, datastore, name)
    base = _base(call, spec, name, path, datastore)
    config = changed_config(base, spec.replace(files=None, changeVersion=None))
    config, changes = with_devices(call, config, spec, chosen, running=False)
    require_possible(config, chosen.get("capability"))
    require_reach(chosen, config)
    require_space(inventory, config, datastore.ref)
    return config, Place(host=chosen, pool=pool, folder=folder, datastore=datastore), changes


def _datastores_named(call: Call, pool: ManagedObject, name: str) -> set[MoRef]:
    inventory = call.vcenter.inventory
    hosts = hosts_of(inventory, compute_resource_of(inventory, pool))
    stores = {ref for host in hosts for ref in host.get("datastore")}
    return {store.ref for store in inventory.find_all(stores) if store.get("name") == name}


def _configuration_path(call: Call, asked: str, datastore: ManagedObject, name: str) -> str:
    """Return where the .vmx file goes: where the spec says, else in a directory of its own."""
    inventory, leftovers = call.vcenter.inventory, call.vcenter.leftovers
    if asked.endswith(".vmx"):
        if asked in file_names(inventory, leftovers):
            raise MethodFault("AlreadyExists", name=asked)
        return asked
    _, inside = parts_of(asked)
    directory = new_directory(inventory, leftovers, datastore.get("name"), inside.strip("/") or name)
    return f"{directory}{name}.vmx"


def _base(call: Call, spec: DataObject, name: str, path: str, datastore: ManagedObject) -> DataObject:
    """Return the configuration that a spec starts from: the chipset, and the sizes that it names."""
    parts = ConfigParts(
        name=name,
        home=datastore,
        devices=DeviceParts(disks=(), networks=()),
        cpus=spec.numCPUs or 1,
        cores_per_socket=spec.numCoresPerSocket or 1,
        memory_mb=spec.memoryMB or _LEAST_MEMORY,
        guest_id=_GUEST,
    )
    config = config_info(parts, call.vcenter.clock.now(), running=False)
    devices = [each for each in config.hardware.device if not any(map(each.is_a, _ON_DEMAND))]
    hardware = config.hardware.replace(device=tuple(devices))
    return identified(call, config.replace(hardware=hardware), path)


def identified(call: Call, config: DataObject, path: str) -> DataObject:
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


def bring_in(call: Call, config: DataObject, place: Place, *, files_are_new: bool = True) -> ManagedObject:
    """Put a virtual machine with this configuration into the inventory, and list it where it stands.

    With `files_are_new` its files take space that they did not take before.
    """
    inventory = call.vcenter.inventory
    state = initial_state(inventory, place.host)
    vm = new_virtual_machine(inventory, config, place, state, call.vcenter.clock.now())
    link(inventory, [vm])
    for used in vm.get("storage.perDatastoreUsage") if files_are_new else ():
        book(inventory, used.datastore, used.committed, used.uncommitted)
    return vm


def tell_identity(call: Call, vm: ManagedObject) -> None:
    """Tell of the uuids and addresses that a new virtual machine was given."""
    about: dict[str, Any] = {"user": call.user, "template": bool(vm.get("config.template"))}
    events, config = call.vcenter.events, vm.get("config")
    events.post("VmInstanceUuidAssignedEvent", vm, instanceUuid=config.instanceUuid, **about)
    events.post("VmUuidAssignedEvent", vm, uuid=config.uuid, **about)
    for device in config.hardware.device:
        if device.is_a("VirtualEthernetCard"):
            named = {"adapter": device.deviceInfo.label, "mac": device.macAddress}
            events.post("VmMacAssignedEvent", vm, **named, **about)

"""Folder: CreateVM_Task, and what every way to a new virtual machine has in common."""

from __future__ import annotations

from typing import Final

from vim25_emulator.behavior.device_reconfiguration import (
    apply_device_changes,
    reconcile_files,
    require_space,
)
from vim25_emulator.behavior.new_virtual_machine import (
    CreationPlan,
    add_virtual_machine,
    post_identity_events,
    with_new_identity,
)
from vim25_emulator.behavior.virtual_machine_config_spec import apply_config_spec, require_supported
from vim25_emulator.behavior.virtual_machine_placement import choose_host, require_access, require_vm_folder
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore_file import datastore_at, file_names, new_directory, normalized, parts_of
from vim25_emulator.model.entity_name import escaped_name, require_free_name
from vim25_emulator.model.related_object import compute_resource_of, hosts_of
from vim25_emulator.model.virtual_hardware import DeviceParts
from vim25_emulator.model.virtual_machine import Place
from vim25_emulator.model.virtual_machine_config import ConfigParts, config_info
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

#: Devices of a scenario's virtual machines that one created through the API has only if it is asked for.
_ON_DEMAND: Final = ("VirtualSCSIController", "VirtualSATAController", "VirtualCdrom")
_GUEST: Final = "otherGuest"
_LEAST_MEMORY: Final = 32  #: MB that a virtual machine gets whose spec does not say


def require_can_create(
    call: Call,
    folder: ManagedObject,
    config: DataObject,
    pool: ManagedObject,
    host: ManagedObject | None = None,
) -> CreationPlan:
    """Return the VM's configuration, place and files; raise what `create` raises."""
    return _plan(call, folder, config, pool, host)


@operation("Folder", "CreateVM_Task", requires=require_can_create)
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
    _, place, _ = call.required
    being = {"template": False, "configSpec": config}
    call.vcenter.events.post("VmBeingCreatedEvent", place.host, user=call.user, **being)
    made, place, changes = await call.work()
    vm = add_virtual_machine(call, made, place)
    reconcile_files(call, changes)
    post_identity_events(call, vm)
    call.vcenter.events.post("VmCreatedEvent", vm, user=call.user, template=False)
    return vm


def _plan(
    call: Call, folder: ManagedObject, spec: DataObject, pool: ManagedObject, host: ManagedObject | None
) -> CreationPlan:
    inventory = call.vcenter.inventory
    require_vm_folder(inventory, folder, pool)
    name = escaped_name(spec.name)
    require_free_name(inventory, folder, name)
    asked = (spec.files.vmPathName if spec.files is not None else None) or ""
    chosen = choose_host(call, pool, host, _datastores_named(call, pool, parts_of(asked)[0]))
    datastore = datastore_at(inventory, asked, chosen)
    path = _configuration_path(call, asked, datastore, name)
    base = _base(call, spec, name, path, datastore)
    config = apply_config_spec(base, spec.replace(files=None, changeVersion=None))
    config, changes = apply_device_changes(call, config, spec, chosen, running=False)
    require_supported(config, chosen.get("capability"))
    require_access(chosen, config)
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
        asked = normalized(asked)
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
    return with_new_identity(call, config.replace(hardware=hardware), path)

"""Folder: CreateVM_Task."""

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
from vim25_emulator.model.configuration_default import no_tools
from vim25_emulator.model.datastore_file import datastore_at, file_names, new_directory, normalized, parts_of
from vim25_emulator.model.entity_name import escaped_name, require_free_name
from vim25_emulator.model.related_object import compute_resource_of, hosts_of
from vim25_emulator.model.virtual_hardware import DeviceParts
from vim25_emulator.model.virtual_machine import Place
from vim25_emulator.model.virtual_machine_config import ConfigParts, config_info
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

#: Devices that VMs of a scenario have by default, and VMs created through the API only by request.
_ON_DEMAND: Final = ("VirtualSCSIController", "VirtualSATAController", "VirtualCdrom")
_GUEST: Final = "otherGuest"
_DEFAULT_MEMORY: Final = 32  #: MB


def require_can_create(
    call: Call,
    folder: ManagedObject,
    config: DataObject,
    pool: ManagedObject,
    host: ManagedObject | None = None,
) -> CreationPlan:
    """Return the VM's configuration, place and files; raises like `create`."""
    inventory = call.vcenter.inventory
    require_vm_folder(inventory, folder, pool)
    name = escaped_name(config.name)
    require_free_name(inventory, folder, name)
    path = (config.files.vmPathName if config.files is not None else None) or ""
    host = choose_host(call, pool, host, _datastores_named(call, pool, parts_of(path)[0]))
    datastore = datastore_at(inventory, path, host)
    base = _base(call, config, name, _configuration_path(call, path, datastore, name), datastore)
    vm_config = apply_config_spec(base, config.replace(files=None, changeVersion=None))
    vm_config, changes = apply_device_changes(call, vm_config, config.deviceChange, host, running=False)
    require_supported(vm_config, host.get("capability"))
    require_access(host, vm_config)
    require_space(inventory, vm_config, datastore.ref)
    return vm_config, Place(host=host, pool=pool, folder=folder, datastore=datastore), changes


@operation("Folder", "CreateVM_Task", requires=require_can_create)
async def create(
    call: Call,
    folder: ManagedObject,
    config: DataObject,
    pool: ManagedObject,
    host: ManagedObject | None = None,
) -> ManagedObject:
    """Create a VM in a folder; return it.

    Raises NotSupported for a folder that cannot contain VMs, InvalidName, DuplicateName,
    InvalidDatastorePath, AlreadyExists if the configuration file exists, and VmConfigFaults for an invalid
    configuration.
    """
    _, place, _ = call.required
    call.vcenter.events.post(
        "VmBeingCreatedEvent", place.host, user=call.user, template=False, configSpec=config
    )
    vm_config, place, changes = await call.work()
    vm = add_virtual_machine(call, vm_config, place)
    reconcile_files(call, changes)
    post_identity_events(call, vm)
    call.vcenter.events.post("VmCreatedEvent", vm, user=call.user, template=False)
    return vm


def _datastores_named(call: Call, pool: ManagedObject, name: str) -> set[MoRef]:
    inventory = call.vcenter.inventory
    hosts = hosts_of(inventory, compute_resource_of(inventory, pool))
    stores = {ref for host in hosts for ref in host.get("datastore")}
    return {store.ref for store in inventory.find_all(stores) if store.get("name") == name}


def _configuration_path(call: Call, path: str, datastore: ManagedObject, name: str) -> str:
    """Return the path of the .vmx file: that in the spec, or else one in a new directory."""
    inventory, leftovers = call.vcenter.inventory, call.vcenter.leftovers
    if path.endswith(".vmx"):
        path = normalized(path)
        if path in file_names(inventory, leftovers):
            raise MethodFault("AlreadyExists", name=path)
        return path
    _, inside = parts_of(path)
    directory = new_directory(inventory, leftovers, datastore.get("name"), inside.strip("/") or name)
    return f"{directory}{name}.vmx"


def _base(call: Call, spec: DataObject, name: str, path: str, datastore: ManagedObject) -> DataObject:
    """Return the configuration to which a spec is applied: the chipset, and the spec's CPUs and memory."""
    parts = ConfigParts(
        name=name,
        home=datastore,
        devices=DeviceParts(disks=(), networks=()),
        cpus=spec.numCPUs or 1,
        cores_per_socket=spec.numCoresPerSocket or 1,
        memory_mb=spec.memoryMB or _DEFAULT_MEMORY,
        guest_id=_GUEST,
    )
    config = config_info(parts, call.vcenter.clock.now(), running=False)
    devices = [device for device in config.hardware.device if not any(map(device.is_a, _ON_DEMAND))]
    hardware = config.hardware.replace(device=tuple(devices))
    return with_new_identity(call, config.replace(hardware=hardware, tools=no_tools()), path)

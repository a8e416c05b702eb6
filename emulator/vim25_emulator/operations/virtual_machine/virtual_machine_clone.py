"""VirtualMachine: CloneVM_Task.

The clone has the source's configuration, but its own identity, directory and disks. Its disks are full copies
unless the request is for a linked clone, whose disks are children of the source's.
"""

from __future__ import annotations

from typing import NamedTuple

from vim25_emulator.behavior.device_reconfiguration import (
    apply_device_changes,
    reconcile_files,
    require_space,
)
from vim25_emulator.behavior.enumerated_string import require_enumerated
from vim25_emulator.behavior.host_availability import is_available
from vim25_emulator.behavior.new_virtual_machine import (
    CreationPlan,
    add_virtual_machine,
    post_identity_events,
    with_new_identity,
)
from vim25_emulator.behavior.power_transition import require_connected, set_powered_on
from vim25_emulator.behavior.virtual_machine_config_spec import apply_config_spec, require_supported
from vim25_emulator.behavior.virtual_machine_placement import (
    choose_host,
    require_access,
    require_vm_folder,
)
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore_file import new_directory, parts_of
from vim25_emulator.model.disk_location import (
    LINKED,
    datastore_for,
    provisioned,
    require_datastore,
    require_locators,
)
from vim25_emulator.model.entity import mac_of
from vim25_emulator.model.entity_name import escaped_name, require_free_name
from vim25_emulator.model.event_argument import event_argument
from vim25_emulator.model.related_object import compute_resource_of, hosts_of, resolved
from vim25_emulator.model.virtual_machine import Place
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


class _DiskPlan(NamedTuple):
    """Where and how the clone's disks are created: the directory, and what the RelocateSpec requests."""

    home: str
    datastore: ManagedObject
    location: DataObject
    name: str
    linked: bool = False


def require_can_clone(
    call: Call, vm: ManagedObject, folder: ManagedObject, name: str, spec: DataObject
) -> CreationPlan:
    """Return the clone's configuration, place and files; raises like `clone_vm`."""
    require_connected(vm)
    require_enumerated(spec, "spec")
    if spec.customization is not None or spec.location.service is not None:
        raise MethodFault("NotSupported")
    if spec.template and spec.powerOn:
        raise MethodFault("InvalidArgument", invalidProperty="spec.powerOn")
    return _plan(call, vm, folder, name, spec)


@operation("VirtualMachine", "CloneVM_Task", locks=True, requires=require_can_clone)
async def clone_vm(
    call: Call, vm: ManagedObject, folder: ManagedObject, name: str, spec: DataObject
) -> ManagedObject:
    """Clone a VM or a template into a folder; return the clone.

    Raises InvalidArgument for an unsuitable pool, host or folder, InvalidDatastore, NoDiskSpace, InvalidName,
    DuplicateName; NotSupported for a customization, as no guest runs here.
    """
    _, place, _ = call.required
    target = {
        "destFolder": event_argument(folder),
        "destName": name,
        "destHost": event_argument(place.host),
        "template": bool(vm.get("config.template")),
    }
    call.vcenter.events.post("VmBeingClonedEvent", vm, user=call.user, **target)
    config, place, changes = await call.work()
    clone = add_virtual_machine(call, config, place)
    reconcile_files(call, changes)
    post_identity_events(call, clone)
    source = {"sourceVm": event_argument(vm), "template": spec.template}
    call.vcenter.events.post("VmClonedEvent", clone, user=call.user, **source)
    if spec.powerOn:
        set_powered_on(call, clone)
    return clone


def _plan(call: Call, vm: ManagedObject, folder: ManagedObject, name: str, spec: DataObject) -> CreationPlan:
    inventory = call.vcenter.inventory
    stored_name = escaped_name(name)
    place = _place(call, vm, folder, spec)
    require_free_name(inventory, folder, stored_name)
    source = _source(call, vm, spec)
    require_locators(source, spec.location)
    store = place.datastore.get("name")
    home = new_directory(inventory, call.vcenter.leftovers, store, stored_name)
    linked = spec.location.diskMoveType in LINKED
    disks = _DiskPlan(home, place.datastore, spec.location, stored_name, linked)
    config = with_new_identity(call, source, f"{home}{stored_name}.vmx").replace(
        name=stored_name,
        template=spec.template,
        createDate=call.vcenter.clock.now(),
        ftInfo=None,
        flags=source.flags.replace(faultToleranceType="unset"),
        hardware=source.hardware.replace(device=_devices(call, source, disks, place)),
    )
    config_spec = spec.config or DataObject("VirtualMachineConfigSpec")
    config = apply_config_spec(config, config_spec.replace(changeVersion=None, files=None, name=None))
    requested = (*spec.location.deviceChange, *config_spec.deviceChange)
    config, changes = apply_device_changes(call, config, requested, place.host, running=False)
    require_supported(config, place.host.get("capability"))
    require_access(place.host, config)
    require_space(inventory, config, place.datastore.ref)
    return config, place, changes


def _source(call: Call, vm: ManagedObject, spec: DataObject) -> DataObject:
    """Return the configuration to copy: the VM's own or that of one of its snapshots."""
    snapshot = resolved(call.vcenter.inventory, spec.snapshot)
    if snapshot is not None and snapshot.get("vm") != vm.ref:
        raise MethodFault("InvalidArgument", invalidProperty="spec.snapshot")
    config: DataObject = (snapshot or vm).get("config")
    return config


def _place(call: Call, vm: ManagedObject, folder: ManagedObject, spec: DataObject) -> Place:
    inventory, location = call.vcenter.inventory, spec.location
    pool, host = resolved(inventory, location.pool), resolved(inventory, location.host)
    own_host, own_pool = inventory[vm.get("runtime.host")], inventory.find(vm.get("resourcePool"))
    if pool is None and own_pool is None and not spec.template:
        raise MethodFault("InvalidArgument", invalidProperty="spec.location.pool")
    if pool is None:
        owner = compute_resource_of(inventory, host or own_host)
        same = own_pool is not None and own_pool.get("owner") == owner.ref
        pool = own_pool if same and own_pool is not None else inventory[owner.get("resourcePool")]
    require_vm_folder(inventory, folder, pool)
    datastore = resolved(inventory, location.datastore) or inventory[vm.get("datastore")[0]]
    candidates = hosts_of(inventory, compute_resource_of(inventory, pool))
    if host is None and own_host in candidates and is_available(call, own_host):
        host = own_host
    chosen = choose_host(call, pool, host, (datastore.ref, *vm.get("network")))
    require_datastore(chosen, datastore)
    return Place(host=chosen, pool=pool, folder=folder, datastore=datastore)


def _devices(call: Call, source: DataObject, plan: _DiskPlan, place: Place) -> tuple[DataObject, ...]:
    devices, number = [], 0
    for device in source.hardware.device:
        if device.is_a("VirtualDisk"):
            devices.append(_copied_disk(call, device, plan, place.host, number))
            number += 1
        elif device.is_a("VirtualEthernetCard") and device.addressType != "manual":
            devices.append(device.replace(macAddress=mac_of("vm", plan.home, device.key)))
        else:
            devices.append(device)
    return tuple(devices)


def _copied_disk(
    call: Call, disk: DataObject, plan: _DiskPlan, host: ManagedObject, number: int
) -> DataObject:
    """Return a disk copied as planned."""
    store = datastore_for(call.vcenter.inventory, disk, plan.location, plan.datastore)
    require_datastore(host, store)
    directory = parts_of(plan.home)[1]
    suffix = f"_{number}" if number else ""
    path = f"[{store.get('name')}] {directory}{plan.name}{suffix}.vmdk"
    backing = provisioned(disk.backing, disk, plan.location).replace(fileName=path, datastore=store.ref)
    if "parent" in backing.type_.properties:
        backing = backing.replace(parent=disk.backing if plan.linked else None)
    return disk.replace(backing=backing)

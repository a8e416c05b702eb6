"""VirtualMachine: MigrateVM_Task and RelocateVM_Task, to another host, pool, folder or datastore.

A running VM changes hosts by vMotion, for which both hosts need a VMkernel NIC. Relocation to another
datastore moves the VM's directory and all disks, with their backing chains, except those whose disk locator
names another datastore.
"""

from __future__ import annotations

from typing import NamedTuple

from vim25_emulator.behavior.device_change import DeviceChanges
from vim25_emulator.behavior.device_reconfiguration import (
    apply_device_changes,
    reconcile_files,
    require_space,
)
from vim25_emulator.behavior.entity_move import move_to_pool
from vim25_emulator.behavior.enumerated_string import require_enumerated
from vim25_emulator.behavior.host_availability import require_available
from vim25_emulator.behavior.power_transition import require_connected
from vim25_emulator.behavior.secondary_start import apply_pair_event
from vim25_emulator.behavior.virtual_machine_placement import (
    choose_host,
    require_access,
    require_vm_folder,
)
from vim25_emulator.fault_tolerance.pair import pair_members, pair_of
from vim25_emulator.fault_tolerance.pair_state import Event
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore_file import home_of, new_directory, parts_of
from vim25_emulator.model.disk_location import (
    datastore_for,
    provisioned,
    require_datastore,
    require_locators,
)
from vim25_emulator.model.entity_name import require_free_name
from vim25_emulator.model.event_argument import event_argument
from vim25_emulator.model.place import move, relist
from vim25_emulator.model.placement_rule import require_permitted
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.model.related_object import datacenter_of, resolved
from vim25_emulator.model.rewriting import rewritten
from vim25_emulator.model.virtual_machine_change import set_config, snapshot_configs
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


class _MigrationPlan(NamedTuple):
    """Target of a VM; if files move or devices change, also its configuration and that of its snapshots."""

    host: ManagedObject
    pool: ManagedObject | None
    folder: ManagedObject | None
    datastore: ManagedObject
    config: DataObject | None
    snapshots: dict[ManagedObject, DataObject]
    changes: DeviceChanges | None


def require_can_relocate(
    call: Call, vm: ManagedObject, spec: DataObject, priority: str | None = None
) -> _MigrationPlan:
    """Return the target of a VM; raises like `relocate`."""
    inventory = call.vcenter.inventory
    require_connected(vm)
    require_enumerated(spec, "spec")
    if spec.service is not None or (vm.get("config.template") and spec.pool is not None):
        raise MethodFault("NotSupported")
    require_locators(vm.get("config"), spec)
    source = inventory[vm.get("runtime.host")]
    host, pool = _target(call, vm, spec, source)
    folder = resolved(inventory, spec.folder)
    if folder is not None:
        require_vm_folder(inventory, folder, pool)
        require_free_name(inventory, folder, vm.get("name"), but=pair_members(inventory, vm))
    datastore = resolved(inventory, spec.datastore) or inventory[vm.get("datastore")[0]]
    config, snapshots = _moved(call, vm, spec, datastore)
    require_datastore(host, datastore)
    config, changes = _reconfigured(call, vm, spec, host, config)
    require_access(host, config or vm.get("config"))
    if config is not None:
        usage = vm.get("storage.perDatastoreUsage") or ()
        require_space(inventory, config, datastore.ref, usage)
    if host is not source or spec.host is not None:
        require_available(call, host)
    if host is not source:
        require_permitted(inventory, vm, host)
        if is_powered_on(vm):
            _require_vmotion(source, host, source)
            _require_vmotion(host, host, source)
        pair = pair_of(inventory, vm)
        if pair is not None:
            pair.require(Event.MOVED)
    return _MigrationPlan(host, pool, folder, datastore, config, snapshots, changes)


def require_can_migrate(
    call: Call,
    vm: ManagedObject,
    priority: str,
    pool: ManagedObject | None = None,
    host: ManagedObject | None = None,
    state: str | None = None,
) -> _MigrationPlan:
    """Return the target of a VM; raises like `migrate`."""
    existing = vm.get("runtime.powerState")
    if state not in (None, existing):
        raise MethodFault("InvalidPowerState", requestedState=state, existingState=existing)
    if pool is None and host is None:
        raise MethodFault("InvalidArgument", invalidProperty="host")
    spec = DataObject(
        "VirtualMachineRelocateSpec",
        pool=pool.ref if pool is not None else None,
        host=host.ref if host is not None else None,
    )
    return require_can_relocate(call, vm, spec)


@operation("VirtualMachine", "MigrateVM_Task", locks=True, requires=require_can_migrate)
async def migrate(
    call: Call,
    vm: ManagedObject,
    priority: str,
    pool: ManagedObject | None = None,
    host: ManagedObject | None = None,
    state: str | None = None,
) -> None:
    """Move a VM to another host or pool; raises like `relocate`, and InvalidPowerState."""
    await _move(call, vm)


@operation("VirtualMachine", "RelocateVM_Task", locks=True, requires=require_can_relocate)
async def relocate(call: Call, vm: ManagedObject, spec: DataObject, priority: str | None = None) -> None:
    """Move a VM to the target of a RelocateSpec.

    Raises InvalidArgument for a host and a pool of different compute resources, NotSupported for the pool of
    a template, InvalidHostState, InvalidDatastore, CannotAccessVmDisk, CannotAccessNetwork,
    VMotionNotConfigured, NoDiskSpace, DuplicateName, VmHostAffinityRuleViolation, and VmConfigFaults for an
    invalid device change.
    """
    await _move(call, vm)


async def _move(call: Call, vm: ManagedObject) -> None:
    """Move a VM to the target that the task's requirement returns."""
    source = call.vcenter.inventory[vm.get("runtime.host")]
    home = call.vcenter.inventory[vm.get("datastore")[0]]
    _post_beginning(call, vm, call.required, source)
    plan: _MigrationPlan = await call.work()
    _apply(call, vm, plan)
    if plan.host is not source or plan.config is not None:
        event = "VmMigratedEvent" if plan.host is not source else "VmRelocatedEvent"
        datacenter = datacenter_of(call.vcenter.inventory, source)
        call.vcenter.events.post(
            event,
            vm,
            user=call.user,
            template=bool(vm.get("config.template")),
            sourceHost=event_argument(source),
            sourceDatacenter=event_argument(datacenter) if datacenter is not None else None,
            sourceDatastore=event_argument(home),
        )


def _target(
    call: Call, vm: ManagedObject, spec: DataObject, source: ManagedObject
) -> tuple[ManagedObject, ManagedObject | None]:
    """Return the host and the pool in a spec; where one is unset, the VM's own."""
    inventory = call.vcenter.inventory
    pool, host = resolved(inventory, spec.pool), resolved(inventory, spec.host)
    own = inventory.find(vm.get("resourcePool"))
    if pool is None:
        if host is not None and own is not None and own.get("owner") != host.get("parent"):
            raise MethodFault("InvalidArgument", invalidProperty="spec.pool")
        return host or source, own
    if host is not None and pool.get("owner") != host.get("parent"):
        raise MethodFault("InvalidArgument", invalidProperty="spec.host")
    if host is None and pool.get("owner") == source.get("parent"):
        return source, pool
    return choose_host(call, pool, host, (*vm.get("datastore"), *vm.get("network"))), pool


def _require_vmotion(host: ManagedObject, target: ManagedObject, source: ManagedObject) -> None:
    """Raise VMotionNotConfigured for a host without a NIC for vMotion."""
    if not host.get("summary.config.vmotionEnabled"):
        raise MethodFault(
            "VMotionNotConfigured",
            atSourceHost=host is source,
            failedHost=host.get("name"),
            failedHostEntity=host.ref,
        )


def _moved(
    call: Call, vm: ManagedObject, spec: DataObject, datastore: ManagedObject
) -> tuple[DataObject | None, dict[ManagedObject, DataObject]]:
    """Return the configurations of a VM and its snapshots after its files move; None if no file moves."""
    if spec.datastore is None and not spec.disk and spec.transform is None:
        return None, {}
    inventory, config = call.vcenter.inventory, vm.get("config")
    old = home_of(config.files.vmPathName)
    new = old
    if datastore.ref != vm.get("datastore")[0]:
        new = new_directory(inventory, call.vcenter.leftovers, datastore.get("name"), vm.get("name"))

    def moved(config: DataObject) -> DataObject:
        files = config.replace(hardware=None)
        files = rewritten(files, lambda path: new + path[len(old) :] if path.startswith(old) else path)
        hardware = config.hardware
        devices = tuple(_moved_device(call, device, spec, old, new, datastore) for device in hardware.device)
        relocated: DataObject = files.replace(hardware=hardware.replace(device=devices))
        return relocated

    changed = moved(config)
    if changed == config:
        return None, {}
    of_snapshots = snapshot_configs(inventory, vm)
    return changed, {inventory[ref]: moved(config) for ref, config in of_snapshots.items()}


def _reconfigured(
    call: Call, vm: ManagedObject, spec: DataObject, host: ManagedObject, moved: DataObject | None
) -> tuple[DataObject | None, DeviceChanges | None]:
    """Return the configuration with the device changes of a spec, as the target host allows them."""
    if not spec.deviceChange:
        return moved, None
    config = moved or vm.get("config")
    return apply_device_changes(call, config, spec.deviceChange, host, running=is_powered_on(vm))


def _moved_device(
    call: Call, device: DataObject, spec: DataObject, old: str, new: str, default: ManagedObject
) -> DataObject:
    if not device.is_a("VirtualDisk"):
        return device
    current = call.vcenter.inventory[device.backing.datastore]
    store = datastore_for(
        call.vcenter.inventory, device, spec, default if spec.datastore is not None else current
    )
    backing = provisioned(device.backing, device, spec)
    if store is current and old == new:
        return device.replace(backing=backing)
    return device.replace(backing=_moved_backing(backing, store, parts_of(old)[1], parts_of(new)[1]))


def _moved_backing(backing: DataObject, store: ManagedObject, old: str, new: str) -> DataObject:
    """Return a backing with the VM's own files moved to a folder of a datastore."""
    inside = parts_of(backing.fileName)[1]
    if not inside.startswith(old):
        return backing  # shared with another VM, such as the source of a linked clone
    path = f"[{store.get('name')}] {new}{inside.removeprefix(old)}"
    moved = backing.replace(fileName=path, datastore=store.ref)
    parent = backing.__dict__.get("parent")
    return moved if parent is None else moved.replace(parent=_moved_backing(parent, store, old, new))


def _post_beginning(call: Call, vm: ManagedObject, plan: _MigrationPlan, source: ManagedObject) -> None:
    if plan.host is source and plan.config is None:
        return
    if plan.host is source:
        event = "VmBeingRelocatedEvent"
    else:
        event = "VmBeingHotMigratedEvent" if is_powered_on(vm) else "VmBeingMigratedEvent"
    call.vcenter.events.post(
        event,
        vm,
        user=call.user,
        template=bool(vm.get("config.template")),
        destHost=event_argument(plan.host),
        destDatastore=event_argument(plan.datastore),
    )


def _apply(call: Call, vm: ManagedObject, plan: _MigrationPlan) -> None:
    inventory, now = call.vcenter.inventory, call.vcenter.clock.now()
    moves = plan.host.ref != vm.get("runtime.host")
    move(inventory, vm, plan.host)
    if plan.pool is not None:
        move_to_pool(call, plan.pool, vm)
    if plan.folder is not None:
        for member in pair_members(inventory, vm):
            relist(inventory, member, plan.folder)
    if plan.config is not None:
        for snapshot, config in plan.snapshots.items():
            snapshot.set("config", config)
        set_config(inventory, vm, plan.config, now, plan.datastore)
    if plan.changes is not None:
        reconcile_files(call, plan.changes)
    pair = pair_of(inventory, vm) if moves else None
    if pair is not None:
        apply_pair_event(call, pair, Event.MOVED)

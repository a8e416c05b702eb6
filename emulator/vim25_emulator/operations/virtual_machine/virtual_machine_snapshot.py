"""VirtualMachine and VirtualMachineSnapshot: taking, removing and renaming snapshots, reverting to them.

The entity of a task on a snapshot (`TaskInfo.entity`) is its VM, and the task locks the VM.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from vim25_emulator.behavior.host_availability import require_available
from vim25_emulator.behavior.power_transition import require_connected, set_power_state
from vim25_emulator.behavior.virtual_machine_placement import require_host
from vim25_emulator.fault_tolerance.secondary_configuration import follow_primary
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model import snapshot_tree as snapshots
from vim25_emulator.model.place import move
from vim25_emulator.model.power_state import OFF, ON, SUSPENDED, is_powered_on
from vim25_emulator.model.virtual_machine_change import snapshot_nodes
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

_MOST_LEVELS: Final = 32  #: snapshots in a chain [documented]
_POWER_EVENTS: Final = {ON: "VmPoweredOnEvent", OFF: "VmPoweredOffEvent", SUSPENDED: "VmSuspendedEvent"}


def require_snapshot_possible(call: Call, vm: ManagedObject, name: str, memory: bool, **others: Any) -> None:
    """Raise the faults of `create_snapshot`."""
    require_connected(vm)
    if not name:
        raise MethodFault("InvalidName", name=name)
    if vm.get("config.template"):
        raise MethodFault("NotSupported")
    if vm.get("config.flags.snapshotDisabled"):
        raise MethodFault("SnapshotDisabled")
    if _levels(vm) >= _MOST_LEVELS:
        raise MethodFault("TooManySnapshotLevels")
    _require_compatible_devices(vm, memory=memory and is_powered_on(vm))


@operation("VirtualMachine", "CreateSnapshot_Task", locks=True, requires=require_snapshot_possible)
async def create_snapshot(
    call: Call,
    vm: ManagedObject,
    name: str,
    memory: bool,
    quiesce: bool,
    description: str | None = None,
) -> ManagedObject:
    """Take a snapshot as a child of the current one; return it.

    Raises InvalidName, NotSupported for a template, SnapshotDisabled, TooManySnapshotLevels,
    MemorySnapshotOnIndependentDisk, SnapshotIncompatibleDeviceInVm.
    """
    await call.work()
    running = is_powered_on(vm)
    state = vm.get("runtime.powerState") if memory or not running else OFF
    snapshot = snapshots.take_snapshot(
        call.vcenter.inventory,
        vm,
        name,
        description or "",
        call.vcenter.clock.now(),
        state=state,
        quiesced=quiesce and running and not memory,
    )
    follow_primary(call.vcenter.inventory, vm, call.vcenter.clock.now())
    return snapshot


@operation("VirtualMachine", "CreateSnapshotEx_Task", locks=True, requires=require_snapshot_possible)
async def create_snapshot_ex(
    call: Call,
    vm: ManagedObject,
    name: str,
    memory: bool,
    description: str | None = None,
    quiesceSpec: DataObject | None = None,
) -> ManagedObject:
    """Take a snapshot as `create_snapshot` does; `quiesceSpec` requests a quiesced guest."""
    snapshot: ManagedObject = await create_snapshot(
        call, vm, name, memory, quiesceSpec is not None, description
    )
    return snapshot


def _require_compatible_devices(vm: ManagedObject, *, memory: bool) -> None:
    for index, device in enumerate(vm.get("config.hardware.device") or ()):
        backing = device.backing.__dict__ if device.backing is not None else {}
        if memory and "independent" in (backing.get("diskMode") or ""):
            raise MethodFault("MemorySnapshotOnIndependentDisk")
        shared = device.is_a("VirtualSCSIController") and device.sharedBus not in (None, "noSharing")
        if shared or backing.get("compatibilityMode") == "physicalMode":
            cause = DataObject("InvalidDeviceBacking", property="device.backing", deviceIndex=index)
            raise MethodFault("SnapshotIncompatibleDeviceInVm", fault=cause)


def _levels(vm: ManagedObject) -> int:
    """Return the length of the chain of snapshots that ends with the current one."""
    nodes = list(snapshot_nodes(vm.get("snapshot.rootSnapshotList") or ()))
    parents = {child.snapshot: node.snapshot for node in nodes for child in node.childSnapshotList}
    levels, current = 0, vm.get("snapshot.currentSnapshot")
    while current is not None:
        levels, current = levels + 1, parents.get(current)
    return levels


def require_snapshot_connected(call: Call, snapshot: ManagedObject, **others: Any) -> None:
    """Raise InvalidState for a snapshot of a VM whose host is not connected."""
    require_connected(_vm_of(call, snapshot))


@operation("VirtualMachineSnapshot", "RemoveSnapshot_Task", locks=True, requires=require_snapshot_connected)
async def remove_snapshot(
    call: Call, snapshot: ManagedObject, removeChildren: bool, consolidate: bool | None = None
) -> None:
    """Remove a snapshot; with `removeChildren`, also all snapshots below it."""
    await call.work()
    inventory, now = call.vcenter.inventory, call.vcenter.clock.now()
    vm = _vm_of(call, snapshot)
    trees = vm.get("snapshot.rootSnapshotList")
    node = next(node for node in snapshot_nodes(trees) if node.snapshot == snapshot.ref)
    subtree = [below.snapshot for below in snapshot_nodes((node,))]
    for ref in reversed(subtree) if removeChildren else (snapshot.ref,):
        snapshots.remove_snapshot(inventory, vm, inventory[ref], now)
    follow_primary(inventory, vm, now)


def require_vm_connected(call: Call, vm: ManagedObject, **others: Any) -> None:
    """Raise InvalidState for a VM whose host is not connected."""
    require_connected(vm)


def require_selection(call: Call, vm: ManagedObject, spec: DataObject | None = None, **others: Any) -> None:
    """Raise InvalidArgument for a negative age [derived]; raise like `require_vm_connected`."""
    require_connected(vm)
    if spec is not None and (spec.retentionDays or 0) < 0:
        raise MethodFault("InvalidArgument", invalidProperty="spec.retentionDays")


@operation("VirtualMachine", "RemoveAllSnapshots_Task", locks=True, requires=require_selection)
async def remove_all_snapshots(
    call: Call, vm: ManagedObject, consolidate: bool | None = None, spec: DataObject | None = None
) -> None:
    """Remove the snapshots of a VM, or those older than the `retentionDays` of the spec."""
    await call.work()
    inventory, now = call.vcenter.inventory, call.vcenter.clock.now()
    days = spec.retentionDays or 0 if spec is not None else 0
    age = timedelta(days=min(days, timedelta.max.days))
    nodes = tuple(snapshot_nodes(vm.get("snapshot.rootSnapshotList") or ()))
    for node in reversed(nodes):
        if now - node.createTime >= age:
            snapshots.remove_snapshot(inventory, vm, inventory[node.snapshot], now)
    follow_primary(inventory, vm, now)


@operation("VirtualMachine", "ConsolidateVMDisks_Task", locks=True, requires=require_vm_connected)
async def consolidate_disks(call: Call, vm: ManagedObject) -> None:
    """Consolidate the disks that removed snapshots left behind."""
    await call.work()
    vm.set("runtime.consolidationNeeded", value=False)


def require_revertible(
    call: Call, snapshot: ManagedObject, host: ManagedObject | None = None, **others: Any
) -> tuple[ManagedObject, ManagedObject]:
    """Return the snapshot and the host for the VM.

    Raises InvalidState for a VM whose host is not connected, InvalidHostState for a host out of service, and
    the faults of a named host that cannot run the VM.
    """
    vm = _vm_of(call, snapshot)
    require_connected(vm)
    if host is not None:
        require_host(call, vm, host, snapshot.get("config"))
        return snapshot, host
    current = call.vcenter.inventory[vm.get("runtime.host")]
    require_available(call, current)
    return snapshot, current


@operation("VirtualMachineSnapshot", "RevertToSnapshot_Task", locks=True, requires=require_revertible)
async def revert_to_snapshot(
    call: Call,
    snapshot: ManagedObject,
    host: ManagedObject | None = None,
    suppressPowerOn: bool | None = None,
) -> None:
    """Restore the VM's state at the time of the snapshot; it runs if the snapshot includes its memory."""
    await _revert(call, _vm_of(call, snapshot), suppressed=bool(suppressPowerOn))


def require_current_snapshot(
    call: Call, vm: ManagedObject, host: ManagedObject | None = None, **others: Any
) -> tuple[ManagedObject, ManagedObject]:
    """Return the current snapshot and the host; raise NotFound, and the faults of `require_revertible`."""
    current = call.vcenter.inventory.find(vm.get("snapshot.currentSnapshot"))
    if current is None:
        raise MethodFault("NotFound")
    return require_revertible(call, current, host)


@operation("VirtualMachine", "RevertToCurrentSnapshot_Task", locks=True, requires=require_current_snapshot)
async def revert_to_current_snapshot(
    call: Call,
    vm: ManagedObject,
    host: ManagedObject | None = None,
    suppressPowerOn: bool | None = None,
) -> None:
    """Restore the VM's state at the time of its current snapshot; raise NotFound if it has no snapshot."""
    await _revert(call, vm, suppressed=bool(suppressPowerOn))


async def _revert(call: Call, vm: ManagedObject, *, suppressed: bool) -> None:
    """Revert to the snapshot, on the host, that the task's requirement returns."""
    snapshot, host = await call.work()
    now = call.vcenter.clock.now()
    state = snapshots.revert_to_snapshot(call.vcenter.inventory, vm, snapshot, now)
    reached = SUSPENDED if state == ON and suppressed else state
    if vm.get("runtime.powerState") != reached:
        if reached == ON:
            move(call.vcenter.inventory, vm, host)
        set_power_state(call, vm, reached)
        call.vcenter.events.post(_POWER_EVENTS[reached], vm, user=call.user, template=False)


@operation("VirtualMachineSnapshot", "RenameSnapshot")
def rename_snapshot(
    call: Call, snapshot: ManagedObject, name: str | None = None, description: str | None = None
) -> None:
    """Change a snapshot's name or description; raise InvalidName, TaskInProgress."""
    vm = _vm_of(call, snapshot)
    call.vcenter.tasks.require_unlocked(vm)
    if name == "":
        raise MethodFault("InvalidName", name=name)
    texts: dict[str, Any] = {"name": name, "description": description}
    changes = {prop: text for prop, text in texts.items() if text is not None}
    snapshots.update_node(vm, snapshot.ref, **changes)


def _vm_of(call: Call, snapshot: ManagedObject) -> ManagedObject:
    return call.vcenter.inventory[snapshot.get("vm")]

"""VirtualMachine and VirtualMachineSnapshot: taking, removing and renaming snapshots, reverting to them.

A task on a snapshot is about its VM: that is what `TaskInfo.entity` names and what is locked.
"""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.behavior.power_transition import require_connected, set_power_state
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model import snapshot_tree as snapshots
from vim25_emulator.model.host_service import require_in_service
from vim25_emulator.model.place import move
from vim25_emulator.model.power_state import OFF, ON, SUSPENDED, is_powered_on
from vim25_emulator.model.virtual_machine_change import snapshot_configs, snapshot_nodes
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

_MOST_LEVELS: Final = 32  #: snapshots below each other (documented)


def require_snapshot_possible(call: Call, vm: ManagedObject, name: str, memory: bool, **others: Any) -> None:
    """Raise what `create_snapshot` raises."""
    _admit(vm, name, memory=memory and is_powered_on(vm))


@operation("VirtualMachine", "CreateSnapshot_Task", locks=True, requires=require_snapshot_possible)
async def create_snapshot(
    call: Call,
    vm: ManagedObject,
    name: str,
    memory: bool,
    quiesce: bool,
    description: str | None = None,
) -> ManagedObject:
    """Take a snapshot below the current one; return it.

    Raises InvalidName, NotSupported for a template, SnapshotDisabled, TooManySnapshotLevels,
    MemorySnapshotOnIndependentDisk, SnapshotIncompatibleDeviceInVm.
    """
    await call.work()
    running = is_powered_on(vm)
    state = vm.get("runtime.powerState") if memory or not running else OFF
    return snapshots.take_snapshot(
        call.vcenter.inventory,
        vm,
        name,
        description or "",
        call.vcenter.clock.now(),
        state=state,
        quiesced=quiesce and running and not memory,
    )


@operation("VirtualMachine", "CreateSnapshotEx_Task", locks=True, requires=require_snapshot_possible)
async def create_snapshot_ex(
    call: Call,
    vm: ManagedObject,
    name: str,
    memory: bool,
    description: str | None = None,
    quiesceSpec: DataObject | None = None,
) -> ManagedObject:
    """Take a snapshot as `create_snapshot` does; a spec of how to quiesce the guest asks to do so."""
    taken: ManagedObject = await create_snapshot(call, vm, name, memory, quiesceSpec is not None, description)
    return taken


def _admit(vm: ManagedObject, name: str, *, memory: bool) -> None:
    require_connected(vm)
    if not name:
        raise MethodFault("InvalidName", name=name)
    if vm.get("config.template"):
        raise MethodFault("NotSupported")
    if vm.get("config.flags.snapshotDisabled"):
        raise MethodFault("SnapshotDisabled")
    if _levels(vm) >= _MOST_LEVELS:
        raise MethodFault("TooManySnapshotLevels")
    for index, device in enumerate(vm.get("config.hardware.device")):
        backing = device.backing.__dict__ if device.backing is not None else {}
        if memory and "independent" in (backing.get("diskMode") or ""):
            raise MethodFault("MemorySnapshotOnIndependentDisk")
        shared = device.is_a("VirtualSCSIController") and device.sharedBus not in (None, "noSharing")
        if shared or backing.get("compatibilityMode") == "physicalMode":
            cause = DataObject("InvalidDeviceBacking", property="device.backing", deviceIndex=index)
            raise MethodFault("SnapshotIncompatibleDeviceInVm", fault=cause)


def _levels(vm: ManagedObject) -> int:
    """Return how many snapshots the current one has above it, itself included."""
    nodes = list(snapshot_nodes(vm.get("snapshot.rootSnapshotList") or ()))
    above = {child.snapshot: node.snapshot for node in nodes for child in node.childSnapshotList}
    levels, current = 0, vm.get("snapshot.currentSnapshot")
    while current is not None:
        levels, current = levels + 1, above.get(current)
    return levels


@operation("VirtualMachineSnapshot", "RemoveSnapshot_Task", locks=True)
async def remove_snapshot(
    call: Call, snapshot: ManagedObject, removeChildren: bool, consolidate: bool | None = None
) -> None:
    """Remove a snapshot, with those below it if they are asked for."""
    await call.work()
    inventory, now = call.vcenter.inventory, call.vcenter.clock.now()
    vm = _vm_of(call, snapshot)
    trees = vm.get("snapshot.rootSnapshotList")
    node = next(node for node in snapshot_nodes(trees) if node.snapshot == snapshot.ref)
    doomed = [each.snapshot for each in snapshot_nodes((node,))] if removeChildren else [snapshot.ref]
    for ref in reversed(doomed):
        snapshots.remove_snapshot(inventory, vm, inventory[ref], now)


def require_vm_connected(call: Call, vm: ManagedObject, **others: Any) -> None:
    """Raise InvalidState for a VM whose host does not answer for it."""
    require_connected(vm)


@operation("VirtualMachine", "RemoveAllSnapshots_Task", locks=True, requires=require_vm_connected)
async def remove_all_snapshots(
    call: Call, vm: ManagedObject, consolidate: bool | None = None, spec: DataObject | None = None
) -> None:
    """Remove every snapshot of a VM; nothing happens if it has none."""
    await call.work()
    inventory, now = call.vcenter.inventory, call.vcenter.clock.now()
    for ref in reversed(tuple(snapshot_configs(inventory, vm))):
        snapshots.remove_snapshot(inventory, vm, inventory[ref], now)


@operation("VirtualMachine", "ConsolidateVMDisks_Task", locks=True, requires=require_vm_connected)
async def consolidate_disks(call: Call, vm: ManagedObject) -> None:
    """Write together what snapshots left behind, after which nothing needs it."""
    await call.work()
    vm.set("runtime.consolidationNeeded", value=False)


def require_revertible(
    call: Call, snapshot: ManagedObject, host: ManagedObject | None = None, **others: Any
) -> tuple[ManagedObject, ManagedObject]:
    """Return the snapshot and the host to run on.

    Raises InvalidState for a VM whose host does not answer, InvalidHostState for a host out of service.
    """
    vm = _vm_of(call, snapshot)
    require_connected(vm)
    target = host or call.vcenter.inventory[vm.get("runtime.host")]
    require_in_service(target)
    return snapshot, target


@operation("VirtualMachineSnapshot", "RevertToSnapshot_Task", locks=True, requires=require_revertible)
async def revert_to_snapshot(
    call: Call,
    snapshot: ManagedObject,
    host: ManagedObject | None = None,
    suppressPowerOn: bool | None = None,
) -> None:
    """Make the VM what it was when the snapshot was taken, running if its memory was taken, too."""
    await _revert(call, _vm_of(call, snapshot), suppressed=bool(suppressPowerOn))


def require_current_snapshot(
    call: Call, vm: ManagedObject, host: ManagedObject | None = None, **others: Any
) -> tuple[ManagedObject, ManagedObject]:
    """Return the current snapshot and the host to run on; raise NotFound, and like `require_revertible`."""
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
    """Make the VM what it was when its current snapshot was taken; raise NotFound if it has none."""
    await _revert(call, vm, suppressed=bool(suppressPowerOn))


async def _revert(call: Call, vm: ManagedObject, *, suppressed: bool) -> None:
    """Make a VM what it was when the snapshot was taken; the requirement returns snapshot and host."""
    snapshot, host = await call.work()
    now = call.vcenter.clock.now()
    state = snapshots.revert_to_snapshot(call.vcenter.inventory, vm, snapshot, now)
    reached = SUSPENDED if state == ON and suppressed else state
    if vm.get("runtime.powerState") != reached:
        if reached == ON:
            move(call.vcenter.inventory, vm, host)
        set_power_state(vm, reached, now)
        told = {ON: "VmPoweredOnEvent", OFF: "VmPoweredOffEvent", SUSPENDED: "VmSuspendedEvent"}
        call.vcenter.events.post(told[reached], vm, user=call.user, template=False)


@operation("VirtualMachineSnapshot", "RenameSnapshot")
def rename_snapshot(
    call: Call, snapshot: ManagedObject, name: str | None = None, description: str | None = None
) -> None:
    """Change a snapshot's name or description; raise InvalidName, TaskInProgress."""
    vm = _vm_of(call, snapshot)
    holder = call.vcenter.tasks.holder(vm)
    if holder is not None:
        raise MethodFault("TaskInProgress", task=holder)
    if name == "":
        raise MethodFault("InvalidName", name=name)
    changed: dict[str, Any] = {"name": name, "description": description}
    given = {prop: value for prop, value in changed.items() if value is not None}
    snapshots.update_node(vm, snapshot.ref, **given)


def _vm_of(call: Call, snapshot: ManagedObject) -> ManagedObject:
    return call.vcenter.inventory[snapshot.get("vm")]

"""Power of a virtual machine: what it requires, and what a change of it shows and announces."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from vim25_emulator.behavior import pair_power
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.task import RunningTask, TaskOrigin
from vim25_emulator.model.cluster_policy import cluster_of
from vim25_emulator.model.host_service import require_in_service
from vim25_emulator.model.place import move
from vim25_emulator.model.power_change import power_properties
from vim25_emulator.model.power_state import OFF, ON, SUSPENDED
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import MethodFault


def set_power_state(vm: ManagedObject, state: str, now: datetime) -> None:
    """Set a VM's power state and all that shows it; the state itself last, for those who wait for it."""
    for path, value in power_properties(vm, state, now).items():
        vm.set(path, value)
    vm.set("runtime.powerState", state)


def require_power_state(vm: ManagedObject, requested: str, *allowed: str) -> None:
    """Raise InvalidPowerState unless the VM is in one of the allowed states."""
    existing = vm.get("runtime.powerState")
    if existing not in allowed:
        raise MethodFault("InvalidPowerState", requestedState=requested, existingState=existing)


def require_connected(vm: ManagedObject) -> None:
    """Raise InvalidState for a VM whose host does not answer for it."""
    if vm.get("runtime.connectionState") != "connected":
        raise MethodFault("InvalidState")


def require_not_template(vm: ManagedObject) -> None:
    """Raise NotSupported for a template."""
    if vm.get("config.template"):
        raise MethodFault("NotSupported")


def require_startable(call: Call, vm: ManagedObject, host: ManagedObject | None = None) -> ManagedObject:
    """Return the host that a VM is to be powered on on; raise the fault of one that cannot be."""
    require_not_template(vm)
    require_connected(vm)
    require_power_state(vm, ON, OFF, SUSPENDED)
    pair_power.require_not_secondary(vm)
    pair_power.require_ha(call, vm)
    chosen = host or call.vcenter.inventory[vm.get("runtime.host")]
    require_in_service(chosen)
    return chosen


def set_powered_on(call: Call, vm: ManagedObject) -> None:
    """Show a VM as running from now on, and say so in the event that its cluster's DRS setting calls for."""
    set_power_state(vm, ON, call.vcenter.clock.now())
    placed_by_drs = _drs_enabled(call, vm)
    event = "DrsVmPoweredOnEvent" if placed_by_drs else "VmPoweredOnEvent"
    call.vcenter.events.post(event, vm, user=call.user, template=False)


def _drs_enabled(call: Call, vm: ManagedObject) -> bool:
    cluster = cluster_of(call.vcenter.inventory, vm)
    return bool(cluster is not None and cluster.get("configurationEx.drsConfig.enabled"))


def require_power_change(vm: ManagedObject, requested: str, *allowed: str) -> None:
    """Raise the fault of a VM that cannot be switched now; `allowed` are the power states, on unless told."""
    require_connected(vm)
    require_power_state(vm, requested, *(allowed or (ON,)))
    pair_power.require_not_secondary(vm)


def set_powered_off(call: Call, vm: ManagedObject) -> None:
    """Show a VM as powered off from now on, and say so; a secondary follows."""
    set_power_state(vm, OFF, call.vcenter.clock.now())
    call.vcenter.events.post("VmPoweredOffEvent", vm, user=call.user, template=False)
    pair_power.on_power_off(call, vm)


def set_suspended(call: Call, vm: ManagedObject) -> None:
    """Show a VM as suspended from now on, and say so; a secondary is powered off with it [derived]."""
    set_power_state(vm, SUSPENDED, call.vcenter.clock.now())
    call.vcenter.events.post("VmSuspendedEvent", vm, user=call.user, template=False)
    pair_power.on_power_off(call, vm)


def record_boot(call: Call, vm: ManagedObject) -> None:
    """Show a running VM as booted just now."""
    vm.set("runtime.bootTime", call.vcenter.clock.now())


async def power_on(call: Call, vm: ManagedObject) -> None:
    """Power a VM on, on the host that `require_startable`, its task's requirement, returned."""
    move(call.vcenter.inventory, vm, call.required)
    call.vcenter.events.post("VmStartingEvent", vm, user=call.user, template=False)
    await call.work()
    set_powered_on(call, vm)
    pair_power.on_power_on(call, vm)


def start_power_on_task(
    call: Call, vm: ManagedObject, host: ManagedObject | None = None, *, drs: bool
) -> RunningTask:
    """Power a VM on in a task of its own (its description id is derived)."""

    def require() -> ManagedObject:
        return require_startable(call, call.vcenter.inventory.require(vm.ref), host)

    async def body(task: RunningTask) -> None:
        task.required, task.requirement = require(), require
        await power_on(replace(call, task=task), vm)

    parent = call.task.object if call.task is not None else None
    described = "Drm.ExecuteVmPowerOnLRO" if drs else "Datacenter.ExecuteVmPowerOnLRO"
    return call.vcenter.tasks.start(vm, TaskOrigin(None, described, call.user, parent), body, locks=True)

"""Power transitions of a virtual machine: their requirements, and the properties and events they change."""

from __future__ import annotations

from dataclasses import replace

from vim25_emulator.behavior import pair_power
from vim25_emulator.behavior.host_availability import require_available
from vim25_emulator.behavior.host_evacuation import hosts_for
from vim25_emulator.behavior.reservation import require_reservations
from vim25_emulator.behavior.virtual_machine_placement import require_host
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.task import RunningTask, TaskOrigin
from vim25_emulator.model.admission_control import (
    is_failover_host,
    lacks_failover_capacity,
    reservation_of,
)
from vim25_emulator.model.cluster_policy import PowerOnBy, cluster_of, drs_behavior, evc_mode, power_on_by
from vim25_emulator.model.high_availability import show_protection
from vim25_emulator.model.place import move
from vim25_emulator.model.placement_rule import is_discouraged, require_permitted
from vim25_emulator.model.power_change import power_properties
from vim25_emulator.model.power_state import OFF, ON, SUSPENDED
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import MethodFault


def set_power_state(call: Call, vm: ManagedObject, state: str) -> None:
    """Set the power state of a VM and all that depends on it; the state last, for waiting clients."""
    for path, value in power_properties(vm, state, call.vcenter.clock.now()).items():
        vm.set(path, value)
    mode = evc_mode(cluster_of(call.vcenter.inventory, vm))
    vm.set("runtime.minRequiredEVCModeKey", mode if state != OFF else None)
    vm.set("runtime.powerState", state)
    show_protection(cluster_of(call.vcenter.inventory, vm), vm)


def require_power_state(vm: ManagedObject, requested: str, *allowed: str) -> None:
    """Raise InvalidPowerState unless the VM is in one of the allowed states."""
    existing = vm.get("runtime.powerState")
    if existing not in allowed:
        raise MethodFault("InvalidPowerState", requestedState=requested, existingState=existing)


def require_connected(vm: ManagedObject) -> None:
    """Raise InvalidState for a VM that is not connected, or whose configuration cannot be read."""
    if vm.get("runtime.connectionState") != "connected" or vm.get("config") is None:
        raise MethodFault("InvalidState")


def require_not_template(vm: ManagedObject) -> None:
    """Raise NotSupported for a template."""
    if vm.get("config.template"):
        raise MethodFault("NotSupported")


def require_startable(call: Call, vm: ManagedObject, host: ManagedObject | None = None) -> ManagedObject:
    """Return the host to power a VM on, `host` or that of `_placement`; raise the fault that prevents it."""
    require_not_template(vm)
    require_connected(vm)
    require_power_state(vm, ON, OFF, SUSPENDED)
    pair_power.require_not_secondary(vm)
    pair_power.require_ha(call, vm)
    target = _placement(call, vm) if host is None else host
    if host is None:
        require_available(call, target)
    else:
        require_host(call, vm, target, vm.get("config"))
    require_reservations(call.vcenter.inventory, vm, target, vm.get("config"))
    require_permitted(call.vcenter.inventory, vm, target)
    _require_admission(call, vm, target)
    return target


def _require_admission(call: Call, vm: ManagedObject, host: ManagedObject) -> None:
    """Raise DisallowedOperationOnFailoverHost, InsufficientFailoverResourcesFault, as HA demands."""
    inventory, cluster = call.vcenter.inventory, cluster_of(call.vcenter.inventory, vm)
    if is_failover_host(cluster, host):
        raise MethodFault("DisallowedOperationOnFailoverHost", host=host.ref, hostname=host.get("name"))
    if lacks_failover_capacity(inventory, cluster, reservation_of(vm), (vm,)):
        raise MethodFault("InsufficientFailoverResourcesFault")


def _placement(call: Call, vm: ManagedObject) -> ManagedObject:
    """Return the host of a VM, or one that DRS prefers to it because of a rule."""
    inventory = call.vcenter.inventory
    own, cluster = inventory[vm.get("runtime.host")], cluster_of(inventory, vm)
    if drs_behavior(cluster, vm) is None or not is_discouraged(inventory, vm, own):
        return own
    others = hosts_for(call, vm, hosts_of(inventory, cluster))
    return next((host for host in others if not is_discouraged(inventory, vm, host)), own)


def set_powered_on(call: Call, vm: ManagedObject) -> None:
    """Set a VM to powered on; post DrsVmPoweredOnEvent if DRS places it, else VmPoweredOnEvent."""
    set_power_state(call, vm, ON)
    by = power_on_by(cluster_of(call.vcenter.inventory, vm), vm)
    event = "VmPoweredOnEvent" if by is PowerOnBy.VCENTER else "DrsVmPoweredOnEvent"
    call.vcenter.events.post(event, vm, user=call.user, template=False)


def require_power_change(vm: ManagedObject, requested: str, *allowed: str) -> None:
    """Raise the fault of a VM whose power state cannot change now; `allowed` defaults to powered on."""
    require_connected(vm)
    require_power_state(vm, requested, *(allowed or (ON,)))
    pair_power.require_not_secondary(vm)


def set_powered_off(call: Call, vm: ManagedObject) -> None:
    """Set a VM to powered off and post the event; a secondary is powered off with it."""
    set_power_state(call, vm, OFF)
    call.vcenter.events.post("VmPoweredOffEvent", vm, user=call.user, template=False)
    pair_power.on_power_off(call, vm)


def set_suspended(call: Call, vm: ManagedObject) -> None:
    """Set a VM to suspended and post the event; a secondary is powered off with it [derived]."""
    set_power_state(call, vm, SUSPENDED)
    call.vcenter.events.post("VmSuspendedEvent", vm, user=call.user, template=False)
    pair_power.on_power_off(call, vm)


def record_boot(call: Call, vm: ManagedObject) -> None:
    """Set the boot time of a running VM to now."""
    vm.set("runtime.bootTime", call.vcenter.clock.now())


async def power_on(call: Call, vm: ManagedObject) -> None:
    """Power a VM on, on the host returned by `require_startable`, the requirement of its task."""
    call.vcenter.events.post("VmStartingEvent", vm, user=call.user, template=False)
    move(call.vcenter.inventory, vm, await call.work())
    set_powered_on(call, vm)
    pair_power.on_power_on(call, vm)


def start_power_on_task(
    call: Call, vm: ManagedObject, host: ManagedObject | None = None, *, drs: bool
) -> RunningTask:
    """Start a separate task that powers a VM on; its description ID is [derived]."""

    def require() -> ManagedObject:
        return require_startable(call, call.vcenter.inventory.require(vm.ref), host)

    async def body(task: RunningTask) -> None:
        task.required, task.requirement = require(), require
        await power_on(replace(call, task=task), vm)

    parent = call.task.object if call.task is not None else None
    description_id = "Drm.ExecuteVmPowerOnLRO" if drs else "Datacenter.ExecuteVmPowerOnLRO"
    return call.vcenter.tasks.start(vm, TaskOrigin(None, description_id, call.user, parent), body, locks=True)

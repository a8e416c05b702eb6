"""VirtualMachine: power and templates.

What a fault tolerant pair does when its primary is switched is the pair's business
(`emulator.vcenter.fault_tolerance`); here is what every VM does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from emulator.fault_tolerance.place import move
from emulator.inventory.store import ManagedObject
from emulator.scenario.power import shown_in
from emulator.vcenter import fault_tolerance
from emulator.vcenter.operation import Call, operation
from emulator.vmodl.value import MethodFault

_OFF: Final = "poweredOff"
_ON: Final = "poweredOn"
_SUSPENDED: Final = "suspended"


def show_power_state(vm: ManagedObject, state: str, now: datetime) -> None:
    """Set a VM's power state and all that shows it; the state itself last, for those who wait for it."""
    for path, value in shown_in(vm, state, now).items():
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


def _require_not_template(vm: ManagedObject) -> None:
    if vm.get("config.template"):
        raise MethodFault("NotSupported")


def place_on(call: Call, vm: ManagedObject, host: ManagedObject) -> None:
    """Let a VM run on a host: both objects say so afterwards."""
    move(call.vcenter.inventory, vm, host)


def require_running_host(host: ManagedObject) -> None:
    """Raise InvalidHostState for a host that cannot run VMs now."""
    if host.get("runtime.connectionState") != "connected" or host.get("runtime.inMaintenanceMode"):
        raise MethodFault("InvalidHostState", host=host.ref)


def require_startable(call: Call, vm: ManagedObject, host: ManagedObject | None = None) -> ManagedObject:
    """Return the host that a VM is to be powered on on; raise the fault of one that cannot be."""
    _require_not_template(vm)
    require_connected(vm)
    require_power_state(vm, _ON, _OFF, _SUSPENDED)
    fault_tolerance.require_not_secondary(vm)
    fault_tolerance.require_ha(call, vm)
    chosen = host or call.vcenter.inventory[vm.get("runtime.host")]
    require_running_host(chosen)
    return chosen


@operation("VirtualMachine", "PowerOnVM_Task", locks=True)
async def power_on(call: Call, vm: ManagedObject, host: ManagedObject | None = None) -> None:
    """Power a VM on, on its own host or on the one named; a suspended one is resumed."""
    place_on(call, vm, require_startable(call, vm, host))
    call.vcenter.events.post("VmStartingEvent", vm, user=call.user, template=False)
    await call.running.work()
    switch_on(call, vm)
    fault_tolerance.on_power_on(call, vm)


def switch_on(call: Call, vm: ManagedObject) -> None:
    """Show a VM as running from now on, and say so in the event that its cluster's DRS setting calls for."""
    show_power_state(vm, _ON, call.vcenter.clock.now())
    placed_by_drs = _drs_enabled(call, vm)
    event = "DrsVmPoweredOnEvent" if placed_by_drs else "VmPoweredOnEvent"
    call.vcenter.events.post(event, vm, user=call.user, template=False)


def _drs_enabled(call: Call, vm: ManagedObject) -> bool:
    host = call.vcenter.inventory.find(vm.get("runtime.host"))
    cluster = call.vcenter.inventory.find(host.get("parent")) if host is not None else None
    return bool(cluster is not None and cluster.get("configurationEx.drsConfig.enabled"))


@operation("VirtualMachine", "PowerOffVM_Task", locks=True)
async def power_off(call: Call, vm: ManagedObject) -> None:
    """Power a VM off."""
    admit_power(vm, _OFF, _ON, _SUSPENDED)
    call.vcenter.events.post("VmStoppingEvent", vm, user=call.user, template=False)
    await call.running.work()
    switch_off(call, vm)


def admit_power(vm: ManagedObject, requested: str, *allowed: str) -> None:
    """Raise the fault of a VM that cannot be switched now; `allowed` are the power states, on unless told."""
    require_connected(vm)
    require_power_state(vm, requested, *(allowed or (_ON,)))
    fault_tolerance.require_not_secondary(vm)


def switch_off(call: Call, vm: ManagedObject) -> None:
    """Show a VM as powered off from now on, and say so; a secondary follows."""
    show_power_state(vm, _OFF, call.vcenter.clock.now())
    call.vcenter.events.post("VmPoweredOffEvent", vm, user=call.user, template=False)
    fault_tolerance.on_power_off(call, vm)


@operation("VirtualMachine", "SuspendVM_Task", locks=True)
async def suspend_task(call: Call, vm: ManagedObject) -> None:
    """Suspend a VM; to power it on resumes it."""
    admit_power(vm, _SUSPENDED)
    call.vcenter.events.post("VmSuspendingEvent", vm, user=call.user, template=False)
    await call.running.work()
    suspend(call, vm)


def suspend(call: Call, vm: ManagedObject) -> None:
    """Show a VM as suspended from now on, and say so; a secondary is powered off with it [derived]."""
    show_power_state(vm, _SUSPENDED, call.vcenter.clock.now())
    call.vcenter.events.post("VmSuspendedEvent", vm, user=call.user, template=False)
    fault_tolerance.on_power_off(call, vm)


@operation("VirtualMachine", "ResetVM_Task", locks=True)
async def reset(call: Call, vm: ManagedObject) -> None:
    """Reset a VM: it boots anew and runs all the while; so does a secondary with it."""
    admit_power(vm, _ON)
    call.vcenter.events.post("VmResettingEvent", vm, user=call.user, template=False)
    await call.running.work()
    show_boot(call, vm)


def show_boot(call: Call, vm: ManagedObject) -> None:
    """Show a running VM as booted just now."""
    vm.set("runtime.bootTime", call.vcenter.clock.now())


@operation("VirtualMachine", "MarkAsTemplate")
def mark_as_template(call: Call, vm: ManagedObject) -> None:
    """Make a powered-off VM a template: it leaves its resource pool and can no longer be switched on."""
    _require_not_template(vm)
    require_connected(vm)
    require_power_state(vm, _OFF, _OFF)
    pool = call.vcenter.inventory.find(vm.get("resourcePool"))
    if pool is not None:
        pool.remove("vm", vm.ref)
    vm.set("resourcePool", None)
    vm.set("config.template", True)


@operation("VirtualMachine", "MarkAsVirtualMachine")
def mark_as_virtual_machine(
    call: Call, vm: ManagedObject, pool: ManagedObject, host: ManagedObject | None = None
) -> None:
    """Make a template a VM again, in a resource pool and, if one is named, on a host."""
    if not vm.get("config.template"):
        raise MethodFault("NotSupported")
    require_connected(vm)
    if host is not None:
        require_running_host(host)
        place_on(call, vm, host)
    vm.set("config.template", False)
    vm.set("resourcePool", pool.ref)
    pool.add("vm", vm.ref)

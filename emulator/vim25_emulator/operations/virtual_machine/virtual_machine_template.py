"""VirtualMachine: MarkAsTemplate and MarkAsVirtualMachine."""

from __future__ import annotations

from vim25_emulator.behavior.power_transition import (
    require_connected,
    require_not_template,
    require_power_state,
)
from vim25_emulator.behavior.virtual_machine_placement import require_host
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.place import move, relist
from vim25_emulator.model.power_state import OFF
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault


@operation("VirtualMachine", "MarkAsTemplate")
def mark_as_template(call: Call, vm: ManagedObject) -> None:
    """Convert a powered-off VM to a template, which has no resource pool and cannot be powered on."""
    require_not_template(vm)
    require_connected(vm)
    require_power_state(vm, OFF, OFF)
    pool = call.vcenter.inventory.find(vm.get("resourcePool"))
    if pool is not None:
        pool.remove("vm", vm.ref)
    vm.set("resourcePool", None)
    vm.set("config.template", True)


@operation("VirtualMachine", "MarkAsVirtualMachine")
def mark_as_virtual_machine(
    call: Call, vm: ManagedObject, pool: ManagedObject, host: ManagedObject | None = None
) -> None:
    """Convert a template to a VM in a resource pool, on `host` or its current host.

    Raises InvalidArgument for a host and a pool of different compute resources, InvalidHostState,
    InvalidDatastore, CannotAccessVmDisk, CannotAccessNetwork.
    """
    inventory = call.vcenter.inventory
    if not vm.get("config.template"):
        raise MethodFault("NotSupported")
    require_connected(vm)
    target = host or inventory[vm.get("runtime.host")]
    require_host(call, vm, target, vm.get("config"), owner=pool.get("owner"))
    move(inventory, vm, target)
    vm.set("config.template", False)
    relist(inventory, vm, pool, ("resourcePool", "vm"))

"""ResourcePool: creating and configuring pools, moving VMs and pools between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vim25_emulator.behavior.entity_move import move_to_pool
from vim25_emulator.behavior.entity_removal import destroy_pool
from vim25_emulator.behavior.entity_rename import new_name
from vim25_emulator.inventory.hierarchy import ancestors
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.compute_resource import new_resource_pool
from vim25_emulator.model.entity import MIB, change_version
from vim25_emulator.model.entity_name import escaped_name, require_free_name
from vim25_emulator.model.event_argument import event_argument
from vim25_emulator.model.place import relist
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

_MOST: Final = 2**63 - 1  #: what a long can say
#: Allocation of a pool → its runtime's property, what one unit is there, the fault of too little.
_RESOURCES: Final = {
    "cpuAllocation": ("cpu", 1, "InsufficientCpuResourcesFault"),
    "memoryAllocation": ("memory", MIB, "InsufficientMemoryResourcesFault"),
}


@operation("ResourcePool", "CreateResourcePool")
def create_pool(call: Call, parent: ManagedObject, name: str, spec: DataObject) -> ManagedObject:
    """Create a pool below another and return it.

    Raises InvalidName, DuplicateName, InvalidArgument, and an InsufficientResourcesFault for a reservation
    that the parent cannot give.
    """
    inventory = call.vcenter.inventory
    kept = escaped_name(name)
    require_free_name(inventory, parent, kept)
    for prop in _RESOURCES:
        _require_allocation(parent, prop, spec.__dict__.get(prop))
    pool = new_resource_pool(inventory, parent, inventory[parent.get("owner")], kept)
    parent.add("resourcePool", pool.ref)
    _configure(call, pool, spec)
    about = {"resourcePool": event_argument(pool), "parent": event_argument(parent)}
    call.vcenter.events.post("ResourcePoolCreatedEvent", pool, user=call.user, **about)
    return pool


@operation("ResourcePool", "UpdateConfig")
def update_config(
    call: Call, pool: ManagedObject, name: str | None = None, config: DataObject | None = None
) -> None:
    """Change a pool's name or what it reserves; what the config leaves out stays.

    Raises what `create_pool` raises, ConcurrentAccess for a config that was made for an older one.
    """
    inventory = call.vcenter.inventory
    kept = pool.get("name") if name is None else new_name(inventory, pool, name)
    parent = inventory[pool.get("parent")]
    if config is not None:
        held = pool.get("config.changeVersion")
        if config.changeVersion and config.changeVersion != held:
            raise MethodFault("ConcurrentAccess")
        if parent.is_a("ResourcePool"):
            for prop in _RESOURCES:
                _require_allocation(parent, prop, config.__dict__.get(prop))
        _configure(call, pool, config)
    pool.set("name", kept)
    call.vcenter.events.post(
        "ResourcePoolReconfiguredEvent", pool, user=call.user, resourcePool=event_argument(pool)
    )


def _require_allocation(parent: ManagedObject, prop: str, wanted: DataObject | None) -> None:
    resource, unit, fault = _RESOURCES[prop]
    if wanted is None:
        return
    reservation, limit = wanted.reservation or 0, wanted.limit
    if reservation < 0 or (limit is not None and limit != -1 and limit < reservation):
        raise MethodFault("InvalidArgument", invalidProperty=f"spec.{prop}")
    unreserved = parent.get(f"runtime.{resource}.unreservedForPool") or 0
    if reservation * unit > unreserved:
        raise MethodFault(fault, unreserved=unreserved, requested=min(reservation * unit, _MOST))


def _configure(call: Call, pool: ManagedObject, spec: DataObject) -> None:
    parent = call.vcenter.inventory[pool.get("parent")]
    for prop, (resource, unit, _) in _RESOURCES.items():
        wanted = spec.__dict__.get(prop)
        if wanted is not None:
            pool.set(f"config.{prop}", pool.get(f"config.{prop}").replace(**wanted.__dict__))
        if parent.is_a("ResourcePool"):
            _show_usage(parent, pool, prop, resource, unit)
    now, number = call.vcenter.clock.now(), call.vcenter.inventory.journal.number
    pool.set("config.lastModified", now)
    pool.set("config.changeVersion", change_version(now, number))


def _show_usage(parent: ManagedObject, pool: ManagedObject, prop: str, resource: str, unit: int) -> None:
    """Show what a pool may use: what it reserves, or as much as its parent has if it may borrow there."""
    allocation, above = pool.get(f"config.{prop}"), parent.get(f"runtime.{resource}")
    own = int(allocation.reservation or 0) * unit
    usable = max(own, above.unreservedForPool) if allocation.expandableReservation else own
    limit = above.maxUsage if allocation.limit in (None, -1) else min(allocation.limit * unit, above.maxUsage)
    usage = pool.get(f"runtime.{resource}")
    shown = usage.replace(unreservedForPool=usable, unreservedForVm=usable, maxUsage=limit)
    pool.set(f"runtime.{resource}", shown)


@operation("ResourcePool", "UpdateChildResourceConfiguration")
def update_children(call: Call, pool: ManagedObject, spec: tuple[DataObject, ...]) -> None:
    """Change what the VMs and pools right below reserve; raise InvalidArgument for what is not below."""
    inventory = call.vcenter.inventory
    below = {*pool.get("vm"), *pool.get("resourcePool")}
    if any(each.entity not in below for each in spec):
        raise MethodFault("InvalidArgument", invalidProperty="spec.entity")
    for each in spec:
        child = inventory[each.entity]
        if child.is_a("ResourcePool"):
            _configure(call, child, each)
            continue
        for prop in _RESOURCES:
            wanted = each.__dict__.get(prop)
            if wanted is not None:
                child.set(f"config.{prop}", child.get(f"config.{prop}").replace(**wanted.__dict__))


@operation("ResourcePool", "DestroyChildren")
def destroy_children(call: Call, pool: ManagedObject) -> None:
    """Destroy every pool below; their VMs go to this one."""
    inventory = call.vcenter.inventory
    for below in tuple(inventory.find_all(pool.get("resourcePool"))):
        destroy_children(call, below)
        destroy_pool(call, below)


@operation("ResourcePool", "MoveIntoResourcePool")
def move_into_pool(call: Call, pool: ManagedObject, list: tuple[ManagedObject, ...]) -> None:
    """Move VMs and pools into a pool of the same cluster; all of them, or none.

    Raises DuplicateName for a pool, InvalidArgument for a pool that this one is in or is of another
    cluster, and for what is neither a VM nor a pool; NotSupported for a template.
    """
    for entity in list:
        _require_movable(call, pool, entity)
    for entity in list:
        mover = _MOVERS["VirtualMachine" if entity.is_a("VirtualMachine") else "ResourcePool"]
        mover(call, pool, entity)


def _require_movable(call: Call, pool: ManagedObject, entity: ManagedObject) -> None:
    inventory = call.vcenter.inventory
    if entity.is_a("VirtualMachine"):
        if entity.get("config.template"):
            raise MethodFault("NotSupported")
        held = inventory.find(entity.get("resourcePool"))
        fits = held is not None and held.get("owner") == pool.get("owner")
    else:
        root = not entity.is_a("ResourcePool") or not inventory[entity.get("parent")].is_a("ResourcePool")
        inside = entity is pool or entity in ancestors(inventory, pool)
        fits = not root and not inside and entity.get("owner") == pool.get("owner")
    if not fits:
        raise MethodFault("InvalidArgument", invalidProperty="list")
    if entity.is_a("ResourcePool"):
        require_free_name(inventory, pool, entity.get("name"), but=(entity,))


def _move_pool(call: Call, pool: ManagedObject, moved: ManagedObject) -> None:
    before = relist(call.vcenter.inventory, moved, pool, ("parent", "resourcePool"))
    if before is None:
        return
    told = {"oldParent": event_argument(before), "newParent": event_argument(pool)}
    about = event_argument(moved)
    call.vcenter.events.post("ResourcePoolMovedEvent", moved, user=call.user, resourcePool=about, **told)


_MOVERS: Final[dict[str, Callable[[Call, ManagedObject, ManagedObject], None]]] = {
    "VirtualMachine": move_to_pool,
    "ResourcePool": _move_pool,
}

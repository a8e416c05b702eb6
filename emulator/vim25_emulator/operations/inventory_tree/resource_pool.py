"""ResourcePool: creating and configuring pools, moving VMs and pools between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vim25_emulator.behavior.entity_move import move_to_pool
from vim25_emulator.behavior.entity_removal import destroy_pool
from vim25_emulator.behavior.entity_rename import new_name
from vim25_emulator.behavior.enumerated_string import require_enumerated
from vim25_emulator.fault_tolerance.secondary_configuration import follow_primary
from vim25_emulator.inventory.hierarchy import ancestors
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.compute_resource import new_resource_pool
from vim25_emulator.model.entity import MIB, change_version
from vim25_emulator.model.entity_name import escaped_name, require_free_name
from vim25_emulator.model.event_argument import event_argument
from vim25_emulator.model.place import relist
from vim25_emulator.model.resource_allocation import changed_allocation
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

Allocations = dict[str, DataObject]  #: by property of the config

#: Allocation in a pool's config → property in its runtime, runtime units in one allocation unit, fault if the
#: parent has too little.
_RESOURCES: Final = {
    "cpuAllocation": ("cpu", 1, "InsufficientCpuResourcesFault"),
    "memoryAllocation": ("memory", MIB, "InsufficientMemoryResourcesFault"),
}


@operation("ResourcePool", "CreateResourcePool")
def create_pool(call: Call, parent: ManagedObject, name: str, spec: DataObject) -> ManagedObject:
    """Create a pool in another and return it.

    Raises InvalidName, DuplicateName, InvalidArgument, and an InsufficientResourcesFault for a reservation
    that exceeds the unreserved resources of the parent.
    """
    inventory = call.vcenter.inventory
    stored_name = escaped_name(name)
    require_free_name(inventory, parent, stored_name)
    require_enumerated(spec, "spec")
    allocations = _allocations(parent, None, spec)
    pool = new_resource_pool(inventory, parent, inventory[parent.get("owner")], stored_name)
    parent.add("resourcePool", pool.ref)
    _configure(call, pool, allocations)
    _set_scaling(pool, spec)
    pools = {"resourcePool": event_argument(pool), "parent": event_argument(parent)}
    call.vcenter.events.post("ResourcePoolCreatedEvent", pool, user=call.user, **pools)
    return pool


@operation("ResourcePool", "UpdateConfig")
def update_config(
    call: Call, pool: ManagedObject, name: str | None = None, config: DataObject | None = None
) -> None:
    """Change a pool's name or allocations; an allocation that the config leaves unset is unchanged.

    Raises like `create_pool`, and ConcurrentAccess if the config's changeVersion is outdated.
    """
    inventory = call.vcenter.inventory
    stored_name = pool.get("name") if name is None else new_name(inventory, pool, name)
    parent = inventory[pool.get("parent")]
    if config is not None:
        require_enumerated(config, "config")
        _require_current(pool, config)
        _configure(call, pool, _allocations(parent if parent.is_a("ResourcePool") else pool, pool, config))
        _set_scaling(pool, config)
    pool.set("name", stored_name)
    call.vcenter.events.post(
        "ResourcePoolReconfiguredEvent", pool, user=call.user, resourcePool=event_argument(pool)
    )


def _require_current(entity: ManagedObject, spec: DataObject) -> None:
    """Raise ConcurrentAccess for a spec that is based on an older configuration."""
    if spec.changeVersion not in (None, "", entity.get("config.changeVersion")):
        raise MethodFault("ConcurrentAccess")


def _allocations(parent: ManagedObject, entity: ManagedObject | None, spec: DataObject) -> Allocations:
    """Return the changed allocations of a VM or a pool below a parent; None is a new one.

    Raise InvalidArgument for an impossible one, InsufficientResourcesFault for a reservation that exceeds the
    unreserved resources of the parent.
    """
    changes = ((prop, spec.__dict__.get(prop)) for prop in _RESOURCES)
    return {
        prop: _allocation(parent, prop, entity.get(f"config.{prop}") if entity else None, change)
        for prop, change in changes
        if change is not None
    }


def _allocation(
    parent: ManagedObject, prop: str, current: DataObject | None, change: DataObject
) -> DataObject:
    allocation = changed_allocation(current, change, f"spec.{prop}")
    resource, unit, fault = _RESOURCES[prop]
    requested = int(allocation.reservation or 0) * unit
    unreserved = parent.get(f"runtime.{resource}.unreservedForPool") or 0
    if change.reservation and requested > unreserved:
        raise MethodFault(fault, unreserved=unreserved, requested=requested)
    return allocation


def _configure(call: Call, pool: ManagedObject, allocations: Allocations) -> None:
    parent = call.vcenter.inventory[pool.get("parent")]
    _set_allocations(pool, allocations)
    for prop, (resource, unit, _) in _RESOURCES.items():
        if parent.is_a("ResourcePool"):
            _show_usage(parent, pool, prop, resource, unit)
    now, number = call.vcenter.clock.now(), call.vcenter.inventory.journal.number
    pool.set("config.lastModified", now)
    pool.set("config.changeVersion", change_version(now, number))


def _set_allocations(entity: ManagedObject, allocations: Allocations) -> None:
    for prop, allocation in allocations.items():
        entity.set(f"config.{prop}", entity.get(f"config.{prop}").replace(**allocation.__dict__))


def _set_scaling(pool: ManagedObject, spec: DataObject) -> None:
    if spec.scaleDescendantsShares is not None:
        pool.set("config.scaleDescendantsShares", spec.scaleDescendantsShares)
        pool.set("runtime.sharesScalable", spec.scaleDescendantsShares)


def _show_usage(parent: ManagedObject, pool: ManagedObject, prop: str, resource: str, unit: int) -> None:
    """Update a pool's runtime: it can use its reservation, or all its parent has if that is expandable."""
    allocation, available = pool.get(f"config.{prop}"), parent.get(f"runtime.{resource}")
    own = int(allocation.reservation or 0) * unit
    usable = max(own, available.unreservedForPool) if allocation.expandableReservation else own
    unlimited = allocation.limit in (None, -1)
    limit = available.maxUsage if unlimited else min(allocation.limit * unit, available.maxUsage)
    usage = pool.get(f"runtime.{resource}")
    shown = usage.replace(unreservedForPool=usable, unreservedForVm=usable, maxUsage=limit)
    pool.set(f"runtime.{resource}", shown)


@operation("ResourcePool", "UpdateChildResourceConfiguration")
def update_children(call: Call, pool: ManagedObject, spec: tuple[DataObject, ...]) -> None:
    """Change the allocations of child VMs and pools: all of them, or none.

    Raises InvalidArgument for an entity that is no child and an impossible allocation, ConcurrentAccess, and
    an InsufficientResourcesFault for a reservation that exceeds the unreserved resources of the pool.
    """
    inventory = call.vcenter.inventory
    children = {*pool.get("vm"), *pool.get("resourcePool")}
    if any(child_spec.entity not in children for child_spec in spec):
        raise MethodFault("InvalidArgument", invalidProperty="spec.entity")
    require_enumerated(spec, "spec")
    for child_spec in spec:
        _require_current(inventory[child_spec.entity], child_spec)
    changes = [(inventory[each.entity], each) for each in spec]
    allocated = [(child, _allocations(pool, child, each), each) for child, each in changes]
    for child, allocations, child_spec in allocated:
        if child.is_a("ResourcePool"):
            _configure(call, child, allocations)
            _set_scaling(child, child_spec)
        else:
            _set_allocations(child, allocations)
            follow_primary(inventory, child, call.vcenter.clock.now())


@operation("ResourcePool", "DestroyChildren")
def destroy_children(call: Call, pool: ManagedObject) -> None:
    """Destroy all descendant pools; their VMs move to this pool."""
    inventory = call.vcenter.inventory
    for child in tuple(inventory.find_all(pool.get("resourcePool"))):
        destroy_children(call, child)
        destroy_pool(call, child)


@operation("ResourcePool", "MoveIntoResourcePool")
def move_into_pool(call: Call, pool: ManagedObject, list: tuple[ManagedObject, ...]) -> None:
    """Move VMs and pools into a pool of the same cluster: all of them, or none.

    Raises DuplicateName for a pool; InvalidArgument for this pool, its ancestors, an entity of another
    cluster and one that is neither VM nor pool; NotSupported for a template.
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
        current = inventory.find(entity.get("resourcePool"))
        fits = current is not None and current.get("owner") == pool.get("owner")
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
    parents = {"oldParent": event_argument(before), "newParent": event_argument(pool)}
    argument = event_argument(moved)
    call.vcenter.events.post(
        "ResourcePoolMovedEvent", moved, user=call.user, resourcePool=argument, **parents
    )


_MOVERS: Final[dict[str, Callable[[Call, ManagedObject, ManagedObject], None]]] = {
    "VirtualMachine": move_to_pool,
    "ResourcePool": _move_pool,
}

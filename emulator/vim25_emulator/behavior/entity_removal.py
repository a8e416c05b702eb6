"""Removing an entity: what each type requires, and what disappears with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from vim25_emulator.behavior.cluster_summary import refresh_cluster
from vim25_emulator.behavior.power_transition import require_power_state
from vim25_emulator.behavior.secondary_start import apply_pair_event
from vim25_emulator.fault_tolerance.pair import Pair, pair_of
from vim25_emulator.fault_tolerance.pair_state import Event
from vim25_emulator.inventory.hierarchy import CHILDREN, children
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.selection import references
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datastore import add_usage
from vim25_emulator.model.event_argument import event_argument
from vim25_emulator.model.host_service import is_outside_maintenance
from vim25_emulator.model.place import relist
from vim25_emulator.model.power_state import OFF, is_powered_on
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.model.virtual_machine import unlink
from vim25_emulator.model.virtual_machine_change import snapshot_configs
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

#: Lists of a cluster's configuration whose elements are about one VM each.
_OVERRIDES: Final = ("dasVmConfig", "drsVmConfig", "vmOrchestration", "dpmHostConfig")


def require_destroyable(call: Call, entity: ManagedObject) -> None:
    """Raise the fault of an entity that cannot be destroyed now, itself or by what is in it."""
    for each in (entity, *subtree(call.vcenter.inventory, entity)):
        for type_name, check in _CHECKS.items():
            if each.is_a(type_name):
                check(call.vcenter.inventory, each, entity)


def subtree(inventory: Inventory, entity: ManagedObject) -> Iterable[ManagedObject]:
    """Yield what is in an entity, the innermost first, and the entity last; hosts have their VMs in them."""
    if entity.is_a("HostSystem"):
        yield from inventory.find_all(entity.get("vm"))
    for child in tuple(children(inventory, entity)):
        yield from subtree(inventory, child)
    yield entity


def remove_virtual_machine(call: Call, vm: ManagedObject, *, keep_files: bool = False) -> None:
    """Take a VM out of the inventory, with its files unless they are kept."""
    inventory, leftovers = call.vcenter.inventory, call.vcenter.leftovers
    pair = pair_of(inventory, vm)
    if pair is not None:
        apply_pair_event(call, pair, _end_of(pair))
    if vm.ref not in inventory:
        return  # a secondary goes with its pair
    call.vcenter.events.post("VmRemovedEvent", vm, user=call.user, template=bool(vm.get("config.template")))
    if keep_files:
        leftovers.configs[vm.get("config.files.vmPathName")] = vm.get("config")
    for used in () if keep_files else vm.get("storage.perDatastoreUsage") or ():
        add_usage(inventory, used.datastore, -used.committed, -used.uncommitted)
    for ref in snapshot_configs(inventory, vm):
        inventory.destroy(inventory[ref])
    unlink(inventory, vm)
    _forget_overrides(inventory, vm.ref)
    browser = inventory.find(vm.get("environmentBrowser"))
    inventory.destroy(vm)
    if browser is not None and not _is_browsed(inventory, browser.ref):
        inventory.destroy(browser)


def _end_of(pair: Pair) -> Event:
    """Return what happens to a pair one of whose VMs is removed."""
    return Event.TURNED_OFF if is_powered_on(pair.primary) else Event.DELETED


def _is_browsed(inventory: Inventory, browser: MoRef) -> bool:
    """Whether a VM still has this environment browser; those of a pair share one."""
    return any(vm.get("environmentBrowser") == browser for vm in inventory.of_type("VirtualMachine"))


def _forget_overrides(inventory: Inventory, gone: MoRef) -> None:
    """Take a VM or host out of what clusters are configured to do with it."""
    for cluster in inventory.of_type("ClusterComputeResource"):
        for name in _OVERRIDES:
            held = cluster.get(f"configurationEx.{name}") or ()
            kept = tuple(
                each for each in held if gone not in (each.__dict__.get("key"), each.__dict__.get("vm"))
            )
            if kept != held:
                cluster.set(f"configurationEx.{name}", kept)
        for name in ("rule", "group"):
            held = cluster.get(f"configurationEx.{name}") or ()
            kept = tuple(_without(each, gone) for each in held)
            if kept != held:
                cluster.set(f"configurationEx.{name}", kept)


def _without(element: DataObject, gone: MoRef) -> DataObject:
    """Return a rule or group that no longer names a VM or host."""
    changed: dict[str, Any] = {
        name: tuple(ref for ref in element.__dict__[name] if ref != gone)
        for name in ("vm", "host")
        if isinstance(element.__dict__.get(name), tuple) and gone in element.__dict__[name]
    }
    return element.replace(**changed) if changed else element


def remove_from_parent(inventory: Inventory, entity: ManagedObject) -> None:
    """Take an entity off the list of what it stands in."""
    parent = inventory.find(entity.get("parent"))
    if parent is None:
        return
    for ancestor in parent.type.ancestors:
        for name in CHILDREN.get(ancestor.name, ()):
            held = parent.properties.get(name)
            if isinstance(held, tuple) and not isinstance(held, MoRef) and entity.ref in references(held):
                parent.remove(name, entity.ref)


def _check_vm(inventory: Inventory, vm: ManagedObject, top: ManagedObject) -> None:
    pair = pair_of(inventory, vm)
    if pair is not None:
        pair.require(_end_of(pair))
    if top.is_a("Folder") or top is vm or top.is_a("Datacenter"):
        require_power_state(vm, OFF, OFF)
        if vm is top and vm.get("runtime.connectionState") != "connected":
            raise MethodFault("InvalidState")


def _check_host(inventory: Inventory, host: ManagedObject, top: ManagedObject) -> None:
    in_cluster = inventory[host.get("parent")].is_a("ClusterComputeResource")
    if in_cluster and is_outside_maintenance(host):
        raise MethodFault("InvalidState")


def _check_pool(inventory: Inventory, pool: ManagedObject, top: ManagedObject) -> None:
    if top is pool and not inventory[pool.get("parent")].is_a("ResourcePool"):
        raise MethodFault("NotSupported")


def _check_folder(inventory: Inventory, folder: ManagedObject, top: ManagedObject) -> None:
    parent = inventory.find(folder.get("parent"))
    if top is folder and (parent is None or not parent.is_a("Folder")):
        raise MethodFault("NotSupported")


def _check_unused(inventory: Inventory, used: ManagedObject, top: ManagedObject) -> None:
    if used.get("vm"):
        raise MethodFault("ResourceInUse", type=used.type.name, name=used.get("name"))


_CHECKS: Final[dict[str, Callable[[Inventory, ManagedObject, ManagedObject], None]]] = {
    "VirtualMachine": _check_vm,
    "HostSystem": _check_host,
    "ResourcePool": _check_pool,
    "Folder": _check_folder,
    "Datastore": _check_unused,
    "Network": _check_unused,
}


def _destroy_vm(call: Call, vm: ManagedObject) -> None:
    remove_virtual_machine(call, vm)


def destroy_pool(call: Call, pool: ManagedObject) -> None:
    """Destroy a pool; its VMs and pools go to the one above."""
    inventory = call.vcenter.inventory
    above = inventory[pool.get("parent")]
    for vm in inventory.find_all(pool.get("vm")):
        relist(inventory, vm, above, ("resourcePool", "vm"))
    for below in inventory.find_all(pool.get("resourcePool")):
        relist(inventory, below, above, ("parent", "resourcePool"))
    call.vcenter.events.post(
        "ResourcePoolDestroyedEvent", pool, user=call.user, resourcePool=event_argument(pool)
    )
    remove_from_parent(inventory, pool)
    inventory.destroy(pool)


def _destroy_host(call: Call, host: ManagedObject) -> None:
    """Remove a host; its VMs leave the inventory with it, and so does a compute resource of its own."""
    inventory = call.vcenter.inventory
    owner = inventory[host.get("parent")]
    remove_host(call, host)
    if owner.is_a("ClusterComputeResource"):
        refresh_cluster(call, owner)
    else:
        remove_compute_resource(call, owner)


def remove_host(call: Call, host: ManagedObject) -> None:
    """Take a host, its managers and its VMs out of the inventory."""
    inventory = call.vcenter.inventory
    for vm in tuple(inventory.find_all(host.get("vm"))):
        remove_virtual_machine(call, vm, keep_files=vm.get("config") is not None)
    call.vcenter.events.post("HostRemovedEvent", host, user=call.user)
    remove_from_parent(inventory, host)
    for datastore in inventory.find_all(host.get("datastore")):
        mounts = tuple(mount for mount in datastore.get("host") if mount.key != host.ref)
        datastore.set("host", mounts)
        datastore.set("summary.multipleHostAccess", len(mounts) > 1)
    for network in inventory.find_all(host.get("network")):
        network.remove("host", host.ref)
    _forget_overrides(inventory, host.ref)
    managers = host.get("configManager").__dict__.values()
    for ref in (*managers, host.get("datastoreBrowser")):
        manager = inventory.find(ref)
        if manager is not None:
            inventory.destroy(manager)
    call.vcenter.licensed.pop(host.ref, None)
    inventory.destroy(host)


def remove_compute_resource(call: Call, owner: ManagedObject) -> None:
    """Take a cluster or compute resource without hosts out of the inventory, with its pools."""
    inventory = call.vcenter.inventory
    for below in subtree(inventory, inventory[owner.get("resourcePool")]):
        inventory.destroy(below)
    browser = inventory.find(owner.get("environmentBrowser"))
    remove_from_parent(inventory, owner)
    inventory.destroy(owner)
    if browser is not None:
        inventory.destroy(browser)


def _destroy_compute_resource(call: Call, owner: ManagedObject) -> None:
    for host in hosts_of(call.vcenter.inventory, owner):
        remove_host(call, host)
    if owner.is_a("ClusterComputeResource"):
        call.vcenter.events.post("ClusterDestroyedEvent", owner, user=call.user)
    remove_compute_resource(call, owner)


def destroy_container(call: Call, place: ManagedObject) -> None:
    """Destroy a folder or a datacenter after all that is in it."""
    inventory = call.vcenter.inventory
    for child in tuple(children(inventory, place)):
        if child.ref in inventory:
            destroyer(child)(call, child)
    remove_from_parent(inventory, place)
    inventory.destroy(place)


def _destroy_shared(call: Call, shared: ManagedObject) -> None:
    """Destroy a datastore or a network that no VM is on."""
    inventory, prop = call.vcenter.inventory, "datastore" if shared.is_a("Datastore") else "network"
    for holder_type in ("HostSystem", "ComputeResource", "Datacenter"):
        for holder in inventory.of_type(holder_type):
            holder.remove(prop, shared.ref)
    browser = inventory.find(shared.get("browser")) if shared.is_a("Datastore") else None
    remove_from_parent(inventory, shared)
    inventory.destroy(shared)
    if browser is not None:
        inventory.destroy(browser)


#: Type → what destroys one.
_DESTROYERS: Final[dict[str, Callable[[Call, ManagedObject], None]]] = {
    "VirtualMachine": _destroy_vm,
    "ResourcePool": destroy_pool,
    "HostSystem": _destroy_host,
    "ComputeResource": _destroy_compute_resource,
    "Folder": destroy_container,
    "Datacenter": destroy_container,
    "Datastore": _destroy_shared,
    "Network": _destroy_shared,
}


def destroyer(entity: ManagedObject) -> Callable[[Call, ManagedObject], None]:
    """Return what destroys an entity; raise NotSupported for a type that cannot be destroyed."""
    destroy = entity.type.nearest(_DESTROYERS, None)
    if destroy is None:
        raise MethodFault("NotSupported")
    return destroy

"""Remove an entity from the inventory: the requirements of its type, and the objects removed with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from vim25_emulator.behavior.cluster_summary import refresh_cluster
from vim25_emulator.behavior.distributed_switch_removal import (
    check_network,
    check_switch,
    check_unused,
    forget_member,
    forget_port_group,
    forget_switch,
)
from vim25_emulator.behavior.power_transition import require_power_state
from vim25_emulator.behavior.secondary_start import apply_pair_event
from vim25_emulator.fault_tolerance.pair import Pair, pair_of
from vim25_emulator.fault_tolerance.pair_state import Event
from vim25_emulator.inventory.hierarchy import CHILDREN, children
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.selection import references
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datastore import add_usage
from vim25_emulator.model.distributed_switch import PORT_GROUP
from vim25_emulator.model.event_argument import event_argument
from vim25_emulator.model.host_manager import managers_of
from vim25_emulator.model.host_service import is_outside_maintenance
from vim25_emulator.model.place import relist
from vim25_emulator.model.power_state import OFF, is_powered_on
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.model.shown_name import forget_volume, unlist
from vim25_emulator.model.virtual_machine import unlink
from vim25_emulator.model.virtual_machine_change import snapshot_configs
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

#: Lists of a cluster's configuration with one element per VM or host.
_OVERRIDES: Final = ("dasVmConfig", "drsVmConfig", "vmOrchestration", "dpmHostConfig")


def require_destroyable(call: Call, entity: ManagedObject) -> None:
    """Raise the fault of an entity that cannot be destroyed now, because of itself or of a descendant."""
    for member in (entity, *subtree(call.vcenter.inventory, entity)):
        for type_name, check in _CHECKS.items():
            if member.is_a(type_name):
                check(call.vcenter.inventory, member, entity)


def subtree(inventory: Inventory, entity: ManagedObject) -> Iterable[ManagedObject]:
    """Yield an entity and its descendants, children before parents; VMs are children of their host."""
    if entity.is_a("HostSystem"):
        yield from inventory.find_all(entity.get("vm"))
    for child in tuple(children(inventory, entity)):
        yield from subtree(inventory, child)
    yield entity


def remove_virtual_machine(call: Call, vm: ManagedObject, *, keep_files: bool = False) -> None:
    """Remove a VM from the inventory, and delete its files unless `keep_files`."""
    inventory, leftovers = call.vcenter.inventory, call.vcenter.leftovers
    pair = pair_of(inventory, vm)
    if pair is not None:
        apply_pair_event(call, pair, _end_of(pair))
    if vm.ref not in inventory:
        return  # the end of the pair has removed the secondary
    call.vcenter.events.post("VmRemovedEvent", vm, user=call.user, template=bool(vm.get("config.template")))
    if keep_files and vm.get("config") is not None:
        leftovers.configs[vm.get("config.files.vmPathName")] = vm.get("config")
    for usage in () if keep_files else vm.get("storage.perDatastoreUsage") or ():
        add_usage(inventory, usage.datastore, -usage.committed, -usage.uncommitted)
    for ref in snapshot_configs(inventory, vm):
        inventory.destroy(inventory[ref])
    unlink(inventory, vm)
    remove_from_clusters(inventory, vm.ref)
    browser = inventory.find(vm.get("environmentBrowser"))
    inventory.destroy(vm)
    if browser is not None and not _is_used_browser(inventory, browser.ref):
        inventory.destroy(browser)


def _end_of(pair: Pair) -> Event:
    """Return the event of a pair when one of its VMs is removed."""
    return Event.TURNED_OFF if is_powered_on(pair.primary) else Event.DELETED


def _is_used_browser(inventory: Inventory, browser: MoRef) -> bool:
    """Whether a VM uses this environment browser; the VMs of a pair share one."""
    return any(vm.get("environmentBrowser") == browser for vm in inventory.of_type("VirtualMachine"))


def remove_from_clusters(inventory: Inventory, removed: MoRef) -> None:
    """Remove a VM or host from the overrides, rules and groups of clusters."""
    for cluster in inventory.of_type("ClusterComputeResource"):
        for name in _OVERRIDES:
            before = cluster.get(f"configurationEx.{name}") or ()
            after = tuple(e for e in before if removed not in (e.__dict__.get("key"), e.__dict__.get("vm")))
            if after != before:
                cluster.set(f"configurationEx.{name}", after)
        for name in ("rule", "group"):
            before = cluster.get(f"configurationEx.{name}") or ()
            after = tuple(_without(element, removed) for element in before)
            if after != before:
                cluster.set(f"configurationEx.{name}", after)


def _without(element: DataObject, removed: MoRef) -> DataObject:
    """Return a rule or group without a VM or host."""
    changed: dict[str, Any] = {
        name: tuple(ref for ref in element.__dict__[name] if ref != removed)
        for name in ("vm", "host")
        if isinstance(element.__dict__.get(name), tuple) and removed in element.__dict__[name]
    }
    return element.replace(**changed) if changed else element


def remove_from_parent(inventory: Inventory, entity: ManagedObject) -> None:
    """Remove an entity from the list of children of its parent."""
    parent = inventory.find(entity.get("parent"))
    if parent is None:
        return
    for ancestor in parent.type.ancestors:
        for name in CHILDREN.get(ancestor.name, ()):
            value = parent.properties.get(name)
            if isinstance(value, tuple) and not isinstance(value, MoRef) and entity.ref in references(value):
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


#: Type → check of an entity below the one to be destroyed, or of that one: `(inventory, entity, top)`.
_CHECKS: Final[dict[str, Callable[[Inventory, ManagedObject, ManagedObject], None]]] = {
    "VirtualMachine": _check_vm,
    "HostSystem": _check_host,
    "ResourcePool": _check_pool,
    "Folder": _check_folder,
    "Datastore": check_unused,
    "Network": check_network,
    "DistributedVirtualSwitch": check_switch,
}


def _destroy_vm(call: Call, vm: ManagedObject) -> None:
    remove_virtual_machine(call, vm)


def destroy_pool(call: Call, pool: ManagedObject) -> None:
    """Destroy a resource pool; its VMs and pools move to its parent."""
    inventory = call.vcenter.inventory
    parent = inventory[pool.get("parent")]
    for vm in inventory.find_all(pool.get("vm")):
        relist(inventory, vm, parent, ("resourcePool", "vm"))
    for child in inventory.find_all(pool.get("resourcePool")):
        relist(inventory, child, parent, ("parent", "resourcePool"))
    call.vcenter.events.post(
        "ResourcePoolDestroyedEvent", pool, user=call.user, resourcePool=event_argument(pool)
    )
    remove_from_parent(inventory, pool)
    inventory.destroy(pool)


def _destroy_host(call: Call, host: ManagedObject) -> None:
    """Remove a host with its VMs, and with its compute resource if it is a standalone host."""
    inventory = call.vcenter.inventory
    owner = inventory[host.get("parent")]
    remove_host(call, host)
    if owner.is_a("ClusterComputeResource"):
        refresh_cluster(call, owner)
    else:
        remove_compute_resource(call, owner)


def remove_host(call: Call, host: ManagedObject) -> None:
    """Remove a host, its managers and its VMs from the inventory; keep the files of the VMs."""
    inventory = call.vcenter.inventory
    for vm in tuple(inventory.find_all(host.get("vm"))):
        remove_virtual_machine(call, vm, keep_files=True)
    call.vcenter.events.post("HostRemovedEvent", host, user=call.user)
    remove_from_parent(inventory, host)
    for datastore in inventory.find_all(host.get("datastore")):
        mounts = tuple(mount for mount in datastore.get("host") if mount.key != host.ref)
        datastore.set("host", mounts)
        datastore.set("summary.multipleHostAccess", len(mounts) > 1)
    for network in inventory.find_all(host.get("network")):
        network.remove("host", host.ref)
    forget_member(inventory, host)
    remove_from_clusters(inventory, host.ref)
    for manager in (*managers_of(inventory, host), inventory.find(host.get("datastoreBrowser"))):
        if manager is not None:
            inventory.destroy(manager)
    call.vcenter.licensed.pop(host.ref, None)
    inventory.destroy(host)


def remove_compute_resource(call: Call, owner: ManagedObject) -> None:
    """Remove a cluster or compute resource without hosts from the inventory, with its resource pools."""
    inventory = call.vcenter.inventory
    for pool in subtree(inventory, inventory[owner.get("resourcePool")]):
        inventory.destroy(pool)
    environment = inventory.find(owner.get("environmentBrowser"))
    files = inventory.find(environment.get("datastoreBrowser")) if environment is not None else None
    remove_from_parent(inventory, owner)
    inventory.destroy(owner)
    for belonging in filter(None, (environment, files)):
        inventory.destroy(belonging)


def _destroy_compute_resource(call: Call, owner: ManagedObject) -> None:
    for host in hosts_of(call.vcenter.inventory, owner):
        remove_host(call, host)
    if owner.is_a("ClusterComputeResource"):
        call.vcenter.events.post("ClusterDestroyedEvent", owner, user=call.user)
    remove_compute_resource(call, owner)


def destroy_container(call: Call, container: ManagedObject) -> None:
    """Destroy a folder or a datacenter with all that it contains."""
    inventory = call.vcenter.inventory
    for child in tuple(children(inventory, container)):
        if child.ref in inventory:
            destroyer(child)(call, child)
    remove_from_parent(inventory, container)
    inventory.destroy(container)


def _destroy_shared(call: Call, shared: ManagedObject) -> None:
    """Destroy a datastore or a network without VMs."""
    inventory = call.vcenter.inventory
    if shared.is_a("Datastore"):
        forget_volume(inventory, shared)
        call.vcenter.leftovers.forget(shared.get("name"))
    unlist(inventory, shared, "datastore" if shared.is_a("Datastore") else "network")
    browser = inventory.find(shared.get("browser")) if shared.is_a("Datastore") else None
    if shared.is_a(PORT_GROUP):
        forget_port_group(inventory, shared)
    remove_from_parent(inventory, shared)
    inventory.destroy(shared)
    if browser is not None:
        inventory.destroy(browser)


def _destroy_switch(call: Call, switch: ManagedObject) -> None:
    """Destroy a distributed switch with its port groups; no VM is connected to them."""
    inventory = call.vcenter.inventory
    for group in tuple(inventory.find_all(switch.get("portgroup"))):
        _destroy_shared(call, group)
    forget_switch(inventory, switch)
    remove_from_parent(inventory, switch)
    inventory.destroy(switch)


#: Type → function that destroys such an entity.
_DESTROYERS: Final[dict[str, Callable[[Call, ManagedObject], None]]] = {
    "VirtualMachine": _destroy_vm,
    "ResourcePool": destroy_pool,
    "HostSystem": _destroy_host,
    "ComputeResource": _destroy_compute_resource,
    "Folder": destroy_container,
    "Datacenter": destroy_container,
    "Datastore": _destroy_shared,
    "Network": _destroy_shared,
    "DistributedVirtualSwitch": _destroy_switch,
}


def destroyer(entity: ManagedObject) -> Callable[[Call, ManagedObject], None]:
    """Return the function that destroys an entity; raise NotSupported if its type cannot be destroyed."""
    destroy = entity.type.nearest(_DESTROYERS, None)
    if destroy is None:
        raise MethodFault("NotSupported")
    return destroy

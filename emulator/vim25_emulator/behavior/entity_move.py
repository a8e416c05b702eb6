"""Move entities to another parent: virtual machines to resource pools, hosts to clusters and folders."""

from __future__ import annotations

from vim25_emulator.behavior.cluster_summary import refresh_cluster, refresh_host
from vim25_emulator.behavior.entity_removal import remove_compute_resource, remove_from_clusters
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.compute_resource import new_standalone
from vim25_emulator.model.datacenter import Folders
from vim25_emulator.model.event_argument import event_argument
from vim25_emulator.model.host import set_ha_agent
from vim25_emulator.model.place import relist
from vim25_emulator.model.related_object import datacenter_of
from vim25_emulator.vcenter.call import Call


def move_to_pool(call: Call, pool: ManagedObject, vm: ManagedObject) -> None:
    """Move a VM to a resource pool; post an event if it was in another one."""
    before = relist(call.vcenter.inventory, vm, pool, ("resourcePool", "vm"))
    if before is not None:
        fields = {"oldParent": event_argument(before), "newParent": event_argument(pool)}
        call.vcenter.events.post("VmResourcePoolMovedEvent", vm, user=call.user, template=False, **fields)


def may_leave_parent(inventory: Inventory, host: ManagedObject) -> bool:
    """Whether a host may move: it is standalone or in maintenance mode [documented]."""
    in_cluster = inventory[host.get("parent")].is_a("ClusterComputeResource")
    return not in_cluster or bool(host.get("runtime.inMaintenanceMode"))


def move_host_to_folder(call: Call, host: ManagedObject, folder: ManagedObject) -> None:
    """Move a host to a folder: with its standalone compute resource, or from its cluster into a new one."""
    inventory = call.vcenter.inventory
    owner = inventory[host.get("parent")]
    if owner.is_a("ClusterComputeResource"):
        move_host(
            call, host, new_standalone(inventory, compute_resource_folders(call, folder), host.get("name"))
        )
    else:
        relist(inventory, owner, folder)


def move_host(
    call: Call, host: ManagedObject, owner: ManagedObject, pool: ManagedObject | None = None
) -> None:
    """Move a host and its VMs to another compute resource; remove its former standalone one."""
    inventory = call.vcenter.inventory
    before = inventory[host.get("parent")]
    if before is owner:
        return
    relist(inventory, host, owner, ("parent", "host"))
    for ref in (host.ref, *host.get("vm")):
        remove_from_clusters(inventory, ref)
    target = pool or inventory[owner.get("resourcePool")]
    for vm in inventory.find_all(host.get("vm")):
        if vm.get("resourcePool") is not None:
            move_to_pool(call, target, vm)
    set_ha_agent(host, None)
    if before.is_a("ClusterComputeResource"):
        refresh_cluster(call, before)
    else:
        remove_compute_resource(call, before)
    refresh_host(call, host)


def compute_resource_folders(call: Call, folder: ManagedObject) -> Folders:
    """Return the folders for a new compute resource in a host folder."""
    datacenter = datacenter_of(call.vcenter.inventory, folder)
    assert datacenter is not None  # noqa: S101  # every host folder is in a datacenter
    return Folders(datacenter, folder, folder, folder, folder)

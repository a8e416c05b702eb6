"""Hosts that come to a cluster, leave it, or are added to the vCenter.

A new host is one that this site might have: the hardware of the others, a management network alone, and the
storage and networks that all hosts of the cluster share [derived].
"""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.behavior.cluster_summary import refresh_host
from vim25_emulator.behavior.entity_move import compute_resource_folders, may_leave_parent, move_host
from vim25_emulator.behavior.license_assignment import assign_license_key, require_known
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.compute_resource import new_standalone
from vim25_emulator.model.datastore import mount
from vim25_emulator.model.host import HostParts, HostState, new_host
from vim25_emulator.model.host_hardware import Hardware
from vim25_emulator.model.host_network import HostNetwork
from vim25_emulator.model.license import EVALUATION_KEY
from vim25_emulator.model.related_object import datacenter_of, hosts_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef
from vim25_emulator.vmodl.version import version

_MOST_HOSTS: Final = 96  #: hosts of one cluster (documented for 8.0)
_EVALUATION: Final = "evaluation"


def require_can_add(
    call: Call, cluster: ManagedObject, spec: DataObject, license: str | None = None, **others: Any
) -> None:
    """Raise what `add_host` raises."""
    _require_new(call, cluster, spec, license)


@operation("ClusterComputeResource", "AddHost_Task", requires=require_can_add)
async def add_host(
    call: Call,
    cluster: ManagedObject,
    spec: DataObject,
    asConnected: bool,
    resourcePool: ManagedObject | None = None,
    license: str | None = None,
) -> ManagedObject:
    """Add a host to a cluster by its name; return it.

    Raises InvalidLogin without user and password, DuplicateName for a host that is there, TooManyHosts.
    """
    await call.work()
    return _added(call, cluster, spec, license, connected=asConnected)


def require_can_add_standalone(
    call: Call, folder: ManagedObject, spec: DataObject, license: str | None = None, **others: Any
) -> None:
    """Raise NotSupported for a folder that holds no hosts, and what `add_host` raises."""
    if "ComputeResource" not in folder.get("childType"):
        raise MethodFault("NotSupported")
    _require_new(call, None, spec, license)


@operation("Folder", "AddStandaloneHost_Task", requires=require_can_add_standalone)
async def add_standalone_host(
    call: Call,
    folder: ManagedObject,
    spec: DataObject,
    addConnected: bool,
    compResSpec: DataObject | None = None,
    license: str | None = None,
) -> ManagedObject:
    """Add a host outside any cluster; return its compute resource. Raises what `add_host` raises."""
    await call.work()
    owner = new_standalone(call.vcenter.inventory, compute_resource_folders(call, folder), spec.hostName)
    _added(call, owner, spec, license, connected=addConnected)
    return owner


def _require_new(call: Call, cluster: ManagedObject | None, spec: DataObject, key: str | None) -> None:
    require_known(key or EVALUATION_KEY)
    if not spec.hostName:
        raise MethodFault("InvalidArgument", invalidProperty="spec.hostName")
    if not spec.userName or not spec.password:
        raise MethodFault("InvalidLogin")
    for host in call.vcenter.inventory.of_type("HostSystem"):
        if host.get("name") == spec.hostName:
            raise MethodFault("DuplicateName", name=spec.hostName, object=host.ref)
    if cluster is not None:
        _require_room(cluster, 1)


def _require_room(cluster: ManagedObject, more: int) -> None:
    if len(cluster.get("host")) + more > _MOST_HOSTS:
        raise MethodFault("TooManyHosts")


def _added(
    call: Call, owner: ManagedObject, spec: DataObject, key: str | None, *, connected: bool
) -> ManagedObject:
    inventory = call.vcenter.inventory
    datacenter = datacenter_of(inventory, owner)
    present = hosts_of(inventory, owner)
    beside = present or list(inventory.of_type("HostSystem"))[:1]
    stores = [ref for ref in _shared(beside, "datastore") if _is_in(call, ref, datacenter)]
    networks = [ref for ref in _shared(beside, "network") if _is_in(call, ref, datacenter)]
    known, number = list(inventory.of_type("HostSystem")), len(list(inventory.of_type("HostSystem")))
    parts = HostParts(
        name=spec.hostName,
        product=known[0].get("config.product") if known else call.vcenter.release.host_about(None),
        hardware=Hardware(),
        network=HostNetwork(
            host=spec.hostName,
            number=number,
            port_groups=tuple((inventory[ref].get("name"), 0) for ref in networks),
            vmotion=False,
            fault_tolerance=False,
        ),
        state=HostState("connected" if connected else "disconnected"),
        edition=_EVALUATION,
        hardware_virtualization=True,
        record_replay=call.vcenter.release.version < version("6.5"),
        checkpoints=call.vcenter.release.version >= version("6.0"),
    )
    reached = [inventory[ref] for ref in stores]
    on = [inventory[ref] for ref in networks]
    host = new_host(inventory, owner, parts, reached, on, call.vcenter.clock.now())
    for network in on:
        network.add("host", host.ref)
    for store in reached:
        mount(store, [inventory[held.key] for held in store.get("host")] + [host])
    call.vcenter.events.post("HostAddedEvent", host, user=call.user)
    if connected:
        call.vcenter.events.post("HostConnectedEvent", host, user=call.user)
    assign_license_key(call, host, key or EVALUATION_KEY)
    refresh_host(call, host)
    return host


def _shared(hosts: list[ManagedObject], path: str) -> tuple[MoRef, ...]:
    """Return the datastores or networks that all of these hosts have, in the first one's order."""
    first, *others = hosts or (None,)
    if first is None:
        return ()
    return tuple(ref for ref in first.get(path) if all(ref in other.get(path) for other in others))


def _is_in(call: Call, ref: MoRef, datacenter: ManagedObject | None) -> bool:
    inventory = call.vcenter.inventory
    return datacenter_of(inventory, inventory[ref]) is datacenter


def require_can_move_into(call: Call, cluster: ManagedObject, host: tuple[ManagedObject, ...]) -> None:
    """Raise what `move_into` raises."""
    _require_movable(call, cluster, host)


@operation("ClusterComputeResource", "MoveInto_Task", requires=require_can_move_into)
async def move_into(call: Call, cluster: ManagedObject, host: tuple[ManagedObject, ...]) -> None:
    """Move hosts into a cluster with their VMs; all of them, or none.

    Raises InvalidState for one that serves in another cluster, InvalidArgument for one of another
    datacenter, TooManyHosts.
    """
    await call.work()
    for each in host:
        move_host(call, each, cluster)


def require_can_move_host_into(
    call: Call, cluster: ManagedObject, host: ManagedObject, resourcePool: ManagedObject | None = None
) -> None:
    """Raise InvalidArgument for a pool of another cluster, and what `move_into` raises."""
    if resourcePool is not None and resourcePool.get("owner") != cluster.ref:
        raise MethodFault("InvalidArgument", invalidProperty="resourcePool")
    _require_movable(call, cluster, (host,))


@operation("ClusterComputeResource", "MoveHostInto_Task", requires=require_can_move_host_into)
async def move_host_into(
    call: Call, cluster: ManagedObject, host: ManagedObject, resourcePool: ManagedObject | None = None
) -> None:
    """Move one host into a cluster, its VMs into a pool there. Raises what `move_into` raises."""
    await call.work()
    move_host(call, host, cluster, resourcePool)


def _require_movable(call: Call, cluster: ManagedObject, hosts: tuple[ManagedObject, ...]) -> None:
    inventory = call.vcenter.inventory
    _require_room(cluster, len(hosts))
    for host in hosts:
        if datacenter_of(inventory, host) is not datacenter_of(inventory, cluster):
            raise MethodFault("InvalidArgument", invalidProperty="host")
        if host.get("parent") != cluster.ref and not may_leave_parent(inventory, host):
            raise MethodFault("InvalidState")

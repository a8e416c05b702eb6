"""ClusterComputeResource and Folder: adding hosts, and moving hosts into clusters.

A new host has the default hardware, a management network only, and the datastores and networks that all other
hosts of its cluster share [derived].
"""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.behavior.cluster_config_spec import compute_resource_config
from vim25_emulator.behavior.cluster_summary import refresh_host
from vim25_emulator.behavior.entity_move import compute_resource_folders, may_leave_parent, move_host
from vim25_emulator.behavior.license_assignment import assign_license_key, require_known
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.compute_resource import new_standalone, standalone_config
from vim25_emulator.model.datastore import mount
from vim25_emulator.model.host import HostParts, HostState, new_host
from vim25_emulator.model.host_hardware import Hardware
from vim25_emulator.model.host_network import HostNetwork
from vim25_emulator.model.license import EVALUATION_KEY
from vim25_emulator.model.related_object import datacenter_of, hosts_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

_MOST_HOSTS: Final = 96  #: hosts of one cluster, in 8.0 [documented]
_EVALUATION: Final = "evaluation"


def require_can_add(
    call: Call, cluster: ManagedObject, spec: DataObject, license: str | None = None, **others: Any
) -> None:
    """Raise the faults of `add_host`."""
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
    """Add the host with the name in the spec to a cluster; return it.

    Raises InvalidLogin without user and password, DuplicateName if the host exists, TooManyHosts.
    """
    await call.work()
    return _add(call, cluster, spec, license, connected=asConnected)


def require_can_add_standalone(
    call: Call,
    folder: ManagedObject,
    spec: DataObject,
    compResSpec: DataObject | None = None,
    license: str | None = None,
    **others: Any,
) -> DataObject:
    """Return the configuration of the compute resource.

    Raise NotSupported for a folder that cannot contain hosts, and the faults of `add_host`.
    """
    if "ComputeResource" not in folder.get("childType"):
        raise MethodFault("NotSupported")
    _require_new(call, None, spec, license)
    requested = compResSpec or DataObject("ComputeResourceConfigSpec")
    return compute_resource_config(standalone_config(), requested, modify=True)


@operation("Folder", "AddStandaloneHost_Task", requires=require_can_add_standalone)
async def add_standalone_host(
    call: Call,
    folder: ManagedObject,
    spec: DataObject,
    addConnected: bool,
    compResSpec: DataObject | None = None,
    license: str | None = None,
) -> ManagedObject:
    """Add a host outside any cluster; return its compute resource. Raises like `add_host`."""
    config = await call.work()
    owner = new_standalone(call.vcenter.inventory, compute_resource_folders(call, folder), spec.hostName)
    owner.set("configurationEx", config)
    _add(call, owner, spec, license, connected=addConnected)
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


def _add(
    call: Call, owner: ManagedObject, spec: DataObject, key: str | None, *, connected: bool
) -> ManagedObject:
    """Create a host in a compute resource, with its storage, networks, license and events; return it."""
    inventory = call.vcenter.inventory
    stores, networks = _shared(call, owner, "datastore"), _shared(call, owner, "network")
    parts = _host_parts(call, spec.hostName, networks, connected=connected)
    host = new_host(inventory, owner, parts, stores, networks, call.vcenter.clock.now())
    for network in networks:
        network.add("host", host.ref)
    for store in stores:
        mount(store, [*(inventory[present.key] for present in store.get("host")), host])
    call.vcenter.events.post("HostAddedEvent", host, user=call.user)
    if connected:
        call.vcenter.events.post("HostConnectedEvent", host, user=call.user)
    if spec.lockdownMode is not None:
        host.set("config.lockdownMode", spec.lockdownMode)
    assign_license_key(call, host, key or EVALUATION_KEY)
    refresh_host(call, host)
    return host


def _shared(call: Call, owner: ManagedObject, path: str) -> list[ManagedObject]:
    """Return the datastores or networks of a new host: those that all present hosts of its owner share.

    Without a present host, they are those of the first host in the inventory. Only the owner's datacenter
    counts.
    """
    inventory = call.vcenter.inventory
    hosts = hosts_of(inventory, owner) or list(inventory.of_type("HostSystem"))[:1]
    candidates = hosts[0].get(path) if hosts else ()
    shared = (ref for ref in candidates if all(ref in host.get(path) for host in hosts))
    datacenter = datacenter_of(inventory, owner)
    return [entity for entity in inventory.find_all(shared) if datacenter_of(inventory, entity) is datacenter]


def _host_parts(call: Call, name: str, networks: list[ManagedObject], *, connected: bool) -> HostParts:
    release, hosts = call.vcenter.release, list(call.vcenter.inventory.of_type("HostSystem"))
    return HostParts(
        name=name,
        product=hosts[0].get("config.product") if hosts else release.host_about(None),
        hardware=Hardware(),
        network=HostNetwork(
            host=name,
            number=len(hosts),
            port_groups=tuple((network.get("name"), 0) for network in networks),
            vmotion=False,
            fault_tolerance=False,
        ),
        state=HostState("connected" if connected else "disconnected"),
        edition=_EVALUATION,
        hardware_virtualization=True,
        release=release.version,
    )


def require_can_move_into(call: Call, cluster: ManagedObject, host: tuple[ManagedObject, ...]) -> None:
    """Raise the faults of `move_into`."""
    inventory = call.vcenter.inventory
    _require_room(cluster, len(host))
    for moved in host:
        if datacenter_of(inventory, moved) is not datacenter_of(inventory, cluster):
            raise MethodFault("InvalidArgument", invalidProperty="host")
        if moved.get("parent") != cluster.ref and not may_leave_parent(inventory, moved):
            raise MethodFault("InvalidState")


@operation("ClusterComputeResource", "MoveInto_Task", requires=require_can_move_into)
async def move_into(call: Call, cluster: ManagedObject, host: tuple[ManagedObject, ...]) -> None:
    """Move hosts with their VMs into a cluster: all of them, or none.

    Raises InvalidState for a host in service in another cluster, InvalidArgument for a host of another
    datacenter, TooManyHosts.
    """
    await call.work()
    for moved in host:
        move_host(call, moved, cluster)


def require_can_move_host_into(
    call: Call, cluster: ManagedObject, host: ManagedObject, resourcePool: ManagedObject | None = None
) -> None:
    """Raise InvalidArgument for a pool of another cluster, and the faults of `move_into`."""
    if resourcePool is not None and resourcePool.get("owner") != cluster.ref:
        raise MethodFault("InvalidArgument", invalidProperty="resourcePool")
    require_can_move_into(call, cluster, (host,))


@operation("ClusterComputeResource", "MoveHostInto_Task", requires=require_can_move_host_into)
async def move_host_into(
    call: Call, cluster: ManagedObject, host: ManagedObject, resourcePool: ManagedObject | None = None
) -> None:
    """Move a host into a cluster and its VMs into a pool of the cluster; raises like `move_into`."""
    await call.work()
    move_host(call, host, cluster, resourcePool)

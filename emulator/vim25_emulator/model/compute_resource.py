"""Clusters, compute resources of standalone hosts, and resource pools."""

from __future__ import annotations

from itertools import chain
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.cluster_config import ClusterSettings, configuration
from vim25_emulator.model.datacenter import Folders
from vim25_emulator.model.entity import MIB, allocation, entity, number_of
from vim25_emulator.model.host_service import is_in_service
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.vmodl.value import DataObject

_POOL_SHARES_CPU: Final = 4000
_POOL_SHARES_MEMORY: Final = 163_840


def new_cluster(
    inventory: Inventory, folders: Folders, name: str, settings: ClusterSettings
) -> ManagedObject:
    """Create an empty cluster with its root resource pool and environment browser."""
    config = configuration(settings)
    summary = DataObject(
        "ClusterComputeResourceSummary",
        **_no_capacity(),
        currentFailoverLevel=0,
        admissionControlInfo=DataObject("ClusterFailoverLevelAdmissionControlInfo", currentFailoverLevel=0),
        numVmotions=0,
        targetBalance=-1000,
        currentBalance=-1000,
        drsScore=100,
        usageSummary=_no_usage(),
        currentEVCModeKey=settings.evc,
        clusterMaintenanceModeStatus="notInMaintenanceMode",
        vcsHealthStatus="healthy",
        dasData=_das_data() if settings.ha else None,
    )
    return _new_compute_resource(
        inventory,
        folders,
        name,
        "ClusterComputeResource",
        summary,
        configuration=DataObject("ClusterConfigInfo", dasConfig=config.dasConfig, drsConfig=config.drsConfig),
        configurationEx=config,
        summaryEx=summary,
        lifecycleManaged=False,
        configManagerEnabled=False,
    )


def _das_data() -> DataObject:
    """Return the versions of what HA distributes to the agents; nothing here counts them up."""
    return DataObject("ClusterDasDataSummary", hostListVersion=1, clusterConfigVersion=1, compatListVersion=1)


def new_standalone(inventory: Inventory, folders: Folders, name: str) -> ManagedObject:
    """Create the compute resource of a standalone host."""
    return _new_compute_resource(
        inventory,
        folders,
        name,
        "ComputeResource",
        DataObject("ComputeResourceSummary", **_no_capacity()),
        configurationEx=standalone_config(),
    )


def standalone_config() -> DataObject:
    """Return the default configuration of a standalone host's compute resource."""
    return DataObject("ComputeResourceConfigInfo", vmSwapPlacement="vmDirectory")


def _new_compute_resource(
    inventory: Inventory, folders: Folders, name: str, type_name: str, summary: DataObject, **properties: Any
) -> ManagedObject:
    created = inventory.create(type_name, None, **entity(folders.host, name), summary=summary, **properties)
    number = number_of(created)
    files = inventory.create("HostDatastoreBrowser", f"datastoreBrowser-{created.ref.value}")
    browser = inventory.create("EnvironmentBrowser", f"envbrowser-{number}", datastoreBrowser=files.ref)
    created.set("environmentBrowser", browser.ref)
    created.set("resourcePool", new_resource_pool(inventory, created, created, "Resources").ref)
    folders.host.add("childEntity", created.ref)
    return created


def new_resource_pool(
    inventory: Inventory, parent: ManagedObject, owner: ManagedObject, name: str
) -> ManagedObject:
    """Create a resource pool in a compute resource or another pool, without capacity (`update_capacity`)."""
    config = DataObject(
        "ResourceConfigSpec",
        cpuAllocation=allocation(_POOL_SHARES_CPU, expandable=True),
        memoryAllocation=allocation(_POOL_SHARES_MEMORY, expandable=True),
        scaleDescendantsShares="disabled",
    )
    runtime = _pool_runtime(0, 0)
    created = inventory.create(
        "ResourcePool",
        None,
        **entity(parent, name),
        owner=owner.ref,
        config=config,
        runtime=runtime,
        summary=DataObject(
            "ResourcePoolSummary",
            name=name,
            config=config,
            runtime=runtime,
            quickStats=DataObject("ResourcePoolQuickStats"),
            configuredMemoryMB=0,
        ),
    )
    created.set("config.entity", created.ref)
    return created


def update_shared(inventory: Inventory, compute_resource: ManagedObject) -> None:
    """Set the datastores and networks of a compute resource to those of its hosts."""
    hosts = hosts_of(inventory, compute_resource)
    for path in ("datastore", "network"):
        present = chain.from_iterable(host.get(path) for host in hosts)
        compute_resource.set(path, tuple(dict.fromkeys(present)))
    environment = inventory.find(compute_resource.get("environmentBrowser"))
    files = inventory.find(environment.get("datastoreBrowser")) if environment is not None else None
    if files is not None:
        files.set("datastore", compute_resource.get("datastore"))


def update_capacity(inventory: Inventory, compute_resource: ManagedObject) -> None:
    """Recompute the capacity of a compute resource and its root pool from its hosts."""
    hosts = hosts_of(inventory, compute_resource)
    effective = [host for host in hosts if is_in_service(host)]
    cpu = sum(map(total_mhz, effective))
    memory = sum(host.get("hardware.memorySize") for host in effective)
    totals = {
        "totalCpu": sum(map(total_mhz, hosts)),
        "totalMemory": sum(host.get("hardware.memorySize") for host in hosts),
        "numCpuCores": sum(host.get("hardware.cpuInfo.numCpuCores") for host in hosts),
        "numCpuThreads": sum(host.get("hardware.cpuInfo.numCpuThreads") for host in hosts),
        "effectiveCpu": cpu,
        "effectiveMemory": memory // MIB,
        "numHosts": len(hosts),
        "numEffectiveHosts": len(effective),
    }
    summary = compute_resource.get("summary").replace(**totals)
    if compute_resource.is_a("ClusterComputeResource"):
        failover_level = _failover_level(compute_resource, len(effective))
        summary = summary.replace(
            currentFailoverLevel=failover_level,
            admissionControlInfo=DataObject(
                "ClusterFailoverLevelAdmissionControlInfo", currentFailoverLevel=failover_level
            ),
        )
        compute_resource.set("summaryEx", summary)
    compute_resource.set("summary", summary)
    pool = inventory[compute_resource.get("resourcePool")]
    pool.set("runtime", _pool_runtime(cpu, memory))
    pool.set(
        "config.cpuAllocation", allocation(_POOL_SHARES_CPU, reservation=cpu, limit=cpu, expandable=True)
    )
    megabytes = memory // MIB
    pool.set(
        "config.memoryAllocation",
        allocation(_POOL_SHARES_MEMORY, reservation=megabytes, limit=megabytes, expandable=True),
    )


def _failover_level(cluster: ManagedObject, effective: int) -> int:
    """Return the number of host failures that HA can tolerate; 0 without HA."""
    return max(effective - 1, 0) if cluster.get("configurationEx.dasConfig.enabled") else 0


def total_mhz(host: ManagedObject) -> int:
    """Return the MHz of all cores of a host."""
    cpu = host.get("hardware.cpuInfo")
    return int(cpu.numCpuCores * cpu.hz // 1_000_000)


def _no_capacity() -> dict[str, Any]:
    totals = ("totalCpu", "totalMemory", "numCpuCores", "numCpuThreads", "effectiveCpu", "effectiveMemory")
    return {**dict.fromkeys((*totals, "numHosts", "numEffectiveHosts"), 0), "overallStatus": "green"}


def _pool_runtime(mhz: int, memory: int) -> DataObject:
    return DataObject(
        "ResourcePoolRuntimeInfo",
        memory=_pool_usage(memory),
        cpu=_pool_usage(mhz),
        overallStatus="green",
        sharesScalable="disabled",
    )


def _pool_usage(capacity: int) -> DataObject:
    return DataObject(
        "ResourcePoolResourceUsage",
        reservationUsed=0,
        reservationUsedForVm=0,
        unreservedForPool=capacity,
        unreservedForVm=capacity,
        overallUsage=0,
        maxUsage=capacity,
    )


def _no_usage() -> DataObject:
    properties = (
        "totalCpuCapacityMhz",
        "totalMemCapacityMB",
        "cpuReservationMhz",
        "memReservationMB",
        "cpuDemandMhz",
        "memDemandMB",
        "statsGenNumber",
        "cpuEntitledMhz",
        "memEntitledMB",
        "poweredOffVmCount",
        "totalVmCount",
    )
    return DataObject("ClusterUsageSummary", **dict.fromkeys(properties, 0))

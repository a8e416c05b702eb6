"""Virtual machines: managed objects with all their properties, built from a configuration and a placement.

Callers (a scenario, a clone) build the configuration, call `new_virtual_machine`, and `link` the result to
the objects that list it. Values that do not identify a virtual machine are shared between similar ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.capability import virtual_machine_capability
from vim25_emulator.model.cluster_policy import evc_mode
from vim25_emulator.model.disabled_method import virtual_machine_disabled_methods
from vim25_emulator.model.entity import entity
from vim25_emulator.model.power_state import OFF, ON, SUSPENDED
from vim25_emulator.model.virtual_hardware import device_counts, has_tpm, networks_of
from vim25_emulator.model.virtual_machine_device_state import card_states, feature_requirements
from vim25_emulator.model.virtual_machine_files import Files, files_of
from vim25_emulator.model.virtual_machine_guest import guest_info, guest_summary, has_tools
from vim25_emulator.vmodl.text_cache import text_cache
from vim25_emulator.vmodl.value import DataObject, MoRef

_UPTIME: Final = timedelta(days=7)
OVERHEAD: Final = 48 << 20  #: memory overhead in bytes

#: Connection states in which vCenter has the summary of a virtual machine, but not its configuration.
_WITHOUT_CONFIG: Final = frozenset({"inaccessible", "invalid"})


class Place(NamedTuple):
    """The placement of a virtual machine. `datastore` contains its directory."""

    host: ManagedObject
    pool: ManagedObject
    folder: ManagedObject
    datastore: ManagedObject


class PowerState(NamedTuple):
    """The power and connection state of a virtual machine, and whether HA and Fault Tolerance apply to it.

    `ha`: its cluster has HA.
    """

    power: str = OFF
    connection: str = "connected"
    ha: bool = False
    fault_tolerance_possible: bool = True

    @property
    def running(self) -> bool:
        """Whether the virtual machine is powered on."""
        return self.power == ON


def new_virtual_machine(
    inventory: Inventory, config: DataObject, place: Place, state: PowerState, now: datetime
) -> ManagedObject:
    """Create a virtual machine with this configuration; the caller must `link` it."""
    mo_id = inventory.new_mo_id("VirtualMachine")
    ref = MoRef("VirtualMachine", mo_id)
    has_config = state.connection not in _WITHOUT_CONFIG
    files = files_of(config, place.datastore.ref, now, running=state.running)
    guest = guest_info(config, mo_id, running=state.running)
    runtime = _runtime(config, place.host, state, evc_mode(inventory.find(place.host.get("parent"))), now)
    status = "green" if has_config else "red"
    browser = inventory.create("EnvironmentBrowser", f"envbrowser-{mo_id.rpartition('-')[2]}")
    stats = quick_stats(
        state.power, config.hardware.numCPU, config.hardware.memoryMB, tools=has_tools(config)
    )
    return inventory.create(
        "VirtualMachine",
        mo_id,
        **entity(place.folder, config.name, status),
        capability=virtual_machine_capability(
            config.firmware, record_replay=bool(place.host.get("capability.recordReplaySupported"))
        ),
        **(_config_properties(config, ref, files) if has_config else {}),
        environmentBrowser=browser.ref,
        resourcePool=None if config.template else place.pool.ref,
        runtime=runtime,
        guest=guest,
        summary=DataObject(
            "VirtualMachineSummary",
            vm=ref,
            runtime=runtime,
            guest=guest_summary(guest),
            config=_config_summary(config),
            storage=files.summary,
            quickStats=stats,
            overallStatus=status,
        ),
        datastore=tuple(used.datastore for used in files.usage),
        network=networks_of(config),
        guestHeartbeatStatus=stats.guestHeartbeatStatus,
        disabledMethod=virtual_machine_disabled_methods(
            state.power, template=config.template, fault_tolerance_possible=state.fault_tolerance_possible
        ),
    )


def _config_properties(config: DataObject, ref: MoRef, files: Files) -> dict[str, DataObject]:
    """Return the properties that are unset while vCenter does not have the configuration."""
    return {
        "config": config,
        "layout": files.layout,
        "layoutEx": files.layout_ex,
        "storage": files.storage,
        "resourceConfig": _resource_config(config, ref),
    }


def link(inventory: Inventory, machines: Iterable[ManagedObject]) -> None:
    """Add virtual machines to the lists of their folder, host, pool, datastores and networks."""
    added: dict[tuple[MoRef, str], list[MoRef]] = defaultdict(list)
    for machine in machines:
        for owner_and_path in _lists_of(machine):
            added[owner_and_path].append(machine.ref)
    for (ref, path), machine_refs in added.items():
        owner = inventory[ref]
        if len(machine_refs) == 1:
            owner.add(path, machine_refs[0])
        else:
            owner.set(path, (*owner.get(path), *machine_refs))


def unlink(inventory: Inventory, machine: ManagedObject) -> None:
    """Remove a virtual machine from the lists of its folder, host, pool, datastores and networks."""
    for ref, path in _lists_of(machine):
        owner = inventory.find(ref)
        if owner is not None:
            owner.remove(path, machine.ref)


def _lists_of(machine: ManagedObject) -> Iterator[tuple[MoRef, str]]:
    """Yield the owner and the path of every list that contains a virtual machine."""
    properties = machine.properties  # faster than `get`, for thousands of virtual machines
    if properties.get("parent") is not None:
        yield properties["parent"], "childEntity"
    owners = (properties["runtime"].host, properties.get("resourcePool"))
    for ref in (*owners, *properties.get("datastore", ()), *properties.get("network", ())):
        if ref is not None:
            yield ref, "vm"


def _runtime(
    config: DataObject, host: ManagedObject, state: PowerState, evc: str | None, now: datetime
) -> DataObject:
    mhz = host.get("hardware.cpuInfo.hz") // 1_000_000
    hardware = config.hardware
    return _runtime_info(
        host.ref, state, hardware.numCPU * mhz, hardware.memoryMB, evc, now, card_states(config)
    )


@text_cache(1024)
def _runtime_info(
    host: MoRef,
    state: PowerState,
    mhz: int,
    memory_mb: int,
    evc: str | None,
    now: datetime,
    cards: tuple[DataObject, ...],
) -> DataObject:  # the cache's key
    running = state.running
    return DataObject(
        "VirtualMachineRuntimeInfo",
        device=cards or None,
        host=host,
        connectionState=state.connection,
        powerState=state.power,
        vmFailoverInProgress=False,
        faultToleranceState="notConfigured",
        dasVmProtection=_das_protection(state),
        toolsInstallerMounted=False,
        bootTime=now - _UPTIME if running else None,
        suspendTime=now if state.power == SUSPENDED else None,
        suspendInterval=0,
        memoryOverhead=None if running else OVERHEAD,
        maxCpuUsage=mhz,
        maxMemoryUsage=memory_mb,
        numMksConnections=0,
        recordReplayState="inactive",
        cleanPowerOff=None if running else True,
        onlineStandby=False,
        minRequiredEVCModeKey=evc if state.power != OFF else None,
        consolidationNeeded=False,
        **feature_requirements(),
        vFlashCacheAllocation=0,
        paused=False,
        snapshotInBackground=False,
        quiescedForkParent=False,
        instantCloneFrozen=False,
        suspendedToMemory=False,
    )


def _das_protection(state: PowerState) -> DataObject | None:
    """Return the HA protection: of running virtual machines; unset without HA [documented]."""
    if not state.ha:
        return None
    return DataObject("VirtualMachineRuntimeInfoDasProtectionState", dasProtected=state.running)


@text_cache(256)
def quick_stats(power: str, cpus: int, memory_mb: int, *, tools: bool) -> DataObject:
    """Return VirtualMachineQuickStats of an idle virtual machine without Fault Tolerance.

    `tools`: VMware Tools are installed; they send the heartbeats.
    """
    running = power == ON
    active = memory_mb // 8 if running else 0
    zeros = (
        "overallCpuReadiness",
        "distributedCpuEntitlement",
        "distributedMemoryEntitlement",
        "staticCpuEntitlement",
        "staticMemoryEntitlement",
        "sharedMemory",
        "swappedMemory",
        "balloonedMemory",
        "compressedMemory",
        "ssdSwappedMemory",
    )
    return DataObject(
        "VirtualMachineQuickStats",
        **dict.fromkeys(zeros, 0),
        overallCpuUsage=20 * cpus if running else 0,
        overallCpuDemand=20 * cpus if running else 0,
        guestMemoryUsage=active,
        hostMemoryUsage=active + 50 if running else 0,
        guestHeartbeatStatus="green" if running and tools else "gray",
        grantedMemory=memory_mb if running else 0,
        privateMemory=active,
        consumedOverheadMemory=50 if running else 0,
        ftLogBandwidth=-1,
        ftSecondaryLatency=-1,
        ftLatencyStatus="gray",
        uptimeSeconds=int(_UPTIME.total_seconds()) if running else 0,
        activeMemory=active,
    )


def _config_summary(config: DataObject) -> DataObject:
    return DataObject(
        "VirtualMachineConfigSummary",
        name=config.name,
        template=config.template,
        vmPathName=config.files.vmPathName,
        memorySizeMB=config.hardware.memoryMB,
        cpuReservation=config.cpuAllocation.reservation,
        memoryReservation=config.memoryAllocation.reservation,
        numCpu=config.hardware.numCPU,
        **device_counts(config),
        uuid=config.uuid,
        instanceUuid=config.instanceUuid,
        guestId=config.guestId,
        guestFullName=config.guestFullName,
        annotation=config.annotation,
        installBootRequired=False,
        tpmPresent=has_tpm(config),
        managedBy=config.managedBy,
        numVmiopBackings=0,
        hwVersion=config.version,
    )


def _resource_config(config: DataObject, ref: MoRef) -> DataObject:
    return DataObject(
        "ResourceConfigSpec",
        entity=ref,
        cpuAllocation=config.cpuAllocation,
        memoryAllocation=config.memoryAllocation,
    )

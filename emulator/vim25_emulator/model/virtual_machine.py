"""Virtual machines: a configuration and a place become a managed object with all that clients read of it.

Whatever creates one (a scenario, Fault Tolerance, a clone) makes its configuration and calls
`new_virtual_machine`, then `link`s it to the objects that list it. Values that do not name the virtual
machine are one object for all that look alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.capability import virtual_machine_capability
from vim25_emulator.model.disabled_method import virtual_machine_disabled_methods
from vim25_emulator.model.entity import entity
from vim25_emulator.model.power_state import OFF, ON, SUSPENDED
from vim25_emulator.model.virtual_machine_files import files_of
from vim25_emulator.model.virtual_machine_guest import guest_info, guest_summary
from vim25_emulator.vmodl.value import DataObject, MoRef

_UPTIME: Final = timedelta(days=7)
OVERHEAD: Final = 48 << 20  #: bytes that running it would take beside its own memory

#: Connection states in which vCenter has no configuration of a virtual machine, only its summary.
_WITHOUT_CONFIG: Final = frozenset({"inaccessible", "invalid"})


class Place(NamedTuple):
    """Where a virtual machine stands. `datastore` holds its directory."""

    host: ManagedObject
    pool: ManagedObject
    folder: ManagedObject
    datastore: ManagedObject


class PowerState(NamedTuple):
    """Whether it runs, whether vCenter reaches it, and whether HA would restart it."""

    power: str = OFF
    connection: str = "connected"
    ha_protected: bool = False
    fault_tolerance_possible: bool = True

    @property
    def running(self) -> bool:
        """Whether the guest runs."""
        return self.power == ON


def new_virtual_machine(
    inventory: Inventory, config: DataObject, place: Place, state: PowerState, now: datetime
) -> ManagedObject:
    """Create a virtual machine with this configuration; `link` it afterwards."""
    mo_id = inventory.new_mo_id("VirtualMachine")
    ref = MoRef("VirtualMachine", mo_id)
    known = state.connection not in _WITHOUT_CONFIG
    files = files_of(config, place.datastore.ref, now, running=state.running)
    guest = guest_info(config, mo_id, running=state.running)
    runtime = runtime_info(config, place.host, state, now)
    status = "green" if known else "red"
    browser = inventory.create("EnvironmentBrowser", f"envbrowser-{mo_id.rpartition('-')[2]}")
    summary = DataObject(
        "VirtualMachineSummary",
        vm=ref,
        runtime=runtime,
        guest=guest_summary(guest),
        config=_config_summary(config),
        storage=files.summary,
        quickStats=quick_stats(state.power, config.hardware.numCPU, config.hardware.memoryMB),
        overallStatus=status,
    )
    return inventory.create(
        "VirtualMachine",
        mo_id,
        **entity(place.folder, config.name, status),
        capability=virtual_machine_capability(
            config.firmware, record_replay=bool(place.host.get("capability.recordReplaySupported"))
        ),
        config=config if known else None,
        layout=files.layout if known else None,
        layoutEx=files.layout_ex if known else None,
        storage=files.storage if known else None,
        environmentBrowser=browser.ref,
        resourcePool=None if config.template else place.pool.ref,
        resourceConfig=_resource_config(config, ref) if known else None,
        runtime=runtime,
        guest=guest,
        summary=summary,
        datastore=tuple(used.datastore for used in files.usage),
        network=_networks(config),
        guestHeartbeatStatus=summary.quickStats.guestHeartbeatStatus,
        disabledMethod=virtual_machine_disabled_methods(
            state.power, template=config.template, fault_tolerance_possible=state.fault_tolerance_possible
        ),
    )


def link(inventory: Inventory, machines: Iterable[ManagedObject]) -> None:
    """List virtual machines in their folder, host, pool, datastores and networks."""
    listed: dict[tuple[MoRef, str], list[MoRef]] = defaultdict(list)
    for machine in machines:
        held = machine.properties
        listed[held["parent"], "childEntity"].append(machine.ref)
        listed[held["runtime"].host, "vm"].append(machine.ref)
        if "resourcePool" in held:
            listed[held["resourcePool"], "vm"].append(machine.ref)
        for place in (*held.get("datastore", ()), *held.get("network", ())):
            listed[place, "vm"].append(machine.ref)
    for (owner, path), added in listed.items():
        holder = inventory[owner]
        if len(added) == 1:
            holder.add(path, added[0])
        else:
            holder.set(path, (*holder.get(path), *added))


def unlink(inventory: Inventory, machine: ManagedObject) -> None:
    """Take a virtual machine off every list that `link` put it on."""
    held = machine.properties
    lists = [(held.get("parent"), "childEntity"), (held["runtime"].host, "vm")]
    places = (held.get("resourcePool"), *held.get("datastore", ()), *held.get("network", ()))
    lists += [(place, "vm") for place in places]
    for owner, path in lists:
        holder = inventory.find(owner)
        if holder is not None:
            holder.remove(path, machine.ref)


def runtime_info(config: DataObject, host: ManagedObject, state: PowerState, now: datetime) -> DataObject:
    """Return VirtualMachineRuntimeInfo of a virtual machine on a host."""
    mhz = host.get("hardware.cpuInfo.hz") // 1_000_000
    processor = host.get("summary.maxEVCModeKey")
    hardware = config.hardware
    return _runtime_info(host.ref, state, hardware.numCPU * mhz, hardware.memoryMB, processor, now)


@lru_cache(maxsize=1024)
def _runtime_info(
    host: MoRef, state: PowerState, mhz: int, memory_mb: int, evc_mode: str, now: datetime
) -> DataObject:
    running = state.running
    return DataObject(
        "VirtualMachineRuntimeInfo",
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
        minRequiredEVCModeKey=evc_mode if running else None,
        consolidationNeeded=False,
        paused=False,
        snapshotInBackground=False,
        quiescedForkParent=False,
        instantCloneFrozen=False,
        suspendedToMemory=False,
    )


def _das_protection(state: PowerState) -> DataObject | None:
    """Return the HA protection, which vCenter shows for virtual machines that HA would restart only."""
    if not state.ha_protected:
        return None
    return DataObject("VirtualMachineRuntimeInfoDasProtectionState", dasProtected=state.running)


@lru_cache(maxsize=256)
def quick_stats(power: str, cpus: int, memory_mb: int) -> DataObject:
    """Return VirtualMachineQuickStats: idle numbers, and those of Fault Tolerance as if it is off."""
    running = power == ON
    used = memory_mb // 8 if running else 0
    zero = (
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
        **dict.fromkeys(zero, 0),
        overallCpuUsage=20 * cpus if running else 0,
        overallCpuDemand=20 * cpus if running else 0,
        guestMemoryUsage=used,
        hostMemoryUsage=used + 50 if running else 0,
        guestHeartbeatStatus="green" if running else "gray",
        grantedMemory=memory_mb if running else 0,
        privateMemory=used,
        consumedOverheadMemory=50 if running else 0,
        ftLogBandwidth=-1,
        ftSecondaryLatency=-1,
        ftLatencyStatus="gray",
        uptimeSeconds=int(_UPTIME.total_seconds()) if running else 0,
        activeMemory=used,
    )


def _config_summary(config: DataObject) -> DataObject:
    kinds = [device.type_ for device in config.hardware.device]
    return DataObject(
        "VirtualMachineConfigSummary",
        name=config.name,
        template=config.template,
        vmPathName=config.files.vmPathName,
        memorySizeMB=config.hardware.memoryMB,
        cpuReservation=config.cpuAllocation.reservation,
        memoryReservation=config.memoryAllocation.reservation,
        numCpu=config.hardware.numCPU,
        numEthernetCards=sum(kind.is_a("VirtualEthernetCard") for kind in kinds),
        numVirtualDisks=sum(kind.is_a("VirtualDisk") for kind in kinds),
        uuid=config.uuid,
        instanceUuid=config.instanceUuid,
        guestId=config.guestId,
        guestFullName=config.guestFullName,
        annotation=config.annotation,
        installBootRequired=False,
        tpmPresent=False,
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


def _networks(config: DataObject) -> tuple[MoRef, ...]:
    found = (device.backing for device in config.hardware.device if device.is_a("VirtualEthernetCard"))
    return tuple(dict.fromkeys(backing.network for backing in found if backing is not None))

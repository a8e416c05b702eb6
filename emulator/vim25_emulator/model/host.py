"""Hosts: an ESXi host with its hardware, configuration, network, and the managers that belong to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model import host_config
from vim25_emulator.model.capability import FT_VCPUS, host_capability
from vim25_emulator.model.disabled_method import host_disabled_methods
from vim25_emulator.model.entity import entity, number_of, refs
from vim25_emulator.model.host_hardware import Hardware, hardware_info, hardware_summary, processor_of
from vim25_emulator.model.host_network import HostNetwork
from vim25_emulator.model.host_storage import ADAPTERS
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.value import DataObject, MoRef

_UPTIME: Final = timedelta(days=30)

#: Issue that a host has as long as no healthy HA agent runs on it (seen on a real 8.0.3 outside HA).
_NO_HA_AGENT: Final = "haAgentIssue"

#: States of the HA agent in which it protects virtual machines.
_HEALTHY_AGENT: Final = frozenset({"master", "connectedToMaster"})

#: Product lines that have Fault Tolerance; VMware Server (`gsx`) is managed, too, and has not.
_WITH_FAULT_TOLERANCE: Final = frozenset({"esx", "embeddedEsx"})
_FIRST_WITH_EFI: Final = (6, 7)  #: that lets a VM that boots by EFI be fault tolerant (documented)

#: HostConfigManager property → what the moId of the manager begins with.
_MANAGERS: Final = {
    "advancedOption": "EsxHostAdvSettings",
    "autoStartManager": "autoStartManager",
    "cpuScheduler": "cpuScheduler",
    "datastoreSystem": "datastoreSystem",
    "dateTimeSystem": "dateTimeSystem",
    "firewallSystem": "firewallSystem",
    "networkSystem": "networkSystem",
    "powerSystem": "powerSystem",
    "serviceSystem": "serviceSystem",
    "storageSystem": "storageSystem",
    "virtualNicManager": "virtualNicManager",
    "vmotionSystem": "vmotionSystem",
}


class HostState(NamedTuple):
    """The state that a host is in."""

    connection: str = "connected"
    in_maintenance_mode: bool = False
    in_standby: bool = False

    @property
    def power(self) -> str:
        """The HostSystemPowerState that vCenter shows for it."""
        if self.connection == "notResponding":
            return "unknown"
        return "standBy" if self.in_standby else "poweredOn"


class HostParts(NamedTuple):
    """What a host is made of. `product` is the host's AboutInfo.

    `record_replay`, `checkpoints`: whether its vCenter has the legacy Fault Tolerance, and the later one.
    """

    name: str
    product: DataObject
    hardware: Hardware
    network: HostNetwork
    state: HostState
    edition: str
    hardware_virtualization: bool
    record_replay: bool
    checkpoints: bool


def fault_tolerance_issues(parts: HostParts) -> tuple[str, ...]:
    """Return what keeps a host without an HA agent from Fault Tolerance, sorted as a real host gives it.

    The issues are those of the Fault Tolerance that the vCenter makes by itself: the legacy one does without
    memory virtualization.
    """
    processor = parts.hardware.processor
    found = {
        _NO_HA_AGENT: True,
        "missingVMotionNic": not parts.network.vmotion,
        "missingFTLoggingNic": not parts.network.fault_tolerance,
        "vMotionNotLicensed": parts.edition == "essentials",
        "ftNotLicensed": not FT_VCPUS[parts.edition],
        "unsupportedProduct": _is_old(parts),
        "cpuHvUnsupported": not processor.hv,
        "cpuHwmmuUnsupported": not processor.mmu and parts.checkpoints,
        "cpuHvDisabled": processor.hv and not parts.hardware_virtualization,
    }
    return tuple(sorted(issue for issue, present in found.items() if present))


def _is_old(parts: HostParts) -> bool:
    """Whether the host runs a product that never had the Fault Tolerance of its vCenter."""
    first = (6, 0) if parts.checkpoints else (4, 0)
    running = tuple(int(number) for number in parts.product.version.split(".")[:2])
    return parts.product.productLineId not in _WITH_FAULT_TOLERANCE or running < first


def _replay_issue(parts: HostParts) -> str | None:
    """Return what keeps the host from recording and replaying (HostReplayUnsupportedReason)."""
    if not parts.record_replay or _is_old(parts):
        return "incompatibleProduct"
    if not parts.hardware.processor.hv:
        return "incompatibleCpu"
    return None if parts.hardware_virtualization else "hvDisabled"


def new_host(
    inventory: Inventory,
    compute_resource: ManagedObject,
    parts: HostParts,
    datastores: list[ManagedObject],
    networks: list[ManagedObject],
    now: datetime,
) -> ManagedObject:
    """Create a host in a cluster or compute resource, with these datastores mounted and these networks.

    Its HA agent does not run yet (`set_ha_agent`). The datastores' and networks' own lists are the caller's.
    """
    mo_id = inventory.new_mo_id("HostSystem")
    config = host_config.config_info(
        MoRef("HostSystem", mo_id), parts.product, parts.hardware, parts.network, datastores
    )
    runtime = _runtime(parts, now)
    created = inventory.create(
        "HostSystem",
        mo_id,
        **entity(compute_resource, parts.name, _status(parts.state)),
        runtime=runtime,
        summary=_summary(mo_id, parts, runtime),
        hardware=hardware_info(parts.name, parts.hardware),
        capability=host_capability(
            fault_tolerance_issues(parts),
            parts.edition,
            record_replay=parts.record_replay,
            replay_issue=_replay_issue(parts),
            efi=tuple(map(int, parts.product.version.split(".")[:2])) >= _FIRST_WITH_EFI,
        ),
        licensableResource=_licensable(parts.hardware),
        config=config,
        datastore=refs(datastores),
        network=refs(networks),
        systemResources=config.systemResources,
        disabledMethod=host_disabled_methods(
            parts.state.connection, parts.state.power, in_maintenance_mode=parts.state.in_maintenance_mode
        ),
    )
    browser = inventory.create(
        "HostDatastoreBrowser", f"datastoreBrowser-{mo_id}", datastore=refs(datastores)
    )
    created.set("datastoreBrowser", browser.ref)
    created.set("configManager", _config_manager(inventory, created, config, datastores))
    compute_resource.add("host", created.ref)
    return created


def set_ha_agent(host: ManagedObject, state: str | None) -> None:
    """Set the state of a host's HA agent (ClusterDasFdmAvailabilityState; None without HA).

    Whether the host is fit for Fault Tolerance follows from it.
    """
    das_state = DataObject("ClusterDasFdmHostState", state=state, stateReporter=host.ref) if state else None
    host.set("runtime.dasHostState", das_state)
    set_fault_tolerance_issue(host, _NO_HA_AGENT, present=state not in _HEALTHY_AGENT)


def set_fault_tolerance_issue(host: ManagedObject, issue: str, *, present: bool) -> None:
    """Let a host say that something keeps it from Fault Tolerance, or no longer does."""
    found = {issue} if present else set[str]()
    issues = {*(host.get("capability.smpFtCompatibilityIssues") or ())} - {issue} | found
    legacy = {*(host.get("capability.ftCompatibilityIssues") or ())} - {issue} | found
    host.set("capability.smpFtCompatibilityIssues", tuple(sorted(issues)))
    host.set("capability.ftCompatibilityIssues", tuple(sorted(legacy)))
    processor = processor_of(host)
    capable = processor is None or processor.checkpoints
    host.set("capability.smpFtSupported", not issues and capable)
    host.set("capability.ftSupported", not legacy)


def _status(state: HostState) -> str:
    return "red" if state.connection == "notResponding" else "green"


def _runtime(parts: HostParts, now: datetime) -> DataObject:
    state = parts.state
    stack = DataObject(
        "HostRuntimeInfoNetStackInstanceRuntimeInfo",
        netStackInstanceKey="defaultTcpipStack",
        state="active",
        vmknicKeys=tuple(nic.device for nic in parts.network.kernel_nics),
        maxNumberOfConnections=11_000,
        currentIpV6Enabled=False,
    )
    return DataObject(
        "HostRuntimeInfo",
        connectionState=state.connection,
        powerState=state.power,
        standbyMode="in" if state.in_standby else "none",
        inMaintenanceMode=state.in_maintenance_mode,
        inQuarantineMode=False,
        bootTime=now - _UPTIME,
        healthSystemRuntime=DataObject(
            "HealthSystemRuntime", systemHealthInfo=DataObject("HostSystemHealthInfo")
        ),
        networkRuntimeInfo=DataObject(
            "HostRuntimeInfoNetworkRuntimeInfo", netStackInstanceRuntimeInfo=(stack,)
        ),
        hostMaxVirtualDiskCapacity=68_169_720_922_112,
        cryptoState="incapable",
        stateEncryption=DataObject("HostRuntimeInfoStateEncryptionInfo", protectionMode="none"),
    )


def _summary(mo_id: str, parts: HostParts, runtime: DataObject) -> DataObject:
    responding = parts.state.connection == "connected" and not parts.state.in_standby
    return DataObject(
        "HostListSummary",
        host=MoRef("HostSystem", mo_id),
        hardware=hardware_summary(parts.name, parts.hardware, parts.network.nics, len(ADAPTERS)),
        runtime=runtime,
        config=DataObject(
            "HostConfigSummary",
            name=parts.name,
            port=443,
            product=parts.product,
            vmotionEnabled=parts.network.vmotion,
            faultToleranceEnabled=parts.network.fault_tolerance,
        ),
        quickStats=DataObject(
            "HostListSummaryQuickStats",
            overallCpuUsage=parts.hardware.total_mhz // 20 if responding else None,
            overallMemoryUsage=int(parts.hardware.memory_gb * 1024) // 8 if responding else None,
            distributedCpuFairness=1000,
            distributedMemoryFairness=1000,
            availablePMemCapacity=0,
            uptime=int(_UPTIME.total_seconds()) if responding else None,
        ),
        overallStatus=_status(parts.state),
        rebootRequired=False,
        managementServerIp="10.0.255.252",
        maxEVCModeKey=parts.hardware.processor.evc_mode,
    )


def _licensable(hardware: Hardware) -> DataObject:
    counted = {"numCpuPackages": hardware.packages, "numCpuCores": hardware.cores, "numVmsStarted": 0}
    return DataObject(
        "HostLicensableResourceInfo",
        resource=tuple(DataObject("KeyAnyValue", key=key, value=value) for key, value in counted.items()),
    )


def _config_manager(
    inventory: Inventory, host: ManagedObject, config: DataObject, datastores: list[ManagedObject]
) -> DataObject:
    """Create the host's managers, whose properties repeat its configuration, and return HostConfigManager."""
    number, types = number_of(host), data_type("HostConfigManager").properties
    created = {
        prop: inventory.create(
            types[prop].type.name, f"{prefix}-{number}", **_manager_properties(prop, config, datastores)
        )
        for prop, prefix in _MANAGERS.items()
    }
    return DataObject("HostConfigManager", **{prop: manager.ref for prop, manager in created.items()})


def _manager_properties(prop: str, config: DataObject, datastores: list[ManagedObject]) -> dict[str, Any]:
    properties: dict[str, dict[str, Any]] = {
        "advancedOption": {"setting": config.option},
        "autoStartManager": {"config": config.autoStart},
        "cpuScheduler": {"hyperthreadInfo": config.hyperThread},
        "datastoreSystem": {"datastore": refs(datastores), "capabilities": config.datastoreCapabilities},
        "dateTimeSystem": {"dateTimeInfo": config.dateTimeInfo},
        "firewallSystem": {"firewallInfo": config.firewall},
        "networkSystem": {
            "capabilities": config.capabilities,
            "networkInfo": config.network,
            "offloadCapabilities": config.offloadCapabilities,
            "dnsConfig": config.network.dnsConfig,
            "ipRouteConfig": config.network.ipRouteConfig,
        },
        "powerSystem": {"capability": config.powerSystemCapability, "info": config.powerSystemInfo},
        "serviceSystem": {"serviceInfo": config.service},
        "storageSystem": {
            "storageDeviceInfo": config.storageDevice,
            "fileSystemVolumeInfo": config.fileSystemVolume,
        },
        "virtualNicManager": {"info": config.virtualNicManagerInfo},
        "vmotionSystem": {"netConfig": config.vmotion.netConfig, "ipConfig": config.vmotion.ipConfig},
    }
    return properties[prop]

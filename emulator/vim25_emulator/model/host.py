"""Hosts: ESXi hosts with hardware, configuration, network and managers, and their Fault Tolerance issues."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.capability import FT_VCPUS, host_capability
from vim25_emulator.model.datastore import MAX_DISK_CAPACITY
from vim25_emulator.model.disabled_method import host_disabled_methods
from vim25_emulator.model.entity import entity, refs
from vim25_emulator.model.host_certificate import thumbprint
from vim25_emulator.model.host_config import config_info
from vim25_emulator.model.host_hardware import Hardware, hardware_info, hardware_summary
from vim25_emulator.model.host_health import health_system_runtime
from vim25_emulator.model.host_manager import new_config_manager
from vim25_emulator.model.host_network import HostNetwork
from vim25_emulator.model.host_storage import vsan_host_config
from vim25_emulator.model.host_storage_path import ADAPTERS
from vim25_emulator.model.processor import processor_of
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import Version, version, version_of_product

_UPTIME: Final = timedelta(days=30)

#: Issue of a host without a healthy HA agent [observed: a real 8.0.3 outside HA].
_NO_HA_AGENT: Final = "haAgentIssue"

#: States of a healthy HA agent.
_HEALTHY_AGENT: Final = frozenset({"master", "connectedToMaster"})

#: Product lines that support Fault Tolerance; VMware Server (`gsx`) can be managed, but does not.
_WITH_FAULT_TOLERANCE: Final = frozenset({"esx", "embeddedEsx"})
#: First version that supports Fault Tolerance for VMs with EFI firmware [documented].
_FIRST_WITH_EFI: Final = (6, 7)
#: First version that encrypts the traffic of Fault Tolerance [documented].
_FIRST_WITH_ENCRYPTION: Final = (7, 0, 2)
#: First version that tells its version of Fault Tolerance [documented].
_FIRST_WITH_FEATURE_VERSION: Final = (4, 1)


class HostState(NamedTuple):
    """The state of a host."""

    connection: str = "connected"
    in_maintenance_mode: bool = False
    in_standby: bool = False

    @property
    def power(self) -> str:
        """The HostSystemPowerState of the host."""
        if self.connection == "notResponding":
            return "unknown"
        return "standBy" if self.in_standby else "poweredOn"


class HostParts(NamedTuple):
    """The parameters of a new host. `product` is its AboutInfo, `release` is vCenter's."""

    name: str
    product: DataObject
    hardware: Hardware
    network: HostNetwork
    state: HostState
    edition: str
    hardware_virtualization: bool
    release: Version
    fault_domain: str | None = None

    @property
    def record_replay(self) -> bool:
        """Whether the release has legacy Fault Tolerance."""
        return self.release < version("6.5")

    @property
    def api_version(self) -> Version:
        """The newest version of the API that the host and vCenter have."""
        return min(self.release, version_of_product(self.product.version))

    @property
    def checkpoints(self) -> bool:
        """Whether the release has checkpointing Fault Tolerance."""
        return self.release >= version("6.0")


def _fault_tolerance_issues(parts: HostParts) -> tuple[str, ...]:
    """Return why a host without an HA agent does not support Fault Tolerance, sorted, as a real host does.

    The issues apply to the release's newest kind of Fault Tolerance: the legacy kind does not require memory
    virtualization.
    """
    processor = parts.hardware.processor
    issues = {
        _NO_HA_AGENT: True,
        "missingVMotionNic": not parts.network.vmotion,
        "missingFTLoggingNic": not parts.network.fault_tolerance,
        "vMotionNotLicensed": parts.edition == "essentials",
        "ftNotLicensed": not FT_VCPUS[parts.edition],
        "unsupportedProduct": _is_unsupported(parts),
        "cpuHvUnsupported": not processor.hv,
        "cpuHwmmuUnsupported": not processor.mmu and parts.checkpoints,
        "cpuHvDisabled": processor.hv and not parts.hardware_virtualization,
    }
    return tuple(sorted(issue for issue, present in issues.items() if present))


def _is_unsupported(parts: HostParts) -> bool:
    """Return whether the host's product does not support the Fault Tolerance of its vCenter."""
    first = (6, 0) if parts.checkpoints else (4, 0)
    return parts.product.productLineId not in _WITH_FAULT_TOLERANCE or _version(parts) < first


def _version(parts: HostParts) -> tuple[int, ...]:
    """Return the version of the host's product, such as (8, 0, 2)."""
    return tuple(map(int, parts.product.version.split(".")))


def _replay_issue(parts: HostParts) -> str | None:
    """Return why the host does not support record and replay (HostReplayUnsupportedReason)."""
    if not parts.record_replay or _is_unsupported(parts):
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
    """Create a host in a cluster or compute resource.

    The caller starts its HA agent (`set_ha_agent`) and adds the host to the datastores and networks.
    """
    mo_id = inventory.new_mo_id("HostSystem")
    ref = MoRef("HostSystem", mo_id)
    config = config_info(ref, parts.product, parts.hardware, parts.network, datastores, now)
    runtime = _runtime(parts, now)
    created = inventory.create(
        "HostSystem",
        mo_id,
        **entity(compute_resource, parts.name, _status(parts.state)),
        runtime=runtime,
        summary=_summary(ref, parts, runtime),
        hardware=hardware_info(parts.name, parts.hardware),
        capability=_capability(parts),
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
    if parts.fault_domain is not None:
        created.set("config.vsanHostConfig", vsan_host_config(parts.fault_domain))
    created.set("configManager", new_config_manager(inventory, created, datastores, parts.api_version))
    compute_resource.add("host", created.ref)
    return created


def _capability(parts: HostParts) -> DataObject:
    return host_capability(
        _fault_tolerance_issues(parts),
        parts.edition,
        record_replay=parts.record_replay,
        replay_issue=_replay_issue(parts),
        efi=_version(parts) >= _FIRST_WITH_EFI,
        encrypted=_version(parts) >= _FIRST_WITH_ENCRYPTION,
    )


def set_ha_agent(host: ManagedObject, state: str | None) -> None:
    """Set the state of a host's HA agent (ClusterDasFdmAvailabilityState; None without HA).

    Fault Tolerance requires a healthy agent: the host's issues are updated.
    """
    das_state = DataObject("ClusterDasFdmHostState", state=state, stateReporter=host.ref) if state else None
    host.set("runtime.dasHostState", das_state)
    set_fault_tolerance_issue(host, _NO_HA_AGENT, present=state not in _HEALTHY_AGENT)


def set_fault_tolerance_issue(host: ManagedObject, issue: str, *, present: bool) -> None:
    """Add an issue to a host, or remove it; update whether the host supports Fault Tolerance."""
    added = {issue} if present else set[str]()
    issues = {*(host.get("capability.smpFtCompatibilityIssues") or ())} - {issue} | added
    legacy_issues = {*(host.get("capability.ftCompatibilityIssues") or ())} - {issue} | added
    host.set("capability.smpFtCompatibilityIssues", tuple(sorted(issues)))
    host.set("capability.ftCompatibilityIssues", tuple(sorted(legacy_issues)))
    processor = processor_of(host)
    has_checkpoints = processor is None or processor.checkpoints
    host.set("capability.smpFtSupported", not issues and has_checkpoints)
    host.set("capability.ftSupported", not legacy_issues)


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
        healthSystemRuntime=health_system_runtime(parts.hardware.packages),
        networkRuntimeInfo=DataObject(
            "HostRuntimeInfoNetworkRuntimeInfo", netStackInstanceRuntimeInfo=(stack,)
        ),
        hostMaxVirtualDiskCapacity=MAX_DISK_CAPACITY,
        cryptoState="incapable",
        stateEncryption=DataObject("HostRuntimeInfoStateEncryptionInfo", protectionMode="none"),
    )


def _summary(ref: MoRef, parts: HostParts, runtime: DataObject) -> DataObject:
    responding = parts.state.connection == "connected" and not parts.state.in_standby
    return DataObject(
        "HostListSummary",
        host=ref,
        hardware=hardware_summary(parts.name, parts.hardware, parts.network.nics, len(ADAPTERS)),
        runtime=runtime,
        config=DataObject(
            "HostConfigSummary",
            name=parts.name,
            port=443,
            sslThumbprint=thumbprint(),
            product=parts.product,
            vmotionEnabled=parts.network.vmotion,
            faultToleranceEnabled=parts.network.fault_tolerance,
            featureVersion=_feature_versions(parts),
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


def _feature_versions(parts: HostParts) -> tuple[DataObject, ...]:
    """Return the version of Fault Tolerance of a host that tells it, from 4.1 on [documented].

    Hosts of one major and minor version have the same [derived].
    """
    if (
        parts.product.productLineId not in _WITH_FAULT_TOLERANCE
        or _version(parts) < _FIRST_WITH_FEATURE_VERSION
    ):
        return ()
    major, minor, *_ = _version(parts)
    return (DataObject("HostFeatureVersionInfo", key="faultTolerance", value=f"{major}.{minor}.0"),)


def _licensable(hardware: Hardware) -> DataObject:
    counts = {"numCpuPackages": hardware.packages, "numCpuCores": hardware.cores, "numVmsStarted": 0}
    return DataObject(
        "HostLicensableResourceInfo",
        resource=tuple(DataObject("KeyAnyValue", key=key, value=value) for key, value in counts.items()),
    )

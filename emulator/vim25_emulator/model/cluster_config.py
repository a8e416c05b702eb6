"""The configuration of a cluster: HA, DRS, host groups, and overrides for single virtual machines."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import DataObject

#: Restart priorities without a value in the older enumeration, DasVmPriority → the nearest value there.
_DAS_VM_PRIORITIES: Final = {"lowest": "low", "highest": "high"}


class ClusterSettings(NamedTuple):
    """The HA and DRS settings of a cluster. `drs_behavior` is a DrsBehavior."""

    ha: bool = True
    admission_control: bool = True
    failover_level: int = 1
    ha_options: tuple[tuple[str, str], ...] = ()
    drs: bool = True
    drs_behavior: str = "fullyAutomated"
    vmotion_rate: int = 3
    evc: str | None = None


def das_config(settings: ClusterSettings) -> DataObject:
    """Return ClusterDasConfigInfo."""
    return DataObject(
        "ClusterDasConfigInfo",
        enabled=settings.ha,
        vmMonitoring="vmMonitoringDisabled",
        hostMonitoring="enabled",
        vmComponentProtecting="disabled",
        failoverLevel=settings.failover_level,
        admissionControlPolicy=DataObject(
            "ClusterFailoverLevelAdmissionControlPolicy",
            failoverLevel=settings.failover_level,
            resourceReductionToToleratePercent=100,
            pMemAdmissionControlEnabled=False,
        ),
        admissionControlEnabled=settings.admission_control,
        defaultVmSettings=_das_vm_settings(),
        option=tuple(DataObject("OptionValue", key=key, value=value) for key, value in settings.ha_options),
        hBDatastoreCandidatePolicy="allFeasibleDsWithUserPreference",
    )


def _das_vm_settings() -> DataObject:
    return DataObject(
        "ClusterDasVmSettings",
        restartPriority="medium",
        restartPriorityTimeout=600,
        isolationResponse="none",
        vmToolsMonitoringSettings=DataObject(
            "ClusterVmToolsMonitoringSettings",
            enabled=False,
            vmMonitoring="vmMonitoringDisabled",
            clusterSettings=False,
            failureInterval=30,
            minUpTime=120,
            maxFailures=3,
            maxFailureWindow=3600,
        ),
        vmComponentProtectionSettings=DataObject(
            "ClusterVmComponentProtectionSettings",
            vmStorageProtectionForAPD="disabled",
            enableAPDTimeoutForHosts=False,
            vmTerminateDelayForAPDSec=180,
            vmReactionOnAPDCleared="none",
            vmStorageProtectionForPDL="disabled",
        ),
    )


def drs_config(settings: ClusterSettings) -> DataObject:
    """Return ClusterDrsConfigInfo."""
    return DataObject(
        "ClusterDrsConfigInfo",
        enabled=settings.drs,
        enableVmBehaviorOverrides=True,
        defaultVmBehavior=settings.drs_behavior,
        vmotionRate=settings.vmotion_rate,
        scaleDescendantsShares="disabled",
    )


def configuration(settings: ClusterSettings) -> DataObject:
    """Return ClusterConfigInfoEx."""
    return DataObject(
        "ClusterConfigInfoEx",
        vmSwapPlacement="vmDirectory",
        spbmEnabled=False,
        dasConfig=das_config(settings),
        drsConfig=drs_config(settings),
        **_fixed_config(),
    )


def _fixed_config() -> dict[str, Any]:
    """Return the properties of ClusterConfigInfoEx that no setting changes."""
    return {
        "orchestration": DataObject(
            "ClusterOrchestrationInfo",
            defaultVmReadiness=DataObject("ClusterVmReadiness", readyCondition="none", postReadyDelay=0),
        ),
        "dpmConfigInfo": DataObject(
            "ClusterDpmConfigInfo", enabled=False, defaultDpmBehavior="automated", hostPowerActionRate=3
        ),
        "infraUpdateHaConfig": DataObject(
            "ClusterInfraUpdateHaConfigInfo",
            enabled=False,
            behavior="Manual",
            moderateRemediation="QuarantineMode",
            severeRemediation="QuarantineMode",
        ),
        "proactiveDrsConfig": DataObject("ClusterProactiveDrsConfigInfo", enabled=False),
        "vsanConfigInfo": DataObject(
            "VsanClusterConfigInfo",
            enabled=False,
            defaultConfig=DataObject("VsanClusterConfigInfoHostDefaultInfo", autoClaimStorage=False),
            vsanEsaEnabled=False,
        ),
        "cryptoConfig": DataObject("ClusterCryptoConfigInfo", cryptoMode="onDemand"),
    }


def set_failover_hosts(cluster: ManagedObject, hosts: list[ManagedObject]) -> None:
    """Set the dedicated failover hosts as the admission control policy; no-op without hosts."""
    if hosts:
        policy = DataObject(
            "ClusterFailoverHostAdmissionControlPolicy",
            failoverHosts=tuple(host.ref for host in hosts),
            failoverLevel=len(hosts),
            resourceReductionToToleratePercent=100,
            pMemAdmissionControlEnabled=False,
        )
        for config in ("configuration", "configurationEx"):
            cluster.set(f"{config}.dasConfig.admissionControlPolicy", policy)


def add_host_group(cluster: ManagedObject, name: str, hosts: list[ManagedObject]) -> None:
    """Add a host group to the cluster."""
    group = DataObject(
        "ClusterHostGroup", name=name, userCreated=True, host=tuple(host.ref for host in hosts)
    )
    groups = cluster.get("configurationEx.group") or ()
    cluster.set("configurationEx.group", (*groups, group))


def set_restart_priority(cluster: ManagedObject, machine: ManagedObject, priority: str) -> None:
    """Override the HA restart priority of a virtual machine (ClusterDasVmSettingsRestartPriority)."""
    settings = DataObject("ClusterDasVmSettings", restartPriority=priority)
    override = DataObject(
        "ClusterDasVmConfigInfo",
        key=machine.ref,
        restartPriority=_DAS_VM_PRIORITIES.get(priority, priority),
        dasSettings=settings,
    )
    _add_override(cluster, "dasVmConfig", override)


def set_drs_behavior(cluster: ManagedObject, machine: ManagedObject, behavior: str | None) -> None:
    """Override the DRS behavior of a virtual machine; None disables DRS for it."""
    override = DataObject(
        "ClusterDrsVmConfigInfo", key=machine.ref, enabled=behavior is not None, behavior=behavior
    )
    _add_override(cluster, "drsVmConfig", override)


def _add_override(cluster: ManagedObject, name: str, override: DataObject) -> None:
    for config in ("configuration", "configurationEx"):
        overrides = cluster.get(f"{config}.{name}") or ()
        others = tuple(other for other in overrides if other.key != override.key)
        cluster.set(f"{config}.{name}", (*others, override))

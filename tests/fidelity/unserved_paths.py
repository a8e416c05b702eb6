"""Property paths that real objects have and the emulator does not serve, with the reason for each.

A row covers the path and all paths below it. Two tests use the table: what a recording holds, and what one
real 8.0.1 always had.
"""

from __future__ import annotations

_NO_IPV6 = "IPv6 is disabled on all hosts"
_NO_VSAN = "no host is a member of a vSAN cluster"
_NO_KEY = "hosts cannot encrypt (cryptoState incapable)"
_NO_NIOC = "requires a distributed switch with resource management on the host's NICs"
_NO_PORTS = "the ports of standard switches are not modeled"
_NO_OVERRIDE = "no port group overrides the policy of its switch"
_NO_LATER = "set once an event has changed the state of the alarm"
_NOT_TRIGGERED = "set while an alarm is triggered"
_NOT_DEFINED = "an administrator defines it; set after the method that creates it"
_OTHER_POLICY = "belongs to another admission control policy than the default one"
_OVERHEAD = "a running machine recorded in 8.0.3 has none, so its condition is unknown"
_ONE_DISK = "the guest shows one file system for all its disks"
_NO_EVC = "set for a running machine in a cluster with EVC"
_NO_BASIS = "nothing of which it could be computed is modeled"

_ALARM = ("AlarmState", "acknowledged", "alarm", "entity", "eventKey", "key", "overallStatus", "time")
_METRIC_ALARM = tuple(name for name in _ALARM if name != "eventKey")
_FIELD = (
    "CustomFieldDef",
    "fieldDefPrivileges",
    "fieldInstancePrivileges",
    "key",
    "managedObjectType",
    "name",
    "type",
)
_ISSUE = (
    "Event",
    "chainId",
    "computeResource",
    "createdTime",
    "datacenter",
    "fullFormattedMessage",
    "host",
    "key",
    "userName",
)
_PERMISSION = ("Permission", "entity", "group", "principal", "propagate", "roleId")
_TEAMING = ("nicOrder", "notifySwitches", "policy", "reversePolicy", "rollingOrder")
_NICS = ("config.network.vnic", "config.vmotion.netConfig.candidateVnic")
_CONFIGURATIONS = ("configuration", "configurationEx")
_SUMMARIES = ("summary", "summaryEx")


def _all(prefix: str, names: tuple[str, ...], reason: str) -> dict[str, str]:
    return {f"{prefix}.{name}": reason for name in names}


def _each(prefixes: tuple[str, ...], path: str, reason: str) -> dict[str, str]:
    return {f"{prefix}.{path}": reason for prefix in prefixes}


#: Managed object type → path → reason.
UNSERVED = {
    "ContainerView": {"view": "a view exists in its session, after CreateContainerView"},
    "Datacenter": _all("triggeredAlarmState", _ALARM, _NOT_TRIGGERED),
    "Datastore": {
        **_all("triggeredAlarmState", _METRIC_ALARM, _NOT_TRIGGERED),
        **_all("declaredAlarmState", _METRIC_ALARM, "no predefined alarm is about datastores"),
        "info.accessGenNo": _NO_VSAN,
        "info.aliasOf": _NO_VSAN,
        "info.membershipUuid": _NO_VSAN,
        "info.timestamp": "free space is never out of date, so there is no time of its last update",
    },
    "HostSystem": {
        **_all("availableField", _FIELD, _NOT_DEFINED),
        **_all("configIssue", _ISSUE, "no host has a configuration issue"),
        "capability.smpFtCompatibilityIssues": "the hosts can run Fault Tolerance; set on one that cannot",
        "config.activeDiagnosticPartition": "hosts have no partition for core dumps",
        "config.autoStart.powerInfo": "no machine is started with its host",
        "config.dateTimeInfo.ntpDuration": "a text of the vendor's",
        "config.fileSystemVolume.mountInfo.volume.protocolEndpoint": "set on a host that mounts NFS",
        "config.fileSystemVolume.mountInfo.volume.remoteHost": "set on a host that mounts NFS",
        "config.fileSystemVolume.mountInfo.volume.remoteHostNames": "set on a host that mounts NFS",
        "config.fileSystemVolume.mountInfo.volume.remotePath": "set on a host that mounts NFS",
        "config.firewall.ruleset.allowedHosts.ipAddress": "no rule set is restricted to addresses",
        "config.network.dnsConfig.virtualNicDevice": "no host gets its name server by DHCP",
        "config.network.ipRouteConfig.ipV6DefaultGateway": _NO_IPV6,
        "config.network.ipRouteConfig.ipV6GatewayDevice": _NO_IPV6,
        "config.network.netStackInstance.dnsConfig.virtualNicDevice": "no host gets its name server by DHCP",
        "config.network.netStackInstance.ipRouteConfig.ipV6DefaultGateway": _NO_IPV6,
        "config.network.netStackInstance.ipRouteConfig.ipV6GatewayDevice": _NO_IPV6,
        "config.network.netStackInstance.routeTableConfig.ipv6Route": _NO_IPV6,
        "config.network.nsxTransportNodeId": "there is no NSX",
        "config.network.pnic.resourcePoolSchedulerDisallowedReason": "all NICs allow resource management",
        "config.network.portgroup.port": _NO_PORTS,
        "config.network.portgroup.spec.policy.nicTeaming.failureCriteria.checkBeacon": _NO_OVERRIDE,
        **_all("config.network.portgroup.spec.policy.nicTeaming", _TEAMING, _NO_OVERRIDE),
        **_all(
            "config.network.portgroup.spec.policy.security",
            ("allowPromiscuous", "forgedTransmits", "macChanges"),
            _NO_OVERRIDE,
        ),
        "config.network.routeTableInfo.ipv6Route": _NO_IPV6,
        **_each(_NICS, "spec.ip.ipV6Config.ipV6Address", _NO_IPV6),
        "config.optionDef.optionType.validCharacters": "no text option is limited to some characters",
        "config.storageDevice.hostBusAdapter.nodeWorldWideName": "hosts have no Fibre Channel",
        "config.storageDevice.multipathInfo.lun.policy.path": "all paths belong to the plugin NMP",
        "config.storageDevice.nvmeTopology.adapter": "hosts have no NVMe",
        "config.storageDevice.scsiLun.standardInquiry": "the answer of a device, which does not exist",
        "config.vFlashConfigInfo.vFlashCacheConfigInfo.vFlashModuleConfigOption": "removed in 7.0",
        "config.virtualNicManagerInfo.netConfig.candidateVnic.spec.ip.ipV6Config.ipV6Address": _NO_IPV6,
        "config.vmotion.ipConfig.ipV6Config.ipV6Address": _NO_IPV6,
        **_all(
            "config.vsanHostConfig",
            ("clusterInfo", "faultDomainInfo", "hostSystem", "networkInfo", "storageInfo"),
            _NO_VSAN,
        ),
        "dataTransportConnectionInfo": "not in the type registry of pyVmomi 9.1.1",
        "declaredAlarmState.eventKey": _NO_LATER,
        "hardware.pciDevice.parentBridge": "no PCI bridge is modeled",
        **{
            f"{prefix}runtime.{path}": reason
            for prefix in ("", "summary.")
            for path, reason in {
                "cryptoKeyId": _NO_KEY,
                "healthSystemRuntime.systemHealthInfo.numericSensorInfo.timeStamp": "readings never change",
                "networkRuntimeInfo.networkResourceRuntime": _NO_NIOC,
                "vsanRuntimeInfo": _NO_VSAN,
            }.items()
        },
    },
    "VirtualMachine": {
        "config.hardware.device.backing.backingObjectId": _NO_VSAN,
        "config.hardware.device.id": "only the host uses the number of the VMCI device",
        "config.hardware.device.vDiskVersion": "observed for a vSAN disk only",
        "config.memoryAllocation.overheadLimit": _OVERHEAD,
        "config.swapStorageObjectId": _NO_VSAN,
        "config.vAppConfig": "no machine was deployed from an OVF template",
        "config.vmStorageObjectId": _NO_VSAN,
        "declaredAlarmState.eventKey": _NO_LATER,
        "guest.customizationInfo.endTime": "no guest was customized",
        "guest.customizationInfo.startTime": "no guest was customized",
        "guest.disk.mappings": _ONE_DISK,
        "guest.guestDetailedData": "what is known of a guest follows from its guest id",
        "layoutEx.file.backingObjectId": _NO_VSAN,
        **_all("permission", _PERMISSION, _NOT_DEFINED),
        "resourceConfig.memoryAllocation.overheadLimit": _OVERHEAD,
        "runtime.featureMask": "EVC masks no features",
        "runtime.minRequiredEVCModeKey": _NO_EVC,
        "summary.config.product": "no machine was deployed from an OVF template",
        "summary.runtime.featureMask": "EVC masks no features",
        "summary.runtime.minRequiredEVCModeKey": _NO_EVC,
        "tag.Tag": "vSphere's tags are no part of this API; products attach these",
        "tag.key": "vSphere's tags are no part of this API; products attach these",
    },
    "ClusterComputeResource": {
        "actionHistory.ClusterActionHistory": "set after a recommendation was applied",
        **_all(
            "configuration.dasConfig.admissionControlPolicy",
            ("autoComputePercentages", "cpuFailoverResourcesPercent", "memoryFailoverResourcesPercent"),
            _OTHER_POLICY,
        ),
        **_all(
            "configurationEx.dasConfig.admissionControlPolicy",
            ("autoComputePercentages", "cpuFailoverResourcesPercent", "memoryFailoverResourcesPercent"),
            _OTHER_POLICY,
        ),
        **_each(_CONFIGURATIONS, "dasConfig.option", _NOT_DEFINED),
        **_each(_CONFIGURATIONS, "dasVmConfig", _NOT_DEFINED),
        **_each(_CONFIGURATIONS, "drsConfig.option", _NOT_DEFINED),
        **_each(_CONFIGURATIONS, "rule", _NOT_DEFINED),
        **_each(_SUMMARIES, "admissionControlInfo.currentCpuFailoverResourcesPercent", _OTHER_POLICY),
        **_each(_SUMMARIES, "admissionControlInfo.currentMemoryFailoverResourcesPercent", _OTHER_POLICY),
        **_each(_SUMMARIES, "numVmsPerDrsScoreBucket", _NO_BASIS),
    },
}


def is_unserved(type_name: str, path: str) -> bool:
    """Return whether a row of the table covers a path."""
    return any(path == row or path.startswith(f"{row}.") for row in UNSERVED.get(type_name, ()))

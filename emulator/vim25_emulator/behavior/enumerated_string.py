"""String members of specifications whose values are those of an enumeration.

The schemas declare them as strings, so the decoder accepts anything; a server does not. An empty string
counts as unset.
"""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.vmodl.registry import enum_type
from vim25_emulator.vmodl.value import DataObject, MethodFault

#: Data object type → member → enumeration. The API reference names it with each member [documented].
ENUMERATIONS: Final[dict[str, dict[str, str]]] = {
    "AlarmFilterSpec": {
        "typeEntity": "AlarmFilterSpecAlarmTypeByEntity",
        "typeTrigger": "AlarmFilterSpecAlarmTypeByTrigger",
    },
    "ClusterCryptoConfigInfo": {"cryptoMode": "ClusterCryptoConfigInfoCryptoMode"},
    "ClusterDasConfigInfo": {
        "vmMonitoring": "ClusterDasConfigInfoVmMonitoringState",
        "hostMonitoring": "ClusterDasConfigInfoServiceState",
        "vmComponentProtecting": "ClusterDasConfigInfoServiceState",
        "hBDatastoreCandidatePolicy": "ClusterDasConfigInfoHBDatastoreCandidate",
    },
    "ClusterDasVmSettings": {
        "restartPriority": "ClusterDasVmSettingsRestartPriority",
        "isolationResponse": "ClusterDasVmSettingsIsolationResponse",
    },
    "ClusterDrsConfigInfo": {"scaleDescendantsShares": "ResourceConfigSpecScaleSharesBehavior"},
    "ClusterInfraUpdateHaConfigInfo": {
        "behavior": "ClusterInfraUpdateHaConfigInfoBehaviorType",
        "moderateRemediation": "ClusterInfraUpdateHaConfigInfoRemediationType",
        "severeRemediation": "ClusterInfraUpdateHaConfigInfoRemediationType",
    },
    "ClusterVmComponentProtectionSettings": {
        "vmStorageProtectionForAPD": "ClusterVmComponentProtectionSettingsStorageVmReaction",
        "vmStorageProtectionForPDL": "ClusterVmComponentProtectionSettingsStorageVmReaction",
        "vmReactionOnAPDCleared": "ClusterVmComponentProtectionSettingsVmReactionOnAPDCleared",
    },
    "ClusterVmReadiness": {"readyCondition": "ClusterVmReadinessReadyCondition"},
    "ClusterVmToolsMonitoringSettings": {"vmMonitoring": "ClusterDasConfigInfoVmMonitoringState"},
    "ComputeResourceConfigSpec": {"vmSwapPlacement": "VirtualMachineConfigInfoSwapPlacementType"},
    "ResourceConfigSpec": {"scaleDescendantsShares": "ResourceConfigSpecScaleSharesBehavior"},
    "ScheduledHardwareUpgradeInfo": {
        "upgradePolicy": "ScheduledHardwareUpgradeInfoHardwareUpgradePolicy",
        "scheduledHardwareUpgradeStatus": "ScheduledHardwareUpgradeInfoHardwareUpgradeStatus",
    },
    "VirtualDeviceConfigSpec": {"changeMode": "VirtualDeviceConfigSpecChangeMode"},
    "VirtualMachineBootOptions": {
        "networkBootProtocol": "VirtualMachineBootOptionsNetworkBootProtocolType",
    },
    "VirtualMachineCloneSpec": {"tpmProvisionPolicy": "VirtualMachineCloneSpecTpmProvisionPolicy"},
    "VirtualMachineConfigSpec": {
        "ftEncryptionMode": "VirtualMachineConfigSpecEncryptedFtModes",
        "migrateEncryption": "VirtualMachineConfigSpecEncryptedVMotionModes",
        "npivWorldWideNameOp": "VirtualMachineConfigSpecNpivWwnOp",
        "npivWorldWideNameType": "VirtualMachineConfigInfoNpivWwnType",
        "swapPlacement": "VirtualMachineConfigInfoSwapPlacementType",
    },
    "VirtualMachineDefaultPowerOpInfo": {
        "powerOffType": "VirtualMachinePowerOpType",
        "suspendType": "VirtualMachinePowerOpType",
        "resetType": "VirtualMachinePowerOpType",
        "standbyAction": "VirtualMachineStandbyActionType",
    },
    "VirtualMachineFlagInfo": {
        "monitorType": "VirtualMachineFlagInfoMonitorType",
        "htSharing": "VirtualMachineHtSharing",
        "virtualMmuUsage": "VirtualMachineFlagInfoVirtualMmuUsage",
        "virtualExecUsage": "VirtualMachineFlagInfoVirtualExecUsage",
        "snapshotPowerOffBehavior": "VirtualMachinePowerOffBehavior",
    },
    "VirtualMachineRelocateSpec": {"diskMoveType": "VirtualMachineRelocateDiskMoveOptions"},
    "VirtualMachineRelocateSpecDiskLocator": {"diskMoveType": "VirtualMachineRelocateDiskMoveOptions"},
    "VirtualMachineSgxInfo": {"flcMode": "VirtualMachineSgxInfoFlcModes"},
}


def require_enumerated(value: Any, path: str) -> None:
    """Raise InvalidArgument for a string in a data object at `path` that is no value of its enumeration.

    The fault is the documented one of an argument; that a server checks all of these members is [derived].
    """
    if isinstance(value, tuple):
        for element in value:
            require_enumerated(element, path)
    elif isinstance(value, DataObject):
        for ancestor in value.type_.ancestors:
            _require_members(value, ENUMERATIONS.get(ancestor.name, {}), path)
        for name, member in value.__dict__.items():
            require_enumerated(member, f"{path}.{name}")


def _require_members(value: DataObject, members: dict[str, str], path: str) -> None:
    for name, enumeration in members.items():
        text = value.__dict__.get(name)
        if text and text not in enum_type(enumeration).values:
            raise MethodFault("InvalidArgument", invalidProperty=f"{path}.{name}")

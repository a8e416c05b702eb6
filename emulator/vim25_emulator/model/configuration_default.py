"""Default values of a virtual machine's configuration."""

from __future__ import annotations

from functools import cache
from typing import Any

from vim25_emulator.vmodl.value import DataObject


@cache
def default_config() -> dict[str, Any]:
    """Return properties of VirtualMachineConfigInfo; all virtual machines share the values."""
    return {
        "name": "",
        "uuid": "",
        "npivTemporaryDisabled": True,
        "alternateGuestName": "",
        "files": DataObject("VirtualMachineFileInfo"),
        "tools": _tools(),
        "flags": _flags(),
        "defaultPowerOps": _power_ops(),
        "rebootPowerOff": False,
        "latencySensitivity": DataObject("LatencySensitivity", level="normal"),
        "memoryHotAddEnabled": False,
        "cpuHotAddEnabled": False,
        "cpuHotRemoveEnabled": False,
        "hotPlugMemoryIncrementSize": 0,
        "swapPlacement": "inherit",
        "bootOptions": _boot_options(),
        "vAssertsEnabled": False,
        "changeTrackingEnabled": False,
        "maxMksConnections": 40,
        "guestAutoLockEnabled": True,
        "memoryReservationLockedToMax": False,
        "nestedHVEnabled": False,
        "vPMCEnabled": False,
        **_newer_properties(),
    }


def _newer_properties() -> dict[str, Any]:
    """Return the properties that newer releases added; the encoder omits them for older clients."""
    return {
        "scheduledHardwareUpgradeInfo": DataObject(
            "ScheduledHardwareUpgradeInfo", upgradePolicy="never", scheduledHardwareUpgradeStatus="none"
        ),
        "vFlashCacheReservation": 0,
        "messageBusTunnelEnabled": False,
        "guestIntegrityInfo": DataObject("VirtualMachineGuestIntegrityInfo", enabled=False),
        "migrateEncryption": "opportunistic",
        "sgxInfo": DataObject(
            "VirtualMachineSgxInfo", epcSize=0, flcMode="unlocked", requireAttestation=False
        ),
        "guestMonitoringModeInfo": DataObject("VirtualMachineGuestMonitoringModeInfo"),
        "ftEncryptionMode": "ftEncryptionOpportunistic",
        "sevEnabled": False,
        "pmemFailoverEnabled": False,
        "vmxStatsCollectionEnabled": True,
        "vmOpNotificationToAppEnabled": False,
        "vmOpNotificationTimeout": -1,
        "deviceSwap": DataObject(
            "VirtualMachineVirtualDeviceSwap",
            lsiToPvscsi=DataObject(
                "VirtualMachineVirtualDeviceSwapDeviceSwapInfo", enabled=True, applicable=False, status="none"
            ),
        ),
        "deviceGroups": DataObject("VirtualMachineVirtualDeviceGroups"),
        "fixedPassthruHotPlugEnabled": False,
        "metroFtEnabled": False,
    }


def _tools() -> DataObject:
    return DataObject(
        "ToolsConfigInfo",
        toolsVersion=12389,
        toolsInstallType="guestToolsTypeOpenVMTools",
        afterPowerOn=True,
        afterResume=True,
        beforeGuestStandby=True,
        beforeGuestShutdown=True,
        toolsUpgradePolicy="manual",
        syncTimeWithHostAllowed=True,
        syncTimeWithHost=False,
        lastInstallInfo=DataObject("ToolsConfigInfoToolsLastInstallInfo", counter=0),
    )


@cache
def no_tools() -> DataObject:
    """Return the tools of a virtual machine whose guest has none: their version is 0."""
    return _tools().replace(toolsVersion=0, toolsInstallType=None)


def _flags() -> DataObject:
    """Return the flags; without Fault Tolerance, faultToleranceType is `unset` [observed: 8.0.3]."""
    return DataObject(
        "VirtualMachineFlagInfo",
        disableAcceleration=False,
        enableLogging=True,
        useToe=False,
        runWithDebugInfo=False,
        monitorType="release",
        htSharing="any",
        snapshotDisabled=False,
        snapshotLocked=False,
        diskUuidEnabled=False,
        virtualMmuUsage="automatic",
        virtualExecUsage="hvAuto",
        snapshotPowerOffBehavior="powerOff",
        recordReplayEnabled=False,
        faultToleranceType="unset",
        cbrcCacheEnabled=False,
        vvtdEnabled=False,
        vbsEnabled=False,
    )


def _power_ops() -> DataObject:
    return DataObject(
        "VirtualMachineDefaultPowerOpInfo",
        powerOffType="soft",
        suspendType="hard",
        resetType="soft",
        defaultPowerOffType="soft",
        defaultSuspendType="hard",
        defaultResetType="soft",
        standbyAction="checkpoint",
    )


def _boot_options() -> DataObject:
    return DataObject(
        "VirtualMachineBootOptions",
        bootDelay=0,
        enterBIOSSetup=False,
        efiSecureBootEnabled=False,
        bootRetryEnabled=False,
        bootRetryDelay=10_000,
        networkBootProtocol="ipv4",
    )

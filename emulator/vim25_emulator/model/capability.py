"""Capabilities of virtual machines and hosts: long lists of booleans, written as the set of false ones."""

from __future__ import annotations

from functools import cache
from typing import Final

from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.value import DataObject

#: Capabilities that are false for a virtual machine [observed: 8.0.3].
_FALSE_FOR_VM: Final = frozenset(
    {
        "consolePreferencesSupported",
        "disableSnapshotsSupported",
        "settingScreenResolutionSupported",
        "recordReplaySupported",
        "virtualMmuUsageSupported",
        "sevSupported",
        "sevSnpSupported",
        "tdxSupported",
        "pmemFailoverSupported",
        "requireSgxAttestationSupported",
        "vendorDeviceGroupSupported",
        "ehvSecureBootSupported",
    }
)

#: Capabilities that are false for a host [observed: 8.0.3].
_FALSE_FOR_HOST: Final = frozenset(
    {
        "ipmiSupported",
        "datastorePrincipalSupported",
        "backgroundSnapshotsSupported",
        "recordReplaySupported",
        "ftSupported",
        "perVMNetworkTrafficShapingSupported",
        "tpmSupported",
        "txtEnabled",
        "vmDirectPathGen2Supported",
        "interVMCommunicationThroughVMCISupported",
        "accel3dSupported",
        "vPMCSupported",
        "pMemSnapshotSupported",
        "encryptionCBRCSupported",
        "encryptionChangeOnAddRemoveSupported",
        "encryptionHotOperationSupported",
        "encryptionRDMSupported",
        "encryptionVFlashSupported",
        "encryptionWithSnapshotsSupported",
        "iommuSLDirtyCapable",
        "sgxRegistrationSupported",
        "nestedHvTieringEnabled",
        "vpxdVmxGenerationSupported",
    }
)

#: Limits of a host [observed: 8.0.3].
_HOST_LIMITS: Final = {
    "maxSupportedVMs": 1024,
    "maxRunningVMs": 0,
    "maxSupportedVcpus": 768,
    "maxRegisteredVMs": 4096,
    "maxHostRunningVms": 1024,
    "maxHostSupportedVcpus": 4096,
    "maxNumDisksSVMotion": 440,
    "maxVirtualDiskDescVersionSupported": 7,
    "maxSupportedVmMemory": 25_149_440,
    "maxSupportedSimultaneousThreads": 1,
    "maxSupportedPtpPorts": 1,
    "supportedVmfsMajorVersion": (5, 6),
    "unmapMethodSupported": "fixed",
    "maxMemMBPerFtVm": 131_072,
}

#: License edition → maximum number of vCPUs of a fault tolerant virtual machine (6.7 and later).
FT_VCPUS: Final = {
    "evaluation": 8,
    "enterprisePlus": 8,
    "standard": 2,
    "essentialsPlus": 0,
    "essentials": 0,
}


def _booleans(type_name: str, false: frozenset[str]) -> dict[str, bool]:
    """Return every boolean property of a type; those in `false` are false, all others true."""
    properties = data_type(type_name).properties.values()
    return {prop.name: prop.name not in false for prop in properties if prop.type.name == "boolean"}


@cache
def virtual_machine_capability(firmware: str = "bios", *, record_replay: bool = False) -> DataObject:
    """Return the capability of a virtual machine; `record_replay`: the host supports record and replay."""
    false = _FALSE_FOR_VM if firmware == "efi" else _FALSE_FOR_VM | {"secureBootSupported"}
    if record_replay:
        false = false - {"recordReplaySupported"}
    return DataObject("VirtualMachineCapability", **_booleans("VirtualMachineCapability", false))


def host_capability(
    issues: tuple[str, ...],
    edition: str,
    *,
    record_replay: bool = False,
    replay_issue: str | None = "incompatibleProduct",
    efi: bool = True,
    encrypted: bool = True,
) -> DataObject:
    """Return the capability of a host.

    `issues`: why the host does not support Fault Tolerance (HostCapabilityFtUnsupportedReason).
    `record_replay`: the release supports legacy Fault Tolerance; its issues are the same [derived].
    `replay_issue`: why the host does not support record and replay. `efi`: the host supports Fault Tolerance
    for virtual machines with EFI firmware; `encrypted`: it encrypts the traffic of Fault Tolerance.
    """
    false = _FALSE_FOR_HOST if not issues else _FALSE_FOR_HOST | {"smpFtSupported"}
    if replay_issue is None:
        false = false - {"recordReplaySupported"} - (frozenset() if issues else {"ftSupported"})
    false = false if efi else false | {"ftEfiSupported"}
    false = false if encrypted else false | {"encryptedFtSupported"}
    legacy_issues = () if record_replay else ("incompatibleProduct",)
    return DataObject(
        "HostCapability",
        **_booleans("HostCapability", false),
        **_HOST_LIMITS,
        maxVcpusPerFtVm=FT_VCPUS[edition],
        replayUnsupportedReason=replay_issue,
        replayCompatibilityIssues=(replay_issue,) if replay_issue is not None else (),
        ftCompatibilityIssues=tuple(sorted({*issues, *legacy_issues})),
        smpFtCompatibilityIssues=issues,
        vmDirectPathGen2UnsupportedReason=("hostNptIncompatibleHardware",),
    )

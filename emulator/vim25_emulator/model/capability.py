"""What virtual machines and hosts are capable of: long lists of booleans, kept as those that are false."""

from __future__ import annotations

from functools import cache
from typing import Final

from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.value import DataObject

#: Capabilities that a virtual machine on a real 8.0.3 host lacks.
_NOT_OF_A_VM: Final = frozenset(
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

#: Capabilities that a real 8.0.3 host lacks.
_NOT_OF_A_HOST: Final = frozenset(
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

#: Limits of a host, as a real 8.0.3 one gives them.
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

#: License edition → vCPUs that one virtual machine may have with Fault Tolerance (6.7 and later).
FT_VCPUS: Final = {
    "evaluation": 8,
    "enterprisePlus": 8,
    "standard": 2,
    "essentialsPlus": 0,
    "essentials": 0,
}


def _booleans(type_name: str, lacking: frozenset[str]) -> dict[str, bool]:
    """Return every boolean property of a type, true unless it is one of those lacking."""
    properties = data_type(type_name).properties.values()
    return {prop.name: prop.name not in lacking for prop in properties if prop.type.name == "boolean"}


@cache
def virtual_machine_capability(firmware: str = "bios", *, record_replay: bool = False) -> DataObject:
    """Return what a virtual machine with this firmware is capable of; `record_replay`: if its host is."""
    lacking = _NOT_OF_A_VM if firmware == "efi" else _NOT_OF_A_VM | {"secureBootSupported"}
    if record_replay:
        lacking = lacking - {"recordReplaySupported"}
    return DataObject("VirtualMachineCapability", **_booleans("VirtualMachineCapability", lacking))


def host_capability(
    issues: tuple[str, ...],
    edition: str,
    *,
    record_replay: bool = False,
    replay_issue: str | None = "incompatibleProduct",
    efi: bool = True,
) -> DataObject:
    """Return what a host is capable of.

    `issues` are the reasons that keep it from Fault Tolerance (HostCapabilityFtUnsupportedReason).
    `record_replay`: the host is of a release that has legacy Fault Tolerance; it is [derived] that such a
    host reports the same issues there. `replay_issue`: what keeps it from recording and replaying. `efi`:
    machines that boot by EFI can be fault tolerant on it.
    """
    lacking = _NOT_OF_A_HOST if not issues else _NOT_OF_A_HOST | {"smpFtSupported"}
    if replay_issue is None:
        lacking = lacking - {"recordReplaySupported"} - (frozenset() if issues else {"ftSupported"})
    lacking = lacking if efi else lacking | {"ftEfiSupported"}
    legacy_issues = () if record_replay else ("incompatibleProduct",)
    return DataObject(
        "HostCapability",
        **_booleans("HostCapability", lacking),
        **_HOST_LIMITS,
        maxVcpusPerFtVm=FT_VCPUS[edition],
        replayUnsupportedReason=replay_issue,
        replayCompatibilityIssues=(replay_issue,) if replay_issue is not None else (),
        ftCompatibilityIssues=tuple(sorted({*issues, *legacy_issues})),
        smpFtCompatibilityIssues=issues,
        vmDirectPathGen2UnsupportedReason=("hostNptIncompatibleHardware",),
    )

"""For each reason in a Fault Tolerance fault, the inventory that causes it, or why none does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from pyVmomi import vim, vmodl

from tests.emulator.fault_tolerance.conftest import Site, Start

ESX1, ESX2 = "esx1.lab.example", "esx2.lab.example"


@dataclass(frozen=True)
class Situation:
    """A patch of a scenario, and a request in it: for which VM, on which host, in which release.

    `ask`, if given, makes another request than CreateSecondaryVM_Task and returns the answer.
    """

    patch: dict[str, Any] = field(default_factory=dict)
    base: str = "default"
    release: str | None = None
    vm: str = "web01"
    host: str | None = None
    spec: dict[str, Any] | None = None
    ask: Callable[[Site], Any] | None = None

    def begin(self, start: Start, folder: Path) -> Site:
        """Start an emulator with the patched scenario."""
        path = folder / "situation.yaml"
        patched = {"title": "situation", "extends": self.base, **self.patch}
        path.write_text(yaml.safe_dump(patched), "utf-8")
        return start(str(path), api_version=self.release)

    def answer(self, site: Site) -> Any:
        """Return what the request ends with: a fault or a result."""
        if self.ask is not None:
            return self.ask(site)
        if self.spec is None:
            info = site.create(self.vm, self.host)
        else:
            spec = vim.vm.FaultToleranceConfigSpec(**self.spec)
            info = site.finish(site.find(self.vm).CreateSecondaryVMEx_Task(None, spec))
        return info.error if info.error is not None else info.result


def parts(value: Any) -> Iterator[Any]:
    """Yield a data object and all data objects in it."""
    if isinstance(value, list):
        for each in value:
            yield from parts(each)
    elif isinstance(value, vmodl.DynamicData | vmodl.MethodFault):
        yield value
        for prop in value._GetPropertyList():
            yield from parts(getattr(value, prop.name))


def type_of(value: Any) -> str:
    """Return the type of a data object as the API calls it."""
    return type(value).__name__.rsplit(".", 1)[-1]


def web01(base: str = "default", release: str | None = None, **patch: Any) -> Situation:
    """A situation with changed properties of web01."""
    return Situation({"vms": {"web01": patch}}, base, release)


def esx2(base: str = "default", release: str | None = None, **patch: Any) -> Situation:
    """A situation with changed properties of the only other host."""
    return Situation({"hosts": {ESX2: patch}, "vms": {"web01": {"host": ESX1}}}, base, release)


def to_esx2(base: str = "default", **patch: Any) -> Situation:
    """A situation with changed properties of the other host, which the request names."""
    return replace(esx2(base, **patch), host=ESX2)


def both(base: str = "default", release: str | None = None, **patch: Any) -> Situation:
    """A situation with changed properties of both hosts."""
    return Situation({"hosts": {ESX1: patch, ESX2: patch}, "vms": {"web01": {"host": ESX1}}}, base, release)


def disk(base: str = "default", release: str | None = None, **patch: Any) -> Situation:
    """A situation with changed properties of web01's disk."""
    return web01(base, release, disks=[{"provisioning": "eagerZeroedThick", **patch}])


def on_esx1(kind: str | None = None, base: str = "default") -> Situation:
    """A situation in which the file of a device of web01, or its disk, is on a datastore of one host."""
    store = {"local-1": {"capacity_gb": 512, "hosts": [ESX1]}}
    devices = [{"type": kind, "file": "[local-1] x.img"}] if kind else []
    vm: dict[str, Any] = {"host": ESX1, "devices": devices}
    if kind is None:
        vm["disks"] = [{"provisioning": "eagerZeroedThick", "datastore": "local-1"}]
    return Situation({"datastores": store, "vms": {"web01": vm}}, base)


#: VmFaultToleranceConfigIssueReasonForIssue, in a situation in which turning on ends with it.
ON_CREATION: dict[str, Situation] = {
    "moreThanOneSecondary": Situation(base="already-fault-tolerant"),
    "recordReplayNotSupported": both("legacy", processor="nocona"),
    "replayNotSupported": both("legacy", processor="barcelona", cpu_vendor="amd"),
    "multipleVCPU": web01("legacy", cpus=2),
    "hostInactive": esx2(in_maintenance_mode=True),
    "ftUnsupportedHardware": esx2(processor="nehalem"),
    "ftUnsupportedProduct": esx2("legacy", product="server", version="2.0.2"),
    "missingVMotionNic": esx2(vmotion_nic=False),
    "missingFTLoggingNic": esx2(fault_tolerance_nic=False),
    "verifySSLCertificateFlagNotSet": Situation({"settings": {"verifySSL.enabled": False}}),
    "hasSnapshots": web01(snapshots=["before"]),
    "hasLocalDisk": on_esx1(base="legacy"),
    "esxAgentVm": web01(managed_by="com.vmware.vim.eam"),
    "video3dEnabled": web01(video_3d=True),
    "hasUnsupportedDisk": disk(format="seSparse"),
    "hasNestedHVConfiguration": web01(nested_hv=True),
    "hasVFlashConfiguration": disk(flash_cache_mb=512),
    "unsupportedProduct": esx2(version="5.5.0"),
    "cpuHvUnsupported": esx2(processor="nocona"),
    "cpuHwmmuUnsupported": esx2(processor="woodcrest"),
    "cpuHvDisabled": esx2(hardware_virtualization=False),
    "hasEFIFirmware": web01(release="6.5", firmware="efi"),
    "tooManyVCPUs": web01(cpus=16),
    "tooMuchMemory": web01(memory_mb=200_000),
    "vMotionNotLicensed": both(edition="essentials"),
    "haAgentIssue": esx2(ha_agent="failed"),
    "unsupportedSPBM": disk(io_filters=["replication"]),
    "hasLinkedCloneDisk": disk(linked_clone=True),
    "unsupportedPMemHAFailOver": web01(pmem_failover=True),
    "unsupportedEncryptedDisk": disk(encrypted=True),
    "noHostGroupConfigured": Situation(release="8.0.3.0", spec={"metroFtEnabled": True}),
    "insufficientBandwidth": Situation(
        {
            "hosts": {ESX1: {"nic_mbps": 1000}, ESX2: {"nic_mbps": 1000}},
            "vms": {"web01": {"snapshots": ["before"]}},
        }
    ),
}

#: VmFaultToleranceConfigIssueReasonForIssue → where else a caller finds it, and the test.
ELSEWHERE: dict[str, str] = {
    "haNotEnabled": "a primary powered on without HA: test_after, test_without_ha_a_pair_is_not_powered_on",
    "ftSecondaryVm": "a secondary asked about: test_compatibility_query, test_both_members_of_a_pair_say_so",
    "ftMetroClusterNotEditable": "ReconfigVM_Task of a pair: test_forbidden, test_rows",
}

#: VmFaultToleranceConfigIssueReasonForIssue → why no inventory causes it.
UNREACHABLE: dict[str, str] = {
    "templateVm": "a template is answered with NotSupported, as documented",
    "noConfig": "a VM without configuration is answered with InvalidState, as documented",
    "thinDisk": "a thin disk is answered with VirtualDiskBlocksNotFullyProvisioned, which superseded it",
    "ftNotLicensed": "a license without it is answered with FaultToleranceNotLicensed, as documented",
    "noVmRulesConfigured": "only 8.0.2.0 knows it, whose requests cannot ask for two sites yet",
}

#: Fault, field and value, of other enumerations → the inventory in which turning on ends with it.
OTHERS: dict[tuple[str, str, Any], Situation] = {
    ("VmFaultToleranceInvalidFileBacking", "backingType", "virtualFloppy"): on_esx1("floppy"),
    ("VmFaultToleranceInvalidFileBacking", "backingType", "virtualSerialPort"): on_esx1("serialPort"),
    ("VmFaultToleranceInvalidFileBacking", "backingType", "virtualParallelPort"): on_esx1("parallelPort"),
    ("VmFaultToleranceInvalidFileBacking", "backingType", "virtualDisk"): Situation(
        {"datastores": {"vvol-1": {"type": "VVOL"}}, "vms": {"web01": {"disks": [{"datastore": "vvol-1"}]}}}
    ),
    ("HostIncompatibleForFaultTolerance", "reason", "product"): esx2("legacy", version="3.5.0"),
    ("HostIncompatibleForFaultTolerance", "reason", "processor"): esx2("legacy", processor="nocona"),
    ("NumVirtualCpusIncompatible", "reason", "faultTolerance"): web01(release="6.5", cpus=8),
    ("NotSupportedDeviceForFT", "deviceType", "virtualVmxnet3"): esx2("legacy", version="4.0.0"),
    ("NotSupportedDeviceForFT", "deviceType", "paraVirtualSCSIController"): esx2("legacy", version="4.0.0"),
    ("DeviceNotSupported", "reason", "ft"): web01(devices=[{"type": "usb"}]),
    ("FaultToleranceCpuIncompatible", "model", True): to_esx2("legacy", processor="nehalem"),
    ("FaultToleranceCpuIncompatible", "family", True): to_esx2(cpu_vendor="amd"),
    ("FaultToleranceCpuIncompatible", "stepping", True): to_esx2(cpu_vendor="amd"),
    ("LocalizableMessage", "key", "com.vmware.vim.ft.encryptionNotSupported"): web01(
        release="7.0.0.0", encrypted=True
    ),
    ("LocalizableMessage", "key", "com.vmware.vim.ft.sevNotSupported"): web01(sev=True),
    ("LocalizableMessage", "key", "com.vmware.vim.ft.sgxNotSupported"): web01(sgx=True),
    ("LocalizableMessage", "key", "com.vmware.vim.ft.tdxNotSupported"): web01(release="9.0.0.0", tdx=True),
    ("LocalizableMessage", "key", "com.vmware.vim.ft.rrFtVmNotSupported"): Situation(
        {"vms": {"web01": {"host": ESX1, "fault_tolerance": {"secondary_host": ESX2, "legacy": True}}}}
    ),
}

#: Fault without a reason → the inventory in which turning on ends with it.
FAULTS: dict[str, Situation] = {
    "VmMonitorIncompatibleForFaultTolerance": web01("legacy", virtual_mmu="on"),
    "ReplicationIncompatibleWithFT": web01(replicated=True),
    "SharedBusControllerNotSupported": web01(scsi_sharing="virtualSharing"),
    "DigestNotSupported": disk(digest=True),
    "MultiWriterNotSupported": disk(sharing="sharingMultiWriter"),
    "FileBackedPortNotSupported": web01(devices=[{"type": "serialPort", "file": "[shared-1] x"}]),
    "VirtualEthernetCardNotSupported": web01("legacy", devices=[{"type": "pcnet32"}]),
    "VirtualDiskModeNotSupported": disk(mode="nonpersistent"),
    "VirtualDiskBlocksNotFullyProvisioned": disk("legacy", provisioning="thin"),
    "UnusedVirtualDiskBlocksNotScrubbed": disk("legacy", provisioning="thick"),
    "PhysCompatRDMNotSupported": disk("legacy", "4.1", format="rawPhysical"),
    "InsufficientFailoverResourcesFault": Situation(
        {"hosts": {ESX2: {"memory_gb": 24}}, "vms": {"web01": {"host": ESX1, "memory_mb": 16384}}},
        base="ha-only",
    ),
    "VmFaultToleranceTooManyVMsOnHost": Situation(base="too-many-ft-vms"),
    "VmFaultToleranceTooManyFtVcpusOnHost": Situation(
        {"clusters": {"ft-cluster": {"ha": {"options": {"das.maxftvcpusperhost": "3"}}}}}, vm="app01"
    ),
    "FtVmHostRuleViolation": Situation(
        {
            "clusters": {"ft-cluster": {"host_groups": {"site-a": [ESX1, ESX2]}}},
            "vms": {"web01": {"host": ESX1}},
        },
        release="8.0.3.0",
        spec={"metroFtEnabled": True, "metroFtHostGroup": "site-a"},
    ),
}

#: Other enumerations → value → where a client finds it, as fault and field of `OTHERS` or as a test.
MET: dict[str, dict[str, str]] = {
    "VmFaultToleranceInvalidFileBackingDeviceType": dict.fromkeys(
        ("virtualFloppy", "virtualSerialPort", "virtualParallelPort", "virtualDisk"),
        "VmFaultToleranceInvalidFileBacking.backingType",
    ),
    "HostIncompatibleForFaultToleranceReason": dict.fromkeys(
        ("product", "processor"), "HostIncompatibleForFaultTolerance.reason"
    ),
    "NumVirtualCpusIncompatibleReason": {"faultTolerance": "NumVirtualCpusIncompatible.reason"},
    "NotSupportedDeviceForFTDeviceType": dict.fromkeys(
        ("virtualVmxnet3", "paraVirtualSCSIController"), "NotSupportedDeviceForFT.deviceType"
    ),
    "DeviceNotSupportedReason": {"ft": "DeviceNotSupported.reason"},
    "FtIssuesOnHostHostSelectionType": {
        "vc": "test_turn_on, test_the_fault_says_which_host_failed_and_why",
        "drs": "test_turn_on, test_limits_of_fault_tolerant_vms_are_told_per_host",
        "user": "test_a_host_that_the_caller_names_is_told_as_chosen_by_the_user",
    },
    "CannotMoveFaultToleranceVmMoveType": dict.fromkeys(("resourcePool", "cluster"), "test_forbidden"),
    "HostCapabilityFtUnsupportedReason": dict.fromkeys(
        (
            "vMotionNotLicensed",
            "missingVMotionNic",
            "missingFTLoggingNic",
            "ftNotLicensed",
            "haAgentIssue",
            "unsupportedProduct",
            "cpuHvUnsupported",
            "cpuHwmmuUnsupported",
            "cpuHvDisabled",
        ),
        "test_a_host_tells_of_itself_what_keeps_it_from_fault_tolerance",
    ),
    "HostReplayUnsupportedReason": dict.fromkeys(
        ("incompatibleProduct", "incompatibleCpu", "hvDisabled"),
        "test_a_host_tells_of_itself_what_keeps_it_from_replaying",
    ),
    "VirtualMachineNeedSecondaryReason": {
        "initializing": "test_turn_on",
        "lostConnection": "test_host_failure, test_the_primary_goes_on_where_its_secondary_ran",
        "userAction": "test_failover",
        "other": "a restart by HA that does not work",
    },
    "VmFailedStartingSecondaryEventFailureReason": dict.fromkeys(
        ("incompatibleHost", "loginFailed", "registerVmFailed", "migrateFailed"),
        "test_why_a_start_failed_is_told_with_the_event",
    ),
}

#: Other enumerations → value → why no inventory causes it.
NOT_MET: dict[str, dict[str, str]] = {
    "VmFaultToleranceInvalidFileBackingDeviceType": {
        "virtualCdrom": "an image that only the primary can access is no obstacle, as documented"
    },
    "NumVirtualCpusIncompatibleReason": {"recordReplay": "nobody records a VM by request"},
    "DeviceNotSupportedReason": dict.fromkeys(("host", "guest"), "not about Fault Tolerance"),
    "HostReplayUnsupportedReason": {
        "cpuidLimitSet": "a setting of the BIOS that vim25 has no other property for",
        "oldBIOS": "a matter of the BIOS that vim25 has no other property for",
        "unknown": "what it stands for is not known",
    },
    "VirtualMachineNeedSecondaryReason": dict.fromkeys(
        ("divergence", "partialHardwareFailure", "checkpointError"),
        "what goes wrong inside hosts is not modeled",
    ),
}

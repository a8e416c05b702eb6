"""The checks of CreateSecondaryVM_Task and CreateSecondaryVMEx_Task, in their order, as one table.

Before them, every call is checked for session, version, object, arguments and privilege (fault on the call),
and then for the lock of the VM (TaskInProgress in the task). The stage of a row decides what happens to its
fault:

- ELIGIBILITY: whether the VM can be fault tolerant at all. The first fault ends the task.
- ISSUES: obstacles on the VM and the hosts. All of them are collected.
- COMPATIBILITY and RESOURCES: which hosts can hold the secondary. `placement` chooses among them.
- POWER_ON: which hosts can run the secondary of a running primary. Reported inside the result.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from vim25_emulator.fault_tolerance import device_condition as device
from vim25_emulator.fault_tolerance import host_capacity as capacity
from vim25_emulator.fault_tolerance import host_condition as host
from vim25_emulator.fault_tolerance import host_fault as because
from vim25_emulator.fault_tolerance import placement_condition as place
from vim25_emulator.fault_tolerance import secondary_storage
from vim25_emulator.fault_tolerance import vm_condition as vm
from vim25_emulator.fault_tolerance import vm_fault as unfit
from vim25_emulator.fault_tolerance.certainty import Certainty
from vim25_emulator.fault_tolerance.check import Check, Scope, Stage
from vim25_emulator.fault_tolerance.fault_shape import explained, fault, incompatible_device, issue
from vim25_emulator.fault_tolerance.pair_kind import PairKind

_DOCUMENTED: Final = Certainty.DOCUMENTED
_OBSERVED: Final = Certainty.OBSERVED
_DERIVED: Final = Certainty.DERIVED
_LEGACY: Final = PairKind.LEGACY
_SMP: Final = PairKind.CHECKPOINTING

_eligible: Final = partial(Check, stage=Stage.ELIGIBILITY, scope=Scope.VM)
_vm_issue: Final = partial(Check, stage=Stage.ISSUES, scope=Scope.VM)
_device_issue: Final = partial(Check, stage=Stage.ISSUES, scope=Scope.DEVICE)
_host_issue: Final = partial(Check, stage=Stage.ISSUES, scope=Scope.HOST)
_compatible: Final = partial(Check, stage=Stage.COMPATIBILITY, scope=Scope.TARGET)
_resource: Final = partial(Check, stage=Stage.RESOURCES)
_power_on: Final = partial(Check, stage=Stage.POWER_ON)

ELIGIBILITY: Final = (
    _eligible("template", vm.is_template, unfit.NOT_SUPPORTED, _DOCUMENTED),
    _eligible("ha-cluster", vm.lacks_ha, unfit.NOT_SUPPORTED, _DOCUMENTED),
    _eligible("configuration", vm.lacks_configuration, fault("InvalidState"), _DOCUMENTED),
    _eligible("legacy-pair", vm.is_legacy_pair, unfit.LEGACY_PAIR, _DERIVED, since="7.0.0.0"),
    _eligible("secondary", vm.is_secondary, unfit.ON_SECONDARY, _DERIVED),
    _eligible("one-secondary", vm.has_secondary, unfit.SECOND, _DERIVED),
    _eligible("certificates", vm.certificates_unchecked, unfit.UNCHECKED, _DOCUMENTED),
)

VM_ISSUES: Final = (
    _vm_issue("snapshots", vm.has_snapshots, issue("hasSnapshots"), _DOCUMENTED),
    _vm_issue(
        "record-replay", vm.lacks_record_replay, issue("recordReplayNotSupported"), _DERIVED, kind=_LEGACY
    ),
    _vm_issue(
        "replay",
        vm.replays_only_from_power_on,
        issue("replayNotSupported"),
        _OBSERVED,
        kind=_LEGACY,
        running=True,
    ),
    _vm_issue(
        "monitor",
        vm.runs_on_hardware_mmu,
        fault("VmMonitorIncompatibleForFaultTolerance"),
        _OBSERVED,
        since="4.1",
        kind=_LEGACY,
        running=True,
    ),
    _vm_issue("local-disk", vm.has_local_disk, issue("hasLocalDisk"), _DOCUMENTED, kind=_LEGACY),
    _vm_issue("disk-format", vm.has_unsupported_disk, issue("hasUnsupportedDisk"), _DOCUMENTED, since="5.1"),
    _vm_issue(
        "replication", vm.is_replicated, fault("ReplicationIncompatibleWithFT"), _DOCUMENTED, since="5.0"
    ),
    _vm_issue("one-vcpu", vm.has_too_many_vcpus, issue("multipleVCPU"), _DOCUMENTED, kind=_LEGACY),
    _vm_issue(
        "vcpus", vm.has_too_many_vcpus, unfit.TOO_MANY_VCPUS, _DERIVED, since="6.0", until="6.5", kind=_SMP
    ),
    _vm_issue("npiv", vm.uses_npiv, unfit.WRAPPED, _DERIVED, since="4.1"),
    _vm_issue("vsan-mixture", vm.mixes_vsan, unfit.WRAPPED, _DERIVED, since="6.0", kind=_SMP),
    _vm_issue(
        "stretched-vsan",
        vm.is_on_stretched_vsan,
        unfit.WRAPPED,
        _DERIVED,
        since="6.0",
        until="6.7.3",
        kind=_SMP,
    ),
    _vm_issue("agent", vm.is_agent, issue("esxAgentVm"), _DERIVED, since="5.0"),
    _vm_issue("3d-video", vm.has_3d_video, issue("video3dEnabled"), _DOCUMENTED, since="5.0"),
    _vm_issue("nested", vm.virtualizes_hardware, issue("hasNestedHVConfiguration"), _DOCUMENTED, since="5.1"),
    _vm_issue("flash-cache", vm.has_flash_cache, issue("hasVFlashConfiguration"), _DERIVED, since="5.5"),
    _vm_issue("efi", vm.has_efi_firmware, issue("hasEFIFirmware"), _DOCUMENTED, since="6.0"),
    _vm_issue(
        "storage-policy", vm.has_storage_policy, issue("unsupportedSPBM"), _DOCUMENTED, since="7.0.2.0"
    ),
    _vm_issue(
        "encryption",
        vm.is_encrypted,
        explained("encryptionNotSupported"),
        _DERIVED,
        since="6.5",
        until="7.0.1.1",
    ),
    _vm_issue("sgx", vm.has_enclaves, explained("sgxNotSupported"), _DERIVED, since="7.0.0.0"),
    _vm_issue("sev", vm.is_sealed_by_sev, explained("sevNotSupported"), _DERIVED, since="7.0.3.0"),
    _vm_issue("tdx", vm.is_sealed_by_tdx, explained("tdxNotSupported"), _DERIVED, since="9.0.0.0"),
    _vm_issue(
        "linked-clone-7.0.1", vm.has_linked_clone_disk, unfit.WRAPPED, _DERIVED, since="5.5", until="7.0.1.1"
    ),
    _vm_issue(
        "linked-clone", vm.has_linked_clone_disk, issue("hasLinkedCloneDisk"), _DOCUMENTED, since="7.0.2.0"
    ),
    _vm_issue(
        "pmem-failover",
        vm.fails_over_persistent_memory,
        issue("unsupportedPMemHAFailOver"),
        _DERIVED,
        since="7.0.2.0",
    ),
    _vm_issue(
        "encrypted-disk",
        vm.has_lone_encrypted_disk,
        issue("unsupportedEncryptedDisk"),
        _DERIVED,
        since="8.0.1.0",
    ),
    _vm_issue(
        "no-host-group", vm.lacks_metro_host_group, issue("noHostGroupConfigured"), _DERIVED, since="8.0.3.0"
    ),
)

DEVICE_ISSUES: Final = (
    _device_issue("thin-disk", device.is_thin, unfit.THIN, _DOCUMENTED, kind=_LEGACY),
    _device_issue("unscrubbed-disk", device.is_unscrubbed, unfit.UNSCRUBBED, _DOCUMENTED, kind=_LEGACY),
    _device_issue("virtual-volume", device.is_on_virtual_volume, unfit.LOCAL_FILE, _DERIVED, since="6.0"),
    _device_issue("disk-mode", device.has_unsupported_mode, unfit.DISK_MODE, _DOCUMENTED, since="4.1"),
    _device_issue(
        "multi-writer",
        device.is_multi_writer,
        incompatible_device("MultiWriterNotSupported"),
        _DOCUMENTED,
        since="6.0",
    ),
    _device_issue(
        "digest", device.has_digest, incompatible_device("DigestNotSupported"), _DOCUMENTED, since="6.0"
    ),
    _device_issue("raw-disk", device.is_physical_raw_disk, unfit.RAW, _DERIVED, until="5.0"),
    _device_issue("backing", device.has_unsupported_backing, unfit.BACKING, _DERIVED, until="5.0"),
    _device_issue("local-file", device.is_on_local_storage, unfit.LOCAL_FILE, _DOCUMENTED),
    _device_issue(
        "remote-device",
        device.is_remote,
        incompatible_device("RemoteDeviceNotSupported"),
        _DERIVED,
        running=True,
    ),
    _device_issue("physical-drive", device.is_physical_drive, unfit.BACKING, _DERIVED, running=True),
    _device_issue(
        "port-file", device.is_file_backed_port, incompatible_device("FileBackedPortNotSupported"), _DERIVED
    ),
    _device_issue(
        "shared-bus", device.shares_bus, incompatible_device("SharedBusControllerNotSupported"), _DERIVED
    ),
    _device_issue(
        "network-card",
        device.is_old_network_card,
        incompatible_device("VirtualEthernetCardNotSupported"),
        _DERIVED,
        kind=_LEGACY,
    ),
    _device_issue("nsx", device.is_on_nsx, unfit.BACKING, _DERIVED, since="8.0.0.0"),
    _device_issue("device", device.is_unsupported, unfit.UNSUPPORTED, _DERIVED, running=True),
)

HOST_ISSUES: Final = (
    _host_issue("inactive", host.is_inactive, issue("hostInactive"), _DOCUMENTED),
    _host_issue("server", host.is_server, issue("ftUnsupportedProduct"), _DOCUMENTED, kind=_LEGACY),
    _host_issue("product", host.is_older_product, because.UNSUPPORTED_PRODUCT, _DERIVED, kind=_LEGACY),
    _host_issue(
        "smp-product", host.is_unsupported_product, issue("unsupportedProduct"), _DOCUMENTED, kind=_SMP
    ),
    _host_issue(
        "processor", host.lacks_hardware_virtualization, because.UNSUPPORTED_PROCESSOR, _DERIVED, kind=_LEGACY
    ),
    _host_issue("hv", host.lacks_hardware_virtualization, issue("cpuHvUnsupported"), _DOCUMENTED, kind=_SMP),
    _host_issue("hwmmu", host.lacks_hardware_mmu, issue("cpuHwmmuUnsupported"), _DOCUMENTED, kind=_SMP),
    _host_issue(
        "hv-off",
        host.has_hardware_virtualization_off,
        issue("cpuHvDisabled"),
        _DOCUMENTED,
        kind=_SMP,
        running=True,
    ),
    _host_issue("hardware", host.is_unsupported_hardware, issue("ftUnsupportedHardware"), _DERIVED),
    _host_issue(
        "vmxnet3",
        host.is_too_old_for_adapter,
        because.YOUNG_ADAPTER,
        _DERIVED,
        since="4.1",
        until="6.0",
        kind=_LEGACY,
    ),
    _host_issue(
        "paravirtual-scsi",
        host.is_too_old_for_controller,
        because.YOUNG_CONTROLLER,
        _DERIVED,
        since="4.1",
        until="6.0",
        kind=_LEGACY,
    ),
    _host_issue("license", host.lacks_license, because.NOT_LICENSED, _DOCUMENTED),
    _host_issue(
        "vmotion-license", host.lacks_vmotion_license, issue("vMotionNotLicensed"), _DERIVED, since="7.0.2.0"
    ),
    _host_issue("vmotion-nic", host.lacks_vmotion_nic, issue("missingVMotionNic"), _DOCUMENTED),
    _host_issue("logging-nic", host.lacks_logging_nic, issue("missingFTLoggingNic"), _DOCUMENTED),
    _host_issue(
        "bandwidth",
        host.has_slow_logging_nic,
        issue("insufficientBandwidth"),
        _DERIVED,
        kind=_SMP,
        warning=True,
    ),
    _host_issue("ha-agent", host.has_dead_agent, issue("haAgentIssue"), _DERIVED, since="7.0.2.0"),
    _host_issue(
        "encrypted-traffic",
        host.cannot_encrypt,
        explained("encryptionNotSupported"),
        _DERIVED,
        since="7.0.2.0",
        kind=_SMP,
    ),
    _host_issue("vcpu-limit", host.is_exceeded_by_vcpus, issue("tooManyVCPUs"), _DOCUMENTED, since="6.7"),
    _host_issue("memory-limit", host.is_exceeded_by_memory, issue("tooMuchMemory"), _DOCUMENTED, since="6.7"),
)

COMPATIBILITY: Final = (
    _compatible("primary-host", place.runs_the_primary, because.ON_PRIMARY_HOST, _DERIVED),
    _compatible("same-cluster", place.is_foreign, because.OUTSIDE_CLUSTER, _DERIVED),
    _compatible("host-rule", place.breaks_host_rule, because.HOST_RULE, _DERIVED, since="4.1"),
    _compatible("failover-host", place.is_failover_host, because.FAILOVER_HOST, _DERIVED),
    _compatible("disks", place.unreachable_disk, because.UNREACHABLE_DISK, _DERIVED),
    _compatible(
        "config-datastore", place.unreachable_datastore, because.UNREACHABLE_CONFIG, _DERIVED, since="6.0"
    ),
    _compatible("metadata", place.unreachable_metadata, because.UNREACHABLE_METADATA, _DERIVED, since="6.0"),
    _compatible("networks", place.unreachable_network, because.UNREACHABLE_NETWORK, _DERIVED),
    _compatible("build", place.has_other_build, because.OTHER_BUILD, _DOCUMENTED, until="4.0"),
    _compatible("cpu", place.has_other_cpu, because.OTHER_CPU, _DERIVED),
)

RESOURCES: Final = (
    _resource(
        "pool-memory",
        secondary_storage.lacks_pool_memory,
        unfit.POOL_MEMORY,
        _DERIVED,
        scope=Scope.VM,
        running=True,
    ),
    _resource(
        "memory", capacity.lacks_memory, because.TOO_LITTLE_MEMORY, _DERIVED, scope=Scope.HOST, running=True
    ),
    _resource(
        "disk-space", secondary_storage.full_datastore, unfit.DISK_SPACE, _DERIVED, scope=Scope.VM, kind=_SMP
    ),
)

POWER_ON: Final = (
    _power_on(
        "failover-capacity",
        secondary_storage.lacks_failover_capacity,
        fault("InsufficientFailoverResourcesFault"),
        _DERIVED,
        scope=Scope.VM,
    ),
    _power_on(
        "host-group",
        place.breaks_host_group,
        because.OTHER_SITE,
        _DERIVED,
        scope=Scope.TARGET,
        since="8.0.3.0",
    ),
    _power_on(
        "ft-vms", capacity.has_too_many_vms, because.TOO_MANY_VMS, _DOCUMENTED, scope=Scope.HOST, since="4.1"
    ),
    _power_on(
        "ft-vcpus",
        capacity.has_too_many_vcpus,
        because.TOO_MANY_VCPUS,
        _DOCUMENTED,
        scope=Scope.HOST,
        since="6.0",
    ),
    _power_on("host-memory", capacity.lacks_memory, because.TOO_LITTLE_MEMORY, _DERIVED, scope=Scope.TARGET),
)

CHECKS: Final[tuple[Check, ...]] = (
    *ELIGIBILITY,
    *VM_ISSUES,
    *DEVICE_ISSUES,
    *HOST_ISSUES,
    *COMPATIBILITY,
    *RESOURCES,
    *POWER_ON,
)

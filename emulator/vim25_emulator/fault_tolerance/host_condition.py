"""Conditions of the ISSUES checks of a host: whether it can run a VM of a pair at all.

The first line of each docstring is printed in the documentation, as "fails if it …".
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.fault_tolerance.pair_kind import PairKind
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.fault_tolerance.vm_condition import most_vcpus
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.host_service import is_in_service
from vim25_emulator.model.virtual_machine_config import FT_ENCRYPTION_REQUIRED
from vim25_emulator.vmodl.value import DataObject

#: Required bandwidth of Fault Tolerance logging from 6.0 on, in Mb/s: 10 GbE [documented].
ENOUGH_MBPS: Final = 10_000

#: First host version that records vmxnet3 and paravirtual SCSI [documented].
_FIRST_WITH_PARAVIRTUAL: Final = ["4", "1"]

#: HA agents in these states protect the host's VMs.
_LIVE_AGENT: Final = frozenset({"master", "connectedToMaster"})

#: Kind of Fault Tolerance → property of a host that lists its obstacles.
_ISSUES_AT: Final = {
    PairKind.LEGACY: "capability.ftCompatibilityIssues",
    PairKind.CHECKPOINTING: "capability.smpFtCompatibilityIssues",
}
_SUPPORTED_AT: Final = {
    PairKind.LEGACY: "capability.ftSupported",
    PairKind.CHECKPOINTING: "capability.smpFtSupported",
}


def _capability_issue(request: SecondaryRequest, host: ManagedObject, reason: str) -> bool:
    return reason in (host.get(_ISSUES_AT[request.kind]) or ())


def is_inactive(request: SecondaryRequest, host: ManagedObject) -> bool:
    """It is disconnected, does not respond, or is in maintenance or standby mode, or entering one of them.

    The primary runs on a host that is entering maintenance mode until it leaves.
    """
    return not is_in_service(host) or (host.ref in request.entering and host is not request.source)


def is_unsupported_product(request: SecondaryRequest, host: ManagedObject) -> bool:
    """It runs a product without Fault Tolerance."""
    return _capability_issue(request, host, "unsupportedProduct")


def is_server(request: SecondaryRequest, host: ManagedObject) -> bool:
    """It runs VMware Server."""
    return bool(host.get("config.product.productLineId") == "gsx")


def is_older_product(request: SecondaryRequest, host: ManagedObject) -> bool:
    """It runs a product without Fault Tolerance that is not VMware Server."""
    return is_unsupported_product(request, host) and not is_server(request, host)


def lacks_hardware_virtualization(request: SecondaryRequest, host: ManagedObject) -> bool:
    """Its CPUs have no hardware virtualization."""
    return _capability_issue(request, host, "cpuHvUnsupported")


def lacks_hardware_mmu(request: SecondaryRequest, host: ManagedObject) -> bool:
    """Its CPUs have no hardware memory virtualization."""
    return _capability_issue(request, host, "cpuHwmmuUnsupported")


def has_hardware_virtualization_off(request: SecondaryRequest, host: ManagedObject) -> bool:
    """Hardware virtualization is switched off in its BIOS."""
    return _capability_issue(request, host, "cpuHvDisabled")


def is_unsupported_hardware(request: SecondaryRequest, host: ManagedObject) -> bool:
    """It does not support Fault Tolerance, and lists no reason."""
    supported = host.get(_SUPPORTED_AT[request.kind])
    return supported is False and not host.get(_ISSUES_AT[request.kind])


def lacks_license(request: SecondaryRequest, host: ManagedObject) -> bool:
    """Its license does not include Fault Tolerance for the number of vCPUs of the VM.

    The number of vCPUs that a license covers is the host's `maxVcpusPerFtVm` [derived].
    """
    if _capability_issue(request, host, "ftNotLicensed"):
        return True
    covered = host.get("capability.maxVcpusPerFtVm")
    if request.kind is PairKind.LEGACY or covered is None:
        return False
    return bool(covered < request.vcpus <= max(most_vcpus(request), covered))


def lacks_vmotion_license(request: SecondaryRequest, host: ManagedObject) -> bool:
    """Its license does not include vMotion."""
    return _capability_issue(request, host, "vMotionNotLicensed")


def lacks_vmotion_nic(request: SecondaryRequest, host: ManagedObject) -> bool:
    """None of its VMkernel NICs is enabled for vMotion."""
    return not _service_nics(host, "vmotion")


def lacks_logging_nic(request: SecondaryRequest, host: ManagedObject) -> bool:
    """None of its VMkernel NICs is enabled for Fault Tolerance logging."""
    return not _service_nics(host, "faultToleranceLogging")


def has_slow_logging_nic(request: SecondaryRequest, host: ManagedObject) -> bool:
    """Its fastest NIC for Fault Tolerance logging is slower than 10 Gb/s."""
    return not lacks_logging_nic(request, host) and logging_speed(host) < ENOUGH_MBPS


def logging_speed(host: ManagedObject) -> int:
    """Return the speed in Mb/s of a host's fastest NIC for Fault Tolerance logging; 0 without one."""
    return max((_speed(host, nic) for nic in _service_nics(host, "faultToleranceLogging")), default=0)


def _service_nics(host: ManagedObject, service: str) -> list[DataObject]:
    """Return the VMkernel NICs that are selected for a service."""
    configs = host.get("config.virtualNicManagerInfo.netConfig") or ()
    config = next((config for config in configs if config.nicType == service), None)
    if config is None:
        return []
    return [nic for nic in config.candidateVnic if nic.key in config.selectedVnic]


def _speed(host: ManagedObject, nic: DataObject) -> int:
    """Return the speed in Mb/s of the fastest uplink of a VMkernel NIC; 0 if none is connected."""
    network = host.get("config.network")
    switches = {group.vswitch for group in network.portgroup if group.spec.name == nic.portgroup}
    uplinks = {key for switch in network.vswitch if switch.key in switches for key in switch.pnic}
    return max((p.linkSpeed.speedMb for p in network.pnic if p.key in uplinks and p.linkSpeed), default=0)


def has_dead_agent(request: SecondaryRequest, host: ManagedObject) -> bool:
    """Its HA agent is not running."""
    state = host.get("runtime.dasHostState")
    return state is not None and state.state not in _LIVE_AGENT


def is_exceeded_by_vcpus(request: SecondaryRequest, host: ManagedObject) -> bool:
    """The VM has more vCPUs than Fault Tolerance supports, or than the host has threads."""
    threads = host.get("hardware.cpuInfo.numCpuThreads")
    return request.vcpus > most_vcpus(request) or (threads is not None and request.vcpus > threads)


def is_exceeded_by_memory(request: SecondaryRequest, host: ManagedObject) -> bool:
    """The VM has more memory than the host supports for Fault Tolerance."""
    limit = host.get("capability.maxMemMBPerFtVm")
    return limit is not None and request.memory > limit


def cannot_encrypt(request: SecondaryRequest, host: ManagedObject) -> bool:
    """It cannot encrypt the traffic of Fault Tolerance, which the VM requires."""
    required = request.primary.get("config.ftEncryptionMode") == FT_ENCRYPTION_REQUIRED
    return required and host.get("capability.encryptedFtSupported") is not True


def young_device(request: SecondaryRequest, host: ManagedObject, type_name: str) -> DataObject | None:
    """Return a device of this type of the VM if the host is too old to record it (before 4.1)."""
    version = str(host.get("config.product.version") or "")
    old = version.split(".")[:2] < _FIRST_WITH_PARAVIRTUAL
    return next((device for device in request.devices if old and device.is_a(type_name)), None)


def is_too_old_for_adapter(request: SecondaryRequest, host: ManagedObject) -> bool:
    """It is too old to record the VM's vmxnet3 adapter."""
    return young_device(request, host, "VirtualVmxnet3") is not None


def is_too_old_for_controller(request: SecondaryRequest, host: ManagedObject) -> bool:
    """It is too old to record the VM's paravirtual SCSI controller."""
    return young_device(request, host, "ParaVirtualSCSIController") is not None

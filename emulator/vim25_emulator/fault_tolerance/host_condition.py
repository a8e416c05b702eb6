"""What can be wrong with a host that shall run one VM of a pair: a condition per check."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from vim25_emulator.fault_tolerance.creation import Creation, PairKind
from vim25_emulator.fault_tolerance.vm_condition import most_vcpus
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.cluster_policy import MAX_VCPUS_PER_HOST, MAX_VMS_PER_HOST, limit
from vim25_emulator.model.host_service import is_in_service
from vim25_emulator.model.related_object import running_vms
from vim25_emulator.vmodl.value import DataObject, MoRef

_MIB: Final = 1 << 20

#: What a network for the traffic between the two VMs must carry from 6.0 on (documented: 10 GbE).
ENOUGH_MBPS: Final = 10_000

#: The version of hosts that record vmxnet3 and paravirtual SCSI (documented).
_FIRST_WITH_PARAVIRTUAL: Final = ["4", "1"]

#: HA agents in these states protect the host's VMs.
_LIVE_AGENT: Final = frozenset({"master", "connectedToMaster"})

#: Where a host lists what keeps it from each make of Fault Tolerance.
_ISSUES_AT: Final = {
    PairKind.LEGACY: "capability.ftCompatibilityIssues",
    PairKind.CHECKPOINTING: "capability.smpFtCompatibilityIssues",
}
_SUPPORTED_AT: Final = {
    PairKind.LEGACY: "capability.ftSupported",
    PairKind.CHECKPOINTING: "capability.smpFtSupported",
}


def _capability_issue(creation: Creation, host: ManagedObject, reason: str) -> bool:
    return reason in (host.get(_ISSUES_AT[creation.kind]) or ())


def is_inactive(creation: Creation, host: ManagedObject) -> bool:
    """It is disconnected, does not respond, or is in maintenance or standby mode."""
    return not is_in_service(host)


def is_unsupported_product(creation: Creation, host: ManagedObject) -> bool:
    """It runs a product without Fault Tolerance."""
    return _capability_issue(creation, host, "unsupportedProduct")


def is_server(creation: Creation, host: ManagedObject) -> bool:
    """It runs VMware Server."""
    return bool(host.get("config.product.productLineId") == "gsx")


def is_older_product(creation: Creation, host: ManagedObject) -> bool:
    """It runs a product without Fault Tolerance that is not VMware Server."""
    return is_unsupported_product(creation, host) and not is_server(creation, host)


def lacks_hardware_virtualization(creation: Creation, host: ManagedObject) -> bool:
    """Its CPUs have no hardware virtualization."""
    return _capability_issue(creation, host, "cpuHvUnsupported")


def lacks_hardware_mmu(creation: Creation, host: ManagedObject) -> bool:
    """Its CPUs have no hardware memory virtualization."""
    return _capability_issue(creation, host, "cpuHwmmuUnsupported")


def has_hardware_virtualization_off(creation: Creation, host: ManagedObject) -> bool:
    """Hardware virtualization is switched off in its BIOS."""
    return _capability_issue(creation, host, "cpuHvDisabled")


def is_unsupported_hardware(creation: Creation, host: ManagedObject) -> bool:
    """It says that it does not support Fault Tolerance, and gives no other reason."""
    supported = host.get(_SUPPORTED_AT[creation.kind])
    return supported is False and not host.get(_ISSUES_AT[creation.kind])


def lacks_license(creation: Creation, host: ManagedObject) -> bool:
    """Its license does not have Fault Tolerance, or not for as many vCPUs as the VM has.

    The vCPUs that a license covers are read from the host's `maxVcpusPerFtVm` (derived).
    """
    if _capability_issue(creation, host, "ftNotLicensed"):
        return True
    covered = host.get("capability.maxVcpusPerFtVm")
    if creation.kind is PairKind.LEGACY or covered is None:
        return False
    return bool(covered < creation.vcpus <= max(most_vcpus(creation), covered))


def lacks_vmotion_license(creation: Creation, host: ManagedObject) -> bool:
    """Its license does not have vMotion."""
    return _capability_issue(creation, host, "vMotionNotLicensed")


def lacks_vmotion_nic(creation: Creation, host: ManagedObject) -> bool:
    """None of its VMkernel NICs carries vMotion."""
    return not _service_nics(host, "vmotion")


def lacks_logging_nic(creation: Creation, host: ManagedObject) -> bool:
    """None of its VMkernel NICs carries Fault Tolerance logging."""
    return not _service_nics(host, "faultToleranceLogging")


def has_slow_logging_nic(creation: Creation, host: ManagedObject) -> bool:
    """The fastest NIC for Fault Tolerance logging is below 10 Gb/s."""
    return not lacks_logging_nic(creation, host) and logging_speed(host) < ENOUGH_MBPS


def logging_speed(host: ManagedObject) -> int:
    """Return the speed in Mb/s of a host's fastest NIC for Fault Tolerance logging; 0 without one."""
    return max((_speed(host, nic) for nic in _service_nics(host, "faultToleranceLogging")), default=0)


def _service_nics(host: ManagedObject, service: str) -> list[DataObject]:
    """Return the VMkernel NICs that are selected for a service."""
    configs = host.get("config.virtualNicManagerInfo.netConfig") or ()
    config = next((held for held in configs if held.nicType == service), None)
    if config is None:
        return []
    return [nic for nic in config.candidateVnic if nic.key in config.selectedVnic]


def _speed(host: ManagedObject, nic: DataObject) -> int:
    """Return the speed in Mb/s of the fastest physical NIC under a VMkernel NIC; 0 if none is connected."""
    network = host.get("config.network")
    switches = {group.vswitch for group in network.portgroup if group.spec.name == nic.portgroup}
    uplinks = {key for switch in network.vswitch if switch.key in switches for key in switch.pnic}
    return max((p.linkSpeed.speedMb for p in network.pnic if p.key in uplinks and p.linkSpeed), default=0)


def has_dead_agent(creation: Creation, host: ManagedObject) -> bool:
    """Its HA agent does not run."""
    state = host.get("runtime.dasHostState")
    return state is not None and state.state not in _LIVE_AGENT


def is_exceeded_by_vcpus(creation: Creation, host: ManagedObject) -> bool:
    """The VM has more vCPUs than Fault Tolerance supports, or than the host has threads."""
    threads = host.get("hardware.cpuInfo.numCpuThreads")
    return creation.vcpus > most_vcpus(creation) or (threads is not None and creation.vcpus > threads)


def is_exceeded_by_memory(creation: Creation, host: ManagedObject) -> bool:
    """The VM has more memory than the host supports for Fault Tolerance."""
    most = host.get("capability.maxMemMBPerFtVm")
    return most is not None and creation.memory > most


def runs_the_primary(creation: Creation, host: ManagedObject) -> bool:
    """The primary itself is on it."""
    return host is creation.source


def is_foreign(creation: Creation, host: ManagedObject) -> bool:
    """It is not in the primary's cluster."""
    return creation.cluster is None or bool(host.get("parent") != creation.cluster.ref)


def is_failover_host(creation: Creation, host: ManagedObject) -> bool:
    """HA keeps it free for failovers."""
    cluster = creation.cluster
    policy = cluster.get("configurationEx.dasConfig.admissionControlPolicy") if cluster is not None else None
    if policy is None or not policy.is_a("ClusterFailoverHostAdmissionControlPolicy"):
        return False
    return host.ref in policy.failoverHosts


def unreachable_disk(creation: Creation, host: ManagedObject) -> DataObject | None:
    """A disk of the secondary would be on a datastore that the host does not reach."""
    return next((d for d in creation.disks if _unreachable(creation, host, creation.datastore_of(d))), None)


def unreachable_datastore(creation: Creation, host: ManagedObject) -> MoRef | None:
    """The secondary's configuration would be on a datastore that the host does not reach."""
    wanted = creation.datastore_of_config()
    return wanted if _unreachable(creation, host, wanted) else None


def unreachable_metadata(creation: Creation, host: ManagedObject) -> MoRef | None:
    """The metadata datastore that the request names is not reached by this host or by the primary's."""
    wanted = creation.metadata_datastore
    hosts = (host, creation.source)
    return wanted if any(h is not None and _unreachable(creation, h, wanted) for h in hosts) else None


def _unreachable(creation: Creation, host: ManagedObject, ref: MoRef | None) -> bool:
    """Whether a datastore is not mounted on a host, or cannot be accessed from it."""
    datastore = creation.inventory.find(ref)
    if datastore is None:
        return ref is not None
    mount = next((held.mountInfo for held in datastore.get("host") if held.key == host.ref), None)
    return ref not in host.get("datastore") or (mount is not None and mount.accessible is False)


def unreachable_network(creation: Creation, host: ManagedObject) -> DataObject | None:
    """A network card of the VM is connected to a network that the host does not have."""
    cards = (device for device in creation.devices if device.is_a("VirtualEthernetCard"))
    return next((card for card in cards if network_of(card) not in (None, *host.get("network"))), None)


def network_of(card: DataObject) -> MoRef | None:
    """Return the network behind a network card, where its backing names one."""
    backing = card.backing
    if backing is None or not backing.is_a("VirtualEthernetCardNetworkBackingInfo"):
        return None
    network: MoRef | None = backing.network
    return network


def has_other_build(creation: Creation, host: ManagedObject) -> bool:
    """It runs another build than the primary's host."""
    source = creation.source
    return source is not None and host.get("config.product.build") != source.get("config.product.build")


def has_other_cpu(creation: Creation, host: ManagedObject) -> bool:
    """Its CPUs are not like those of the primary's host.

    Record and replay needs the same family and model, checkpointing the same vendor (derived).
    """
    other = differences(creation, host)
    return other.family or other.model if creation.kind is PairKind.LEGACY else other.vendor


class Differences(NamedTuple):
    """In what the processors of two hosts differ; those of another vendor differ in everything."""

    vendor: bool
    family: bool
    model: bool
    stepping: bool


def differences(creation: Creation, host: ManagedObject) -> Differences:
    """Return in what a host's processors differ from those of the primary's host."""
    here, there = _processor(creation.source), _processor(host)
    changed = [ours != theirs for ours, theirs in zip(here, there, strict=True)]
    return Differences(*(any(changed[: index + 1]) for index in range(len(changed))))


def _processor(host: ManagedObject | None) -> tuple[Any, Any, Any, Any]:
    """Return vendor, family, model and stepping of a host's processors."""
    packages = (host.get("hardware.cpuPkg") if host is not None else None) or ()
    if not packages:
        return (None, None, None, None)
    first = packages[0]
    return (first.vendor, first.family, first.model, first.stepping)


def breaks_host_group(creation: Creation, host: ManagedObject) -> bool:
    """Both VMs of a pair across two sites would be on the same site's hosts.

    The hosts of the pair's group are one site, the others the other one (derived).
    """
    group = metro_group(creation, host)
    if group is None or creation.source is None:
        return False
    members = _group_members(creation, group)
    return (host.ref in members) is (creation.source.ref in members)


def metro_group(creation: Creation, host: ManagedObject) -> str | None:
    """Return the host group of a pair across two sites; None for any other pair."""
    spec, config = creation.spec, creation.primary.get("config")
    wanted = spec if spec is not None and spec.metroFtEnabled else config
    group: str | None = wanted.metroFtHostGroup if wanted is not None and wanted.metroFtEnabled else None
    return group


def _group_members(creation: Creation, name: str) -> tuple[MoRef, ...]:
    cluster = creation.cluster
    groups = (cluster.get("configurationEx.group") if cluster is not None else None) or ()
    found = (group.host for group in groups if group.name == name and group.is_a("ClusterHostGroup"))
    return next(found, None) or ()


def young_device(creation: Creation, host: ManagedObject, type_name: str) -> DataObject | None:
    """Return a device of this type of the VM, if the host is too old to record it (before 4.1)."""
    version = str(host.get("config.product.version") or "")
    old = version.split(".")[:2] < _FIRST_WITH_PARAVIRTUAL
    return next((device for device in creation.devices if old and device.is_a(type_name)), None)


def is_too_old_for_adapter(creation: Creation, host: ManagedObject) -> bool:
    """It is too old to record the VM's vmxnet3 adapter."""
    return young_device(creation, host, "VirtualVmxnet3") is not None


def is_too_old_for_controller(creation: Creation, host: ManagedObject) -> bool:
    """It is too old to record the VM's paravirtual SCSI controller."""
    return young_device(creation, host, "ParaVirtualSCSIController") is not None


def unreserved_memory(inventory: Inventory, host: ManagedObject, without: ManagedObject) -> int:
    """Return the bytes of a host's memory that no running VM, `without` left out, has reserved."""
    running = (vm for vm in running_vms(inventory, host) if vm is not without)
    reserved = sum(vm.get("config.memoryAllocation.reservation") or 0 for vm in running)
    return int(host.get("hardware.memorySize") or 0) - reserved * _MIB


def lacks_memory(creation: Creation, host: ManagedObject) -> bool:
    """Its unreserved memory is less than the VM's whole memory."""
    return unreserved_memory(creation.inventory, host, creation.primary) < requested_memory(creation, host)


def requested_memory(creation: Creation, host: ManagedObject) -> int:
    """Return the bytes that one VM of the pair reserves."""
    return creation.memory * _MIB


def unreserved_on(creation: Creation, host: ManagedObject) -> int:
    """Return the bytes of the host's memory that other VMs leave unreserved."""
    return unreserved_memory(creation.inventory, host, creation.primary)


def has_too_many_vms(creation: Creation, host: ManagedObject) -> bool:
    """With this pair it would run more fault tolerant VMs than `das.maxftvmsperhost` allows."""
    most = max_vms(creation, host)
    return most is not None and len(_fault_tolerant_on(creation, host)) + 1 > most


def has_too_many_vcpus(creation: Creation, host: ManagedObject) -> bool:
    """With this pair it would run more fault tolerant vCPUs than `das.maxftvcpusperhost` allows."""
    most = max_vcpus(creation, host)
    running = sum(vm.get("config.hardware.numCPU") for vm in _fault_tolerant_on(creation, host))
    return most is not None and running + creation.vcpus > most


def max_vms(creation: Creation, host: ManagedObject) -> int | None:
    """Return how many fault tolerant VMs a host of the cluster may run; None for any number."""
    return limit(creation.cluster, MAX_VMS_PER_HOST)


def max_vcpus(creation: Creation, host: ManagedObject) -> int | None:
    """Return how many fault tolerant vCPUs a host of the cluster may run; None for any number."""
    return limit(creation.cluster, MAX_VCPUS_PER_HOST)


def _fault_tolerant_on(creation: Creation, host: ManagedObject) -> list[ManagedObject]:
    """Return the fault tolerant VMs that run on a host, the pair in question left out."""
    info: Any = creation.primary.get("config.ftInfo")
    own = {creation.primary.ref, *(info.secondaries if info is not None else ())}
    running = running_vms(creation.inventory, host)
    return [vm for vm in running if vm.get("config.ftInfo") is not None and vm.ref not in own]

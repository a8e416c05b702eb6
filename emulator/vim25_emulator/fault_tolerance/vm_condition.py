"""Conditions of the checks of the VM.

The first line of each docstring is printed in the documentation, as "fails if it …".
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.fault_tolerance.device_condition import has_local_disk as is_on_one_host
from vim25_emulator.fault_tolerance.device_condition import has_unsupported_backing as is_exotic
from vim25_emulator.fault_tolerance.device_condition import is_physical_raw_disk as is_raw
from vim25_emulator.fault_tolerance.pair_kind import PairKind, is_legacy
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest, datastore_behind
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import ha_disabled_for, ha_enabled
from vim25_emulator.model.host_storage import fault_domain_of
from vim25_emulator.model.placement_rule import members
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.vmodl.value import MoRef
from vim25_emulator.vmodl.version import version

#: The extension that manages agent VMs.
_AGENT_MANAGER: Final = "com.vmware.vim.eam"

#: The settings of vCenter, and the one that enables the check of host certificates [derived].
_SETTINGS: Final = MoRef("OptionManager", "VpxSettings")
_CHECK_CERTIFICATES: Final = "verifySSL.enabled"

#: Size of a disk from which on it is not supported, in KB: 2 TB [documented].
_LARGE_KB: Final = 2 << 30

#: Fault domains for data in a stretched vSAN cluster; a third one has the witness only [derived].
_SITES: Final = 2

#: CPU family of AMD Barcelona: recording cannot start in a running VM [observed: vpxd.log of 4.0].
_BARCELONA: Final = 16

#: First release → maximum vCPUs of a fault tolerant VM under the best license [documented].
_MOST_VCPUS: Final = (("6.7", 8), ("6.0", 4), ("4.0", 1))


def most_vcpus(request: SecondaryRequest) -> int:
    """Return the maximum vCPUs of a fault tolerant VM in this release, under any license; one for legacy."""
    if request.kind is PairKind.LEGACY:
        return 1
    return next(number for since, number in _MOST_VCPUS if request.release >= version(since))


def is_template(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It is a template."""
    return bool(vm.get("config.template"))


def lacks_ha(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It is not in a cluster with vSphere HA enabled, or HA is disabled for it."""
    return not ha_enabled(request.cluster) or ha_disabled_for(request.cluster, vm)


def lacks_configuration(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """Its configuration is not available: it is disconnected, inaccessible, orphaned or invalid."""
    return vm.get("config") is None or vm.get("runtime.connectionState") != "connected"


def is_secondary(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It is a secondary."""
    info = vm.get("config.ftInfo")
    return info is not None and info.role != 1


def has_secondary(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It already has a secondary."""
    info = vm.get("config.ftInfo")
    return info is not None and bool(info.secondaries)


def certificates_unchecked(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """Its vCenter does not check the certificates of hosts."""
    manager = request.inventory.find(_SETTINGS)
    options = (manager.get("setting") if manager is not None else None) or ()
    return any(option.key == _CHECK_CERTIFICATES and option.value is False for option in options)


def is_legacy_pair(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It has legacy Fault Tolerance."""
    return vm.get("config.ftInfo") is not None and is_legacy(vm)


def has_snapshots(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It has snapshots, or disks that need consolidation, and no Fault Tolerance yet.

    A disk-only snapshot of a pair does not keep its secondary from starting [derived].
    """
    has = vm.get("snapshot") is not None or bool(vm.get("runtime.consolidationNeeded"))
    return has and vm.get("config.ftInfo") is None


def lacks_record_replay(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It cannot be recorded and replayed."""
    return vm.get("capability.recordReplaySupported") is False


def replays_only_from_power_on(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """Its processor cannot start to record a running VM."""
    packages = (request.source.get("hardware.cpuPkg") if request.source is not None else None) or ()
    return any(package.vendor == "amd" and package.family == _BARCELONA for package in packages)


def runs_on_hardware_mmu(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It uses hardware memory virtualization, which record and replay does not support."""
    return bool(vm.get("config.flags.virtualMmuUsage") == "on")


def is_replicated(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """vSphere Replication protects it."""
    return vm.get("config.repConfig") is not None


def is_encrypted(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It is encrypted."""
    return vm.get("config.keyId") is not None


def is_sealed_by_sev(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """AMD SEV is enabled for it."""
    return bool(vm.get("config.sevEnabled"))


def has_enclaves(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It has Intel SGX memory."""
    return bool(vm.get("config.sgxInfo.epcSize"))


def is_sealed_by_tdx(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """Intel TDX is enabled for it."""
    return bool(vm.get("config.tdxEnabled"))


def has_storage_policy(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """A storage policy adds I/O filters to one of its disks outside vSAN.

    vim25 has no property for the policies themselves, only for the filters that they add [derived].
    """
    filtered = (disk for disk in request.disks if disk.iofilter)
    datastores = (request.inventory.find(datastore_behind(disk)) for disk in filtered)
    return any(datastore is not None and datastore.get("summary.type") != "vsan" for datastore in datastores)


def has_unsupported_disk(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """One of its disks has a format that Fault Tolerance does not support, or 2 TB and more."""
    return any(
        is_raw(request, disk) or is_exotic(request, disk) or disk.capacityInKB >= _LARGE_KB
        for disk in request.disks
    )


def uses_npiv(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It has world wide names of its own (NPIV), which are not disabled."""
    names = vm.get("config.npivNodeWorldWideName") or vm.get("config.npivPortWorldWideName")
    return bool(names) and not vm.get("config.npivTemporaryDisabled")


def mixes_vsan(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """Some files of the pair would be on vSAN, and some on another kind of datastore."""
    own = (datastore_behind(disk) for disk in request.disks)
    copies = (request.datastore_of(disk) for disk in request.disks)
    specified = (request.datastore_of_config(), request.metadata_datastore)
    refs = {*(vm.get("datastore") or ())[:1], *own, *copies, *specified} - {None}
    return len({_is_vsan(request, ref) for ref in refs}) > 1


def _is_vsan(request: SecondaryRequest, ref: MoRef | None) -> bool:
    datastore = request.inventory.find(ref)
    return datastore is not None and datastore.get("summary.type") == "vsan"


def is_on_stretched_vsan(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It is on vSAN, and the hosts of its cluster are in two fault domains: a stretched cluster."""
    on_vsan = any(_is_vsan(request, ref) for ref in vm.get("datastore") or ())
    domains = {fault_domain_of(host) for host in hosts_of(request.inventory, request.cluster)} - {None}
    return on_vsan and len(domains) == _SITES


def has_local_disk(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """One of its disks is on a datastore that only one host can access."""
    return any(is_on_one_host(request, disk) for disk in request.disks)


def has_too_many_vcpus(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It has more vCPUs than Fault Tolerance supports in this release."""
    return request.vcpus > most_vcpus(request)


def is_agent(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It is managed by ESX Agent Manager."""
    manager = vm.get("config.managedBy")
    return manager is not None and manager.extensionKey == _AGENT_MANAGER


def has_3d_video(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """3D graphics is enabled on its video card."""
    cards = (device for device in request.devices if device.is_a("VirtualMachineVideoCard"))
    return any(card.enable3DSupport for card in cards)


def virtualizes_hardware(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It exposes hardware virtualization to its guest, or uses virtualization-based security."""
    return bool(vm.get("config.nestedHVEnabled") or vm.get("config.flags.vbsEnabled"))


def has_flash_cache(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It reserves flash read cache."""
    return bool(vm.get("config.vFlashCacheReservation")) or any(
        disk.vFlashCacheConfigInfo is not None for disk in request.disks
    )


def has_efi_firmware(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It has EFI firmware, and its host does not support Fault Tolerance with EFI."""
    host = request.source
    supported = host.get("capability.ftEfiSupported") if host is not None else None
    return vm.get("config.firmware") == "efi" and supported is not True


def has_linked_clone_disk(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """It is a linked clone: a disk has a parent without a snapshot."""
    backings = [disk.backing for disk in request.disks]
    return vm.get("snapshot") is None and any(
        "parent" in backing.type_.properties and backing.parent is not None for backing in backings if backing
    )


def fails_over_persistent_memory(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """HA may fail it over although it uses persistent memory."""
    return bool(vm.get("config.pmemFailoverEnabled"))


def has_lone_encrypted_disk(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """One of its disks is encrypted although the VM is not."""
    backings = [disk.backing for disk in request.disks]
    return vm.get("config.keyId") is None and any(
        "keyId" in backing.type_.properties and backing.keyId is not None for backing in backings if backing
    )


def lacks_metro_host_group(request: SecondaryRequest, vm: ManagedObject) -> bool:
    """The request is for a pair across two sites and names no host group with hosts of the cluster."""
    spec = request.spec
    if spec is None or not spec.metroFtEnabled:
        return False
    return not members(request.cluster, spec.metroFtHostGroup, "ClusterHostGroup", "host")

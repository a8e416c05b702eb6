"""What can be wrong with a VM that shall become fault tolerant: a condition per check."""

from __future__ import annotations

from typing import Final

from vim25_emulator.fault_tolerance.creation import Creation, PairKind, datastore_behind
from vim25_emulator.fault_tolerance.device_condition import has_local_disk as is_on_one_host
from vim25_emulator.fault_tolerance.device_condition import has_unsupported_backing as is_exotic
from vim25_emulator.fault_tolerance.device_condition import is_physical_raw_disk as is_raw
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import ha_disabled_for, ha_enabled
from vim25_emulator.vmodl.value import MoRef
from vim25_emulator.vmodl.version import version

#: The extension that manages agent VMs.
_AGENT_MANAGER: Final = "com.vmware.vim.eam"

#: Where vCenter keeps its settings, and the one that has it check the certificates of hosts [derived].
_SETTINGS: Final = MoRef("OptionManager", "VpxSettings")
_CHECK_CERTIFICATES: Final = "verifySSL.enabled"

#: The family of the first AMD processors that replay: a VM on one must be off to become recorded (seen).
_BARCELONA: Final = 16

#: The most vCPUs of a fault tolerant VM under the best license, by the release that brought it (documented).
_MOST_VCPUS: Final = (("6.7", 8), ("6.0", 4), ("4.0", 1))


def most_vcpus(creation: Creation) -> int:
    """Return how many vCPUs Fault Tolerance supports in this release, whatever the license; legacy, one."""
    if creation.kind is PairKind.LEGACY:
        return 1
    return next(number for since, number in _MOST_VCPUS if creation.release >= version(since))


def is_template(creation: Creation, vm: ManagedObject) -> bool:
    """It is a template."""
    return bool(vm.get("config.template"))


def lacks_ha(creation: Creation, vm: ManagedObject) -> bool:
    """It is not in a cluster with vSphere HA on, or HA is disabled for it."""
    return not ha_enabled(creation.cluster) or ha_disabled_for(creation.cluster, vm)


def lacks_configuration(creation: Creation, vm: ManagedObject) -> bool:
    """Its configuration is not available: it is disconnected, inaccessible, orphaned or invalid."""
    return vm.get("config") is None or vm.get("runtime.connectionState") != "connected"


def is_secondary(creation: Creation, vm: ManagedObject) -> bool:
    """It is a secondary itself."""
    info = vm.get("config.ftInfo")
    return info is not None and info.role != 1


def has_secondary(creation: Creation, vm: ManagedObject) -> bool:
    """It has a secondary already."""
    info = vm.get("config.ftInfo")
    return info is not None and bool(info.secondaries)


def certificates_unchecked(creation: Creation, vm: ManagedObject) -> bool:
    """Its vCenter does not check the certificates of hosts."""
    manager = creation.inventory.find(_SETTINGS)
    held = (manager.get("setting") if manager is not None else None) or ()
    return any(option.key == _CHECK_CERTIFICATES and option.value is False for option in held)


def is_legacy_pair(creation: Creation, vm: ManagedObject) -> bool:
    """It is fault tolerant by record and replay."""
    return vm.get("config.ftInfo") is not None and vm.get("config.flags.faultToleranceType") == "recordReplay"


def has_snapshots(creation: Creation, vm: ManagedObject) -> bool:
    """It has snapshots, or disks that need consolidation."""
    return vm.get("snapshot") is not None or bool(vm.get("runtime.consolidationNeeded"))


def lacks_record_replay(creation: Creation, vm: ManagedObject) -> bool:
    """It cannot be recorded and replayed."""
    return vm.get("capability.recordReplaySupported") is False


def replays_only_from_power_on(creation: Creation, vm: ManagedObject) -> bool:
    """It runs on a processor that cannot begin to record in the middle of a VM's life."""
    packages = (creation.source.get("hardware.cpuPkg") if creation.source is not None else None) or ()
    return any(package.vendor == "amd" and package.family == _BARCELONA for package in packages)


def runs_on_hardware_mmu(creation: Creation, vm: ManagedObject) -> bool:
    """It runs with the processor's memory virtualization, which record and replay cannot follow."""
    return bool(vm.get("config.flags.virtualMmuUsage") == "on")


def is_replicated(creation: Creation, vm: ManagedObject) -> bool:
    """vSphere Replication protects it."""
    return vm.get("config.repConfig") is not None


def is_encrypted(creation: Creation, vm: ManagedObject) -> bool:
    """It is encrypted."""
    return vm.get("config.keyId") is not None


def is_sealed_by_sev(creation: Creation, vm: ManagedObject) -> bool:
    """AMD SEV is enabled for it."""
    return bool(vm.get("config.sevEnabled"))


def has_enclaves(creation: Creation, vm: ManagedObject) -> bool:
    """It has Intel SGX memory."""
    return bool(vm.get("config.sgxInfo.epcSize"))


def is_sealed_by_tdx(creation: Creation, vm: ManagedObject) -> bool:
    """Intel TDX is enabled for it."""
    return bool(vm.get("config.tdxEnabled"))


def has_storage_policy(creation: Creation, vm: ManagedObject) -> bool:
    """A storage policy put I/O filters on a disk of it that is not on vSAN.

    Policies themselves have no property in vim25; the filters that one brings do (derived).
    """
    filtered = (disk for disk in creation.disks if disk.iofilter)
    stores = (creation.inventory.find(datastore_behind(disk)) for disk in filtered)
    return any(store is not None and store.get("summary.type") != "vsan" for store in stores)


def has_unsupported_disk(creation: Creation, vm: ManagedObject) -> bool:
    """A disk of it is of a format that Fault Tolerance does not support."""
    return any(is_raw(creation, disk) or is_exotic(creation, disk) for disk in creation.disks)


def has_local_disk(creation: Creation, vm: ManagedObject) -> bool:
    """A disk of it is on a datastore that one host alone reaches."""
    return any(is_on_one_host(creation, disk) for disk in creation.disks)


def has_too_many_vcpus(creation: Creation, vm: ManagedObject) -> bool:
    """It has more virtual CPUs than this release supports for Fault Tolerance."""
    return creation.vcpus > most_vcpus(creation)


def is_agent(creation: Creation, vm: ManagedObject) -> bool:
    """It is managed by ESX Agent Manager."""
    manager = vm.get("config.managedBy")
    return manager is not None and manager.extensionKey == _AGENT_MANAGER


def has_3d_video(creation: Creation, vm: ManagedObject) -> bool:
    """3D graphics is enabled on its video card."""
    cards = (device for device in creation.devices if device.is_a("VirtualMachineVideoCard"))
    return any(card.enable3DSupport for card in cards)


def virtualizes_hardware(creation: Creation, vm: ManagedObject) -> bool:
    """It exposes hardware virtualization to its guest, or has virtualization-based security on."""
    return bool(vm.get("config.nestedHVEnabled") or vm.get("config.flags.vbsEnabled"))


def has_flash_cache(creation: Creation, vm: ManagedObject) -> bool:
    """It reserves flash read cache."""
    return bool(vm.get("config.vFlashCacheReservation")) or any(
        disk.vFlashCacheConfigInfo is not None for disk in creation.disks
    )


def has_efi_firmware(creation: Creation, vm: ManagedObject) -> bool:
    """It boots by EFI, and its host does not support that together with Fault Tolerance."""
    host = creation.source
    supported = host.get("capability.ftEfiSupported") if host is not None else None
    return vm.get("config.firmware") == "efi" and supported is not True


def has_linked_clone_disk(creation: Creation, vm: ManagedObject) -> bool:
    """A disk has a parent although there is no snapshot: it is a linked clone."""
    backings = [disk.backing for disk in creation.disks]
    return vm.get("snapshot") is None and any(
        "parent" in backing.type_.properties and backing.parent is not None for backing in backings if backing
    )


def fails_over_persistent_memory(creation: Creation, vm: ManagedObject) -> bool:
    """HA may fail it over although it has persistent memory."""
    return bool(vm.get("config.pmemFailoverEnabled"))


def has_lone_encrypted_disk(creation: Creation, vm: ManagedObject) -> bool:
    """A disk is encrypted while the VM itself is not."""
    backings = [disk.backing for disk in creation.disks]
    return vm.get("config.keyId") is None and any(
        "keyId" in backing.type_.properties and backing.keyId is not None for backing in backings if backing
    )


def lacks_metro_host_group(creation: Creation, vm: ManagedObject) -> bool:
    """The request wants the pair across two sites and names no host group."""
    spec = creation.spec
    return spec is not None and bool(spec.metroFtEnabled) and not spec.metroFtHostGroup

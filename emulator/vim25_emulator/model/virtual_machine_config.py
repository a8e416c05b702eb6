"""The configuration of a virtual machine: the contents of its .vmx file."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.configuration_default import default_config
from vim25_emulator.model.disk_backing import key_id
from vim25_emulator.model.entity import MIB, allocation, digits_of, uuid_of
from vim25_emulator.model.guest_os import guest_name
from vim25_emulator.model.virtual_hardware import DeviceParts, devices
from vim25_emulator.vmodl.text_cache import text_cache
from vim25_emulator.vmodl.value import DataObject

_ENCLAVE_MB: Final = 128  #: size of the Intel SGX enclave

#: extraConfig of every virtual machine.
_EXTRA_CONFIG: Final = {
    "svga.present": "TRUE",
    "pciBridge0.present": "TRUE",
    "pciBridge4.present": "TRUE",
    "pciBridge4.virtualDev": "pcieRootPort",
    "pciBridge4.functions": "8",
    "hpet0.present": "TRUE",
    "tools.guest.desktop.autolock": "TRUE",
}


#: Encryption mode of Fault Tolerance that an encrypted virtual machine has [documented].
FT_ENCRYPTION_REQUIRED: Final = "ftEncryptionRequired"


class ConfigOptions(NamedTuple):
    """Rarely used options; each corresponds to a property of the configuration."""

    virtual_mmu: str = "automatic"
    nested_hv: bool = False
    vbs: bool = False
    encrypted: bool = False
    sev: bool = False
    sgx: bool = False
    tdx: bool = False
    pmem_failover: bool = False
    replicated: bool = False
    managed_by: str | None = None

    def applied(self, config: DataObject) -> DataObject:
        """Return the configuration with these options."""
        if self == ConfigOptions():
            return config
        flags = config.flags.replace(virtualMmuUsage=self.virtual_mmu, vbsEnabled=self.vbs)
        return config.replace(
            flags=flags,
            nestedHVEnabled=self.nested_hv,
            keyId=key_id(config.instanceUuid) if self.encrypted else None,
            ftEncryptionMode=FT_ENCRYPTION_REQUIRED if self.encrypted else config.ftEncryptionMode,
            sevEnabled=self.sev,
            sgxInfo=config.sgxInfo.replace(epcSize=_ENCLAVE_MB if self.sgx else 0),
            tdxEnabled=self.tdx,
            pmemFailoverEnabled=self.pmem_failover,
            repConfig=_replication(config.instanceUuid) if self.replicated else None,
            managedBy=DataObject("ManagedByInfo", extensionKey=self.managed_by, type="agent")
            if self.managed_by
            else None,
        )


def _replication(identity: str) -> DataObject:
    """Return the ReplicationConfigSpec of a virtual machine that is replicated hourly."""
    return DataObject(
        "ReplicationConfigSpec",
        generation=1,
        vmReplicationId=f"GID-{identity}",
        destination="10.0.255.1",
        port=31031,
        rpo=60,
        quiesceGuestEnabled=False,
        paused=False,
        oppUpdatesEnabled=False,
    )


class ConfigParts(NamedTuple):
    """The parameters of a new configuration. `home` is the datastore of the virtual machine's directory."""

    name: str
    home: ManagedObject
    devices: DeviceParts
    cpus: int = 2
    cores_per_socket: int = 1
    memory_mb: int = 4096
    guest_id: str = "ubuntu64Guest"
    firmware: str = "bios"
    hardware_version: int = 20
    annotation: str = ""
    template: bool = False
    extra_config: tuple[tuple[str, str], ...] = ()
    options: ConfigOptions = ConfigOptions()


def config_info(parts: ConfigParts, now: datetime, *, running: bool) -> DataObject:
    """Return VirtualMachineConfigInfo; its UUIDs are hashes of the name and the datastore."""
    directory = f"[{parts.home.properties['name']}] {parts.name}/"
    device = devices(parts.devices, parts.name, parts.home, running=running)
    common = _common(
        parts.cpus,
        parts.memory_mb,
        parts.guest_id,
        parts.firmware,
        parts.hardware_version,
        parts.annotation,
        parts.template,
        now,
    )
    config = common.replace(
        name=parts.name,
        uuid=uuid_of("bios", parts.home.ref.value, parts.name),
        instanceUuid=uuid_of("instance", parts.home.ref.value, parts.name),
        locationId=uuid_of("location", parts.home.ref.value, parts.name),
        files=_files(directory, parts.name),
        hardware=_hardware(parts.cpus, parts.cores_per_socket, parts.memory_mb).replace(device=device),
        extraConfig=_extra_config(parts.name, parts.extra_config),
        vmxConfigChecksum=_check_sum(parts.home.ref.value, parts.name, common.changeVersion),
        datastoreUrl=(_datastore_url(parts.home.properties["name"], parts.home.get("summary.url")),),
    )
    return parts.options.applied(config)


def _check_sum(*names: str) -> bytes:
    return bytes.fromhex(digits_of("vmx", *names, size=32))


def stamped(config: DataObject, change_version: str, now: datetime) -> DataObject:
    """Return a configuration with the version, check sum and time of its change."""
    check_sum = _check_sum(config.uuid, change_version)
    return config.replace(changeVersion=change_version, modified=now, vmxConfigChecksum=check_sum)


def _files(directory: str, name: str) -> DataObject:
    return DataObject(
        "VirtualMachineFileInfo",
        vmPathName=f"{directory}{name}.vmx",
        snapshotDirectory=directory,
        suspendDirectory=directory,
        logDirectory=directory,
    )


@text_cache(64)
def _datastore_url(name: str, url: str) -> DataObject:
    return DataObject("VirtualMachineConfigInfoDatastoreUrlPair", name=name, url=url.removeprefix("ds://"))


@lru_cache(maxsize=1)
def _fixed_options() -> tuple[DataObject, ...]:
    return tuple(DataObject("OptionValue", key=key, value=value) for key, value in _EXTRA_CONFIG.items())


def _extra_config(name: str, added: tuple[tuple[str, str], ...]) -> tuple[DataObject, ...]:
    options = (("nvram", f"{name}.nvram"), *added)
    return (*(DataObject("OptionValue", key=key, value=value) for key, value in options), *_fixed_options())


@lru_cache(maxsize=256)
def _hardware(cpus: int, cores_per_socket: int, memory_mb: int) -> DataObject:
    return DataObject(
        "VirtualHardware",
        numCPU=cpus,
        numCoresPerSocket=cores_per_socket,
        autoCoresPerSocket=False,
        memoryMB=memory_mb,
        virtualICH7MPresent=False,
        virtualSMCPresent=False,
        motherboardLayout="i440bxHostBridge",
        simultaneousThreads=1,
    )


@text_cache(64)
def _common(  # the cache's key
    cpus: int,
    memory_mb: int,
    guest_id: str,
    firmware: str,
    hardware_version: int,
    annotation: str,
    template: bool,
    now: datetime,
) -> DataObject:
    """Return the configuration without the properties that identify the virtual machine."""
    return DataObject(
        "VirtualMachineConfigInfo",
        **default_config(),
        changeVersion=now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        modified=now,
        createDate=now,
        guestId=guest_id,
        guestFullName=guest_name(guest_id),
        version=f"vmx-{hardware_version:02d}",
        template=template,
        annotation=annotation,
        firmware=firmware,
        hardware=_hardware(cpus, 1, memory_mb),
        cpuAllocation=allocation(cpus * 1000),
        memoryAllocation=allocation(memory_mb * 10),
        hotPlugMemoryLimit=memory_mb,
        initialOverhead=_initial_overhead(memory_mb),
        numaInfo=DataObject(
            "VirtualMachineVirtualNumaInfo",
            coresPerNumaNode=cpus,
            autoCoresPerNumaNode=True,
            vnumaOnCpuHotaddExposed=False,
        ),
    )


def _initial_overhead(memory_mb: int) -> DataObject:
    return DataObject(
        "VirtualMachineConfigInfoOverheadInfo",
        initialMemoryReservation=48 * MIB + memory_mb * 2048,
        initialSwapReservation=1024 * MIB,
    )

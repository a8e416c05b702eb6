"""The configuration of a host: what is the same for all hosts, and what its own parts add."""

from __future__ import annotations

from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.advanced_option import host_option_definitions, host_options
from vim25_emulator.model.entity import allocation, digits_of
from vim25_emulator.model.host_certificate import certificate, thumbprint_info
from vim25_emulator.model.host_daemon import firewall_info, service_info
from vim25_emulator.model.host_hardware import Hardware, pci_devices
from vim25_emulator.model.host_network import (
    HostNetwork,
    net_capabilities,
    network_info,
    virtual_nic_manager_info,
    vmotion_info,
)
from vim25_emulator.model.host_network_policy import offload_capabilities
from vim25_emulator.model.host_storage import (
    datastore_capabilities,
    file_system_volume_info,
    storage_device_info,
)
from vim25_emulator.model.host_storage_path import multipath_state_info
from vim25_emulator.vmodl.value import DataObject, MoRef

#: Keys of the system resource groups, and of one group inside the first.
_SYSTEM_GROUPS: Final = ("host/system", "host/vim", "host/iofilters", "host/user")
_SYSTEM_SUBGROUPS: Final = {"host/system": ("host/system/kernel",)}

#: IO filter of every host → version, type, summary; the summaries are the emulator's own.
_IO_FILTERS: Final = {
    "spm": ("1.0.230", "datastoreIoControl", "Storage I/O Control"),
    "vmwarevmcrypt": ("1.0.0", "encryption", "Encryption of virtual machines"),
    "vmwarelwd": ("4.0.0", "dataCapture", "Capture of changed data"),
}
_NTP_SERVER: Final = "ntp.lab.example"


def config_info(
    host: MoRef,
    product: DataObject,
    hardware: Hardware,
    network: HostNetwork,
    volumes: list[ManagedObject],
    now: datetime,
) -> DataObject:
    """Return HostConfigInfo of a host that mounts these datastores."""
    storage = storage_device_info(volumes)
    return DataObject(
        "HostConfigInfo",
        host=host,
        product=product,
        storageDevice=storage,
        multipathState=multipath_state_info(storage),
        fileSystemVolume=file_system_volume_info(volumes),
        network=network_info(network),
        vmotion=vmotion_info(network),
        virtualNicManagerInfo=virtual_nic_manager_info(network),
        dateTimeInfo=_date_time_info(now),
        featureCapability=_features(hardware),
        maskedFeatureCapability=_features(hardware),
        hostConfigCheckSum=_check_sum("configuration", network.host),
        **_common(),
    )


@cache
def _common() -> dict[str, Any]:
    """Return the properties that are the same for all hosts."""
    return {
        "deploymentInfo": DataObject("HostDeploymentInfo", bootedFromStatelessCache=False),
        "hyperThread": DataObject("HostHyperThreadScheduleInfo", available=True, active=True, config=True),
        "capabilities": net_capabilities(),
        "datastoreCapabilities": datastore_capabilities(),
        "offloadCapabilities": offload_capabilities(),
        "service": service_info(),
        "firewall": firewall_info(),
        "autoStart": _auto_start_config(),
        "option": host_options(),
        "optionDef": host_option_definitions(),
        "datastorePrincipal": "root",
        "systemSwapConfiguration": _system_swap(),
        "systemResources": _system_resources(),
        "flags": DataObject("HostFlagInfo"),
        "adminDisabled": False,
        "lockdownMode": "lockdownDisabled",
        "sslThumbprintInfo": thumbprint_info(),
        "sslThumbprintData": (thumbprint_info(),),
        "certificate": certificate(),
        "pciPassthruInfo": _pci_passthrough(),
        "authenticationManagerInfo": _authentication(),
        "powerSystemCapability": DataObject("PowerSystemCapability", availablePolicy=_power_policies()),
        "powerSystemInfo": DataObject("PowerSystemInfo", currentPolicy=_power_policies()[1]),
        "wakeOnLanCapable": False,
        "vFlashConfigInfo": _flash_config(),
        "vsanHostConfig": DataObject("VsanHostConfigInfo", enabled=False, vsanEsaEnabled=False),
        "scriptCheckSum": _check_sum("scripts"),
        "descriptionTreeCheckSum": _check_sum("descriptions"),
        "graphicsConfig": DataObject(
            "HostGraphicsConfig",
            hostDefaultGraphicsType="shared",
            sharedPassthruAssignmentPolicy="performance",
        ),
        "ioFilterInfo": tuple(_io_filter(name, *row) for name, row in _IO_FILTERS.items()),
        "assignableHardwareConfig": DataObject("HostAssignableHardwareConfig"),
    }


def _check_sum(*names: str) -> bytes:
    """Return a check sum by which vCenter notices that a host has changed: here it never does."""
    return bytes.fromhex(digits_of("check sum", *names, size=32))


def _authentication() -> DataObject:
    return DataObject(
        "HostAuthenticationManagerInfo",
        authConfig=(
            DataObject("HostLocalAuthenticationInfo", enabled=True),
            DataObject("HostActiveDirectoryInfo", enabled=False, smartCardAuthenticationEnabled=False),
        ),
    )


def _pci_passthrough() -> tuple[DataObject, ...]:
    """Return HostPciPassthruInfo of each PCI device: none can be passed through to a virtual machine."""
    return tuple(
        DataObject(
            "HostPciPassthruInfo",
            id=device.id,
            dependentDevice=device.id,
            passthruEnabled=False,
            passthruCapable=False,
            passthruActive=False,
        )
        for device in pci_devices()
    )


def _system_swap() -> DataObject:
    """Return HostSystemSwapConfiguration: swap in the host cache, then in the local datastore."""
    kinds = ("HostCacheOption", "HostLocalSwapOption")
    return DataObject(
        "HostSystemSwapConfiguration",
        option=tuple(
            DataObject(f"HostSystemSwapConfiguration{kind}", key=key) for key, kind in enumerate(kinds)
        ),
    )


def _flash_config() -> DataObject:
    cache_config = DataObject(
        "HostVFlashManagerVFlashCacheConfigInfo", defaultVFlashModule="vfc", swapCacheReservationInGB=0
    )
    return DataObject("HostVFlashManagerVFlashConfigInfo", vFlashCacheConfigInfo=cache_config)


def _io_filter(name: str, version: str, kind: str, summary: str) -> DataObject:
    return DataObject(
        "HostIoFilterInfo",
        id=f"VMW_{name}_{version.partition('.')[0]}.0.0",
        name=name,
        vendor="VMW",
        version=version,
        type=kind,
        summary=summary,
        releaseDate="2021-07-21",
        available=True,
    )


@lru_cache(maxsize=1)
def _date_time_info(now: datetime) -> DataObject:
    return DataObject(
        "HostDateTimeInfo",
        timeZone=DataObject(
            "HostDateTimeSystemTimeZone", key="UTC", name="UTC", description="UTC", gmtOffset=0
        ),
        systemClockProtocol="ntp",
        ntpConfig=DataObject(
            "HostNtpConfig", server=(_NTP_SERVER,), configFile=("restrict 127.0.0.1", f"server {_NTP_SERVER}")
        ),
        ptpConfig=DataObject("HostPtpConfig", domain=0, port=(DataObject("HostPtpConfigPtpPort", index=0),)),
        enabled=True,
        disableEvents=False,
        disableFallback=True,
        inFallbackState=False,
        serviceSync=True,
        lastSyncTime=now,
        remoteNtpServer=_NTP_SERVER,
        ntpRunTime=0,
    )


def _auto_start_config() -> DataObject:
    return DataObject(
        "HostAutoStartManagerConfig",
        defaults=DataObject(
            "AutoStartDefaults",
            enabled=False,
            startDelay=120,
            stopDelay=120,
            waitForHeartbeat=False,
            stopAction="PowerOff",
        ),
    )


@cache
def _system_resources() -> DataObject:
    """Return HostSystemResourceInfo: the resource groups of the hypervisor itself."""
    children = tuple(_resource_group(key, _SYSTEM_SUBGROUPS.get(key, ())) for key in _SYSTEM_GROUPS)
    return DataObject("HostSystemResourceInfo", key="host", config=_group_config(), child=children)


def _resource_group(key: str, inner: tuple[str, ...]) -> DataObject:
    children = tuple(_resource_group(name, ()) for name in inner) or None
    return DataObject("HostSystemResourceInfo", key=key, config=_group_config(), child=children)


@cache
def _group_config() -> DataObject:
    cpu = allocation(500, reservation=250, expandable=True, level="custom")
    memory = allocation(500, reservation=0, expandable=True, level="custom")
    return DataObject(
        "ResourceConfigSpec",
        cpuAllocation=cpu.replace(overheadLimit=-1),
        memoryAllocation=memory.replace(overheadLimit=-1),
    )


@cache
def _power_policies() -> tuple[DataObject, ...]:
    names = (("static", "High performance"), ("dynamic", "Balanced"), ("low", "Low power"))
    return tuple(
        DataObject("HostPowerPolicy", key=key, name=name, shortName=short, description=name)
        for key, (short, name) in enumerate(names, start=1)
    )


@cache
def _features(hardware: Hardware) -> tuple[DataObject, ...]:
    """Return some of the processor features that EVC and vMotion compare."""
    vendor = "cpuid.Intel" if hardware.vendor == "intel" else "cpuid.AMD"
    names = (vendor, "cpuid.AES", "cpuid.AVX", "cpuid.AVX2", "cpuid.LM", "cpuid.NX", "cpuid.SSE42")
    return tuple(DataObject("HostFeatureCapability", key=n, featureName=n, value="1") for n in names)

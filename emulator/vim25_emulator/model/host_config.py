"""The configuration of a host, except its network and storage: services, firewall, time, system resources."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.entity import allocation
from vim25_emulator.model.host_hardware import Hardware
from vim25_emulator.model.host_network import (
    HostNetwork,
    net_capabilities,
    network_info,
    offload_capabilities,
    virtual_nic_manager_info,
    vmotion_info,
)
from vim25_emulator.model.host_storage import (
    datastore_capabilities,
    file_system_volume_info,
    storage_device_info,
)
from vim25_emulator.vmodl.value import DataObject, MoRef, Tagged

#: Service → label, policy, whether it runs. The labels are the emulator's own.
_SERVICES: Final = {
    "DCUI": ("Direct console", "on", True),
    "TSM": ("ESXi shell", "off", False),
    "TSM-SSH": ("SSH", "off", False),
    "ntpd": ("NTP daemon", "on", True),
    "vmsyslogd": ("Syslog server", "on", True),
    "vpxa": ("vCenter agent", "on", True),
    "fdm": ("HA agent", "on", True),
}

#: Firewall rule set → label, ports, protocol, direction, service.
_RULE_SETS: Final = {
    "sshServer": ("SSH server", (22,), "tcp", "inbound", "TSM-SSH"),
    "ntpClient": ("NTP client", (123,), "udp", "outbound", "ntpd"),
    "vMotion": ("vMotion", (8000,), "tcp", "inbound", None),
    "faultTolerance": ("Fault Tolerance", (8100, 8200, 8300), "tcp", "inbound", None),
    "fdm": ("HA agent", (8182,), "tcp", "inbound", "fdm"),
}

#: Advanced option → value.
_OPTIONS: Final = {
    "Config.HostAgent.plugins.hostsvc.esxAdminsGroup": "ESX Admins",
    "Syslog.global.logDir": "[] /scratch/log",
    "UserVars.SuppressShellWarning": Tagged("long", 0),
}

#: Keys of the system resource groups.
_SYSTEM_GROUPS: Final = ("host/system", "host/vim", "host/iofilters", "host/user")


def config_info(
    host: MoRef, product: DataObject, hardware: Hardware, network: HostNetwork, volumes: list[ManagedObject]
) -> DataObject:
    """Return HostConfigInfo of a host that mounts these datastores."""
    return DataObject(
        "HostConfigInfo",
        host=host,
        product=product,
        deploymentInfo=DataObject("HostDeploymentInfo", bootedFromStatelessCache=False),
        hyperThread=DataObject("HostHyperThreadScheduleInfo", available=True, active=True, config=True),
        storageDevice=storage_device_info(volumes),
        fileSystemVolume=file_system_volume_info(volumes),
        network=network_info(network),
        vmotion=vmotion_info(network),
        virtualNicManagerInfo=virtual_nic_manager_info(network),
        capabilities=net_capabilities(),
        datastoreCapabilities=datastore_capabilities(),
        offloadCapabilities=offload_capabilities(),
        option=_options(),
        datastorePrincipal="root",
        systemResources=_system_resources(),
        **_common(),
        powerSystemCapability=DataObject("PowerSystemCapability", availablePolicy=_power_policies()),
        powerSystemInfo=DataObject("PowerSystemInfo", currentPolicy=_power_policies()[1]),
        wakeOnLanCapable=False,
        lockdownMode="lockdownDisabled",
        adminDisabled=False,
        certificate=None,
        featureCapability=_features(hardware),
        maskedFeatureCapability=_features(hardware),
        graphicsConfig=DataObject(
            "HostGraphicsConfig",
            hostDefaultGraphicsType="shared",
            sharedPassthruAssignmentPolicy="performance",
        ),
    )


@cache
def _common() -> dict[str, Any]:
    """Return the properties that are the same for all hosts."""
    return {
        "service": _service_info(),
        "firewall": _firewall_info(),
        "dateTimeInfo": _date_time_info(),
        "autoStart": _auto_start_config(),
        "flags": DataObject("HostFlagInfo"),
        "authenticationManagerInfo": DataObject(
            "HostAuthenticationManagerInfo",
            authConfig=(
                DataObject("HostLocalAuthenticationInfo", enabled=True),
                DataObject("HostActiveDirectoryInfo", enabled=False),
            ),
        ),
    }


def _service_info() -> DataObject:
    return DataObject(
        "HostServiceInfo",
        service=tuple(
            DataObject(
                "HostService",
                key=key,
                label=label,
                required=False,
                uninstallable=False,
                running=running,
                policy=policy,
            )
            for key, (label, policy, running) in _SERVICES.items()
        ),
    )


def _firewall_info() -> DataObject:
    return DataObject(
        "HostFirewallInfo",
        defaultPolicy=DataObject("HostFirewallDefaultPolicy", incomingBlocked=True, outgoingBlocked=True),
        ruleset=tuple(
            DataObject(
                "HostFirewallRuleset",
                key=key,
                label=label,
                required=False,
                rule=tuple(
                    DataObject(
                        "HostFirewallRule", port=port, direction=direction, portType="dst", protocol=protocol
                    )
                    for port in ports
                ),
                service=service,
                enabled=True,
                allowedHosts=DataObject("HostFirewallRulesetIpList", allIp=True),
                userControllable=True,
                ipListUserConfigurable=True,
            )
            for key, (label, ports, protocol, direction, service) in _RULE_SETS.items()
        ),
    )


def _date_time_info() -> DataObject:
    return DataObject(
        "HostDateTimeInfo",
        timeZone=DataObject(
            "HostDateTimeSystemTimeZone", key="UTC", name="UTC", description="UTC", gmtOffset=0
        ),
        systemClockProtocol="ntp",
        ntpConfig=DataObject("HostNtpConfig", server=("ntp.lab.example",)),
        enabled=True,
        disableEvents=False,
        disableFallback=True,
        inFallbackState=False,
        serviceSync=True,
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
def _options() -> tuple[DataObject, ...]:
    return tuple(DataObject("OptionValue", key=key, value=value) for key, value in _OPTIONS.items())


@cache
def _system_resources() -> DataObject:
    """Return HostSystemResourceInfo: the resource groups of the hypervisor itself."""
    config = DataObject(
        "ResourceConfigSpec",
        cpuAllocation=allocation(500, reservation=250, expandable=True, level="custom"),
        memoryAllocation=allocation(500, reservation=0, expandable=True, level="custom"),
    )
    children = (DataObject("HostSystemResourceInfo", key=key, config=config) for key in _SYSTEM_GROUPS)
    return DataObject("HostSystemResourceInfo", key="host", child=tuple(children))


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

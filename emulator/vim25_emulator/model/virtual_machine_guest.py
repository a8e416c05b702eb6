"""The guest of a virtual machine as VMware Tools report it; most properties are set only while it runs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from vim25_emulator.vmodl.text_cache import text_cache
from vim25_emulator.vmodl.value import DataObject

_DOMAIN: Final = "lab.example"
_GATEWAY: Final = "10.255.255.254"
#: Properties of GuestInfo that VirtualMachineGuestSummary repeats: always, and while the guest runs.
_SUMMARY: Final = ("toolsStatus", "toolsVersionStatus", "toolsVersionStatus2", "toolsRunningStatus")
_SUMMARY_RUNNING: Final = ("guestId", "guestFullName", "hostName", "ipAddress", "hwVersion")


def guest_info(config: DataObject, mo_id: str, *, running: bool) -> DataObject:
    """Return GuestInfo; its IP address derives from the moId, so it is unique."""
    if not has_tools(config):
        return _without_tools(config.version)
    if not running:
        return _stopped(config.version)
    nics = [device for device in config.hardware.device if device.is_a("VirtualEthernetCard")]
    address = _address(mo_id) if nics else None
    capacity = sum(
        device.capacityInKB * 1024 for device in config.hardware.device if device.is_a("VirtualDisk")
    )
    return _running(config.guestId, config.guestFullName, config.version, capacity).replace(
        hostName=f"{config.name}.{_DOMAIN}",
        ipAddress=address,
        net=tuple(_nic(nic, address if index == 0 else None) for index, nic in enumerate(nics)),
        ipStack=_stacks(config.name),
    )


def has_tools(config: DataObject) -> bool:
    """Return whether VMware Tools are installed in the guest of a virtual machine."""
    return bool(config.tools is not None and config.tools.toolsVersion)


def guest_summary(guest: DataObject) -> DataObject:
    """Return VirtualMachineGuestSummary, which repeats properties of GuestInfo."""
    properties = guest.__dict__
    repeated = {name: properties[name] for name in (*_SUMMARY, *_SUMMARY_RUNNING) if name in properties}
    return DataObject("VirtualMachineGuestSummary", **repeated)


def _address(mo_id: str) -> str:
    """Return the IPv4 address of a virtual machine's guest."""
    number = int(mo_id.rpartition("-")[2])
    return f"10.{128 + (number >> 16) % 127}.{number >> 8 & 255}.{number & 255}"


@text_cache(64)
def _stopped(hardware_version: str) -> DataObject:
    return DataObject(
        "GuestInfo",
        toolsStatus="toolsNotRunning",
        toolsVersionStatus="guestToolsUnmanaged",
        toolsVersionStatus2="guestToolsUnmanaged",
        toolsRunningStatus="guestToolsNotRunning",
        toolsVersion="12389",
        guestState="notRunning",
        appHeartbeatStatus="appStatusGray",
        appState="none",
        guestOperationsReady=False,
        interactiveGuestOperationsReady=False,
        guestStateChangeSupported=False,
        hwVersion=hardware_version,
        customizationInfo=DataObject("GuestInfoCustomizationInfo", customizationStatus="TOOLSDEPLOYPKG_IDLE"),
    )


@text_cache(64)
def _without_tools(hardware_version: str) -> DataObject:
    """Return the guest that nothing is known of, whether it runs or not [documented]."""
    return _stopped(hardware_version).replace(
        toolsStatus="toolsNotInstalled",
        toolsVersionStatus="guestToolsNotInstalled",
        toolsVersionStatus2="guestToolsNotInstalled",
        toolsVersion="0",
    )


@text_cache(256)
def _running(guest_id: str, guest_name: str, hardware_version: str, capacity: int) -> DataObject:
    family = "windowsGuest" if guest_id.lower().startswith("win") else "linuxGuest"
    disk = DataObject(
        "GuestDiskInfo",
        diskPath="/",
        capacity=capacity,
        freeSpace=capacity * 3 // 4,
        filesystemType="NTFS" if family == "windowsGuest" else "ext4",
    )
    return _stopped(hardware_version).replace(
        toolsStatus="toolsOk",
        toolsRunningStatus="guestToolsRunning",
        toolsInstallType="guestToolsTypeOpenVMTools",
        guestId=guest_id,
        guestFamily=family,
        guestFullName=guest_name,
        disk=(disk,) if capacity else None,
        screen=DataObject("GuestScreenInfo", width=1024, height=768),
        guestState="running",
        guestKernelCrashed=False,
        guestOperationsReady=True,
        guestStateChangeSupported=True,
    )


def _nic(nic: DataObject, address: str | None) -> DataObject:
    addresses: dict[str, Any] = {} if address is None else _addresses(address)
    return DataObject(
        "GuestNicInfo",
        network=nic.backing.__dict__.get("deviceName"),
        macAddress=nic.macAddress,
        connected=True,
        deviceConfigId=nic.key,
        **addresses,
    )


def _addresses(address: str) -> dict[str, Any]:
    configured = DataObject("NetIpConfigInfoIpAddress", ipAddress=address, prefixLength=8, state="preferred")
    return {"ipAddress": (address,), "ipConfig": DataObject("NetIpConfigInfo", ipAddress=(configured,))}


@lru_cache(maxsize=1)
def _routes() -> DataObject:
    gateway = DataObject("NetIpRouteConfigInfoGateway", ipAddress=_GATEWAY, device="0")
    route = DataObject("NetIpRouteConfigInfoIpRoute", network="0.0.0.0", prefixLength=0, gateway=gateway)  # noqa: S104  # the default route
    return DataObject("NetIpRouteConfigInfo", ipRoute=(route,))


def _stacks(name: str) -> tuple[DataObject, ...]:
    dns = DataObject(
        "NetDnsConfigInfo",
        dhcp=False,
        hostName=name,
        domainName=_DOMAIN,
        ipAddress=("10.0.255.253",),
        searchDomain=(_DOMAIN,),
    )
    return (DataObject("GuestStackInfo", dnsConfig=dns, ipRouteConfig=_routes()),)

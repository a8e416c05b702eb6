"""The physical NICs of a host: two ports of one adapter."""

from __future__ import annotations

from functools import cache
from typing import Final

from vim25_emulator.model.entity import mac_of
from vim25_emulator.vmodl.value import DataObject

PNICS: Final = ("vmnic0", "vmnic1")


def physical_nic(host: str, index: int, mbps: int) -> DataObject:
    """Return the PhysicalNic with this index of a host."""
    mac = mac_of("pnic", host, index)
    return DataObject(
        "PhysicalNic",
        key=f"key-vim.host.PhysicalNic-{PNICS[index]}",
        device=PNICS[index],
        pci=f"0000:3b:00.{index}",
        driver="i40en",
        driverVersion="2.3.4.0",
        firmwareVersion="9.20",
        linkSpeed=_link(mbps),
        validLinkSpecification=(_link(mbps),),
        spec=_spec(mbps),
        wakeOnLanSupported=False,
        mac=mac,
        fcoeConfiguration=_fcoe(mac),
        vmDirectPathGen2Supported=False,
        resourcePoolSchedulerAllowed=True,
        autoNegotiateSupported=False,
        enhancedNetworkingStackSupported=True,
        ensInterruptSupported=True,
    )


@cache
def _link(mbps: int) -> DataObject:
    return DataObject("PhysicalNicLinkInfo", speedMb=mbps, duplex=True)


@cache
def _spec(mbps: int) -> DataObject:
    return DataObject(
        "PhysicalNicSpec",
        ip=DataObject("HostIpConfig", dhcp=False, ipAddress="", subnetMask=""),
        linkSpeed=_link(mbps),
        enableEnhancedNetworkingStack=False,
        ensInterruptEnabled=False,
    )


def _fcoe(mac: str) -> DataObject:
    """Return FcoeConfig of a NIC that could carry Fibre Channel, and does not [observed: 8.0.3]."""
    return DataObject(
        "FcoeConfig",
        priorityClass=3,
        sourceMac=mac,
        vlanRange=(DataObject("FcoeConfigVlanRange", vlanLow=0, vlanHigh=0),),
        capabilities=_fcoe_capabilities(),
        fcoeActive=False,
    )


@cache
def _fcoe_capabilities() -> DataObject:
    return DataObject(
        "FcoeConfigFcoeCapabilities", priorityClass=False, sourceMacAddress=False, vlanRange=False
    )

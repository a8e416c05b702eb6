"""Distributed switches and their port groups as entities of the inventory; `distributed_port` has the ports.

The key of a port group is its moId [observed: public output of govc against 7.0.3].
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datacenter import Folders
from vim25_emulator.model.entity import digits_of, entity, refs
from vim25_emulator.vmodl.value import DataObject, MoRef

SWITCH: Final = "VmwareDistributedVirtualSwitch"
PORT_GROUP: Final = "DistributedVirtualPortgroup"
UPLINKS: Final = ("Uplink 1", "Uplink 2")  #: ports of each host for its physical NICs
UPLINK_TAG: Final = (
    "SYSTEM/DVS.UPLINKPG"  #: clients know the port group of the uplinks by it [observed: clients]
)

_MAX_PORTS: Final = 2_147_483_647
_PROXY_PORTS: Final = 512
_MTU: Final = 1500
#: Versions of the switch [documented]; each is available from the release with the same number.
_VERSIONS: Final = (
    *("4.0", "4.1.0", "5.0.0", "5.1.0", "5.5.0", "6.0.0", "6.5.0"),
    *("6.6.0", "7.0.0", "7.0.2", "7.0.3", "8.0.0", "8.0.3"),
)


def new_switch(
    inventory: Inventory, folders: Folders, name: str, host_version: str, now: datetime
) -> ManagedObject:
    """Create a switch without hosts and ports, of the newest version that hosts of this version have."""
    mo_id = inventory.new_mo_id(SWITCH)
    uuid, product = _uuid(mo_id, name), _product(host_version)
    created = inventory.create(
        SWITCH,
        mo_id,
        **entity(folders.network, name),
        uuid=uuid,
        capability=_capability(),
        summary=DataObject("DVSSummary", name=name, uuid=uuid, numPorts=0, productInfo=product, numHosts=0),
        config=_switch_config(name, uuid, product, now),
        runtime=DataObject("DVSRuntimeInfo"),
    )
    folders.network.add("childEntity", created.ref)
    return created


def _uuid(*names: str) -> str:
    """Return the UUID of a switch, in vCenter's notation: bytes, with a dash in the middle."""
    digits = digits_of("switch", *names)
    pairs = [digits[start : start + 2] for start in range(0, len(digits), 2)]
    return f"{' '.join(pairs[:8])}-{' '.join(pairs[8:])}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _product(host_version: str) -> DataObject:
    fitting = [version for version in _VERSIONS if _numbers(version) <= _numbers(host_version)]
    return DataObject(
        "DistributedVirtualSwitchProductSpec",
        name="DVS",
        vendor="VMware, Inc.",
        version=fitting[-1] if fitting else _VERSIONS[0],
        forwardingClass="etherswitch",
    )


@cache
def _capability() -> DataObject:
    return DataObject(
        "DVSCapability",
        dvsOperationSupported=True,
        dvPortGroupOperationSupported=True,
        dvPortOperationSupported=True,
        featuresSupported=DataObject(
            "VMwareDVSFeatureCapability", networkResourceManagementSupported=False, lldpSupported=True
        ),
    )


def _switch_config(name: str, uuid: str, product: DataObject, now: datetime) -> DataObject:
    return DataObject(
        "VMwareDVSConfigInfo",
        uuid=uuid,
        name=name,
        numStandalonePorts=0,
        numPorts=0,
        maxPorts=_MAX_PORTS,
        uplinkPortPolicy=DataObject("DVSNameArrayUplinkPortPolicy", uplinkPortName=UPLINKS),
        defaultPortConfig=port_setting(0),
        productInfo=product,
        configVersion="1",
        contact=DataObject("DVSContactInfo"),
        createTime=now,
        networkResourceManagementEnabled=False,
        defaultProxySwitchMaxNumPorts=_PROXY_PORTS,
        maxMtu=_MTU,
        linkDiscoveryProtocolConfig=DataObject(
            "LinkDiscoveryProtocolConfig", protocol="cdp", operation="listen"
        ),
    )


def _policy(type_name: str, **properties: Any) -> DataObject:
    return DataObject(type_name, inherited=False, **properties)


@cache
def port_setting(vlan: int | None) -> DataObject:
    """Return VMwareDVSPortSetting of ports in a VLAN; None for uplinks, which carry all VLANs."""
    refused = {
        name: _policy("BoolPolicy", value=False)
        for name in ("allowPromiscuous", "macChanges", "forgedTransmits")
    }
    trunk = DataObject("NumericRange", start=0, end=4094)
    return DataObject(
        "VMwareDVSPortSetting",
        blocked=_policy("BoolPolicy", value=False),
        vlan=_policy("VmwareDistributedVirtualSwitchTrunkVlanSpec", vlanId=(trunk,))
        if vlan is None
        else _policy("VmwareDistributedVirtualSwitchVlanIdSpec", vlanId=vlan),
        uplinkTeamingPolicy=_policy(
            "VmwareUplinkPortTeamingPolicy",
            policy=_policy("StringPolicy", value="loadbalance_srcid"),
            notifySwitches=_policy("BoolPolicy", value=True),
            uplinkPortOrder=_policy("VMwareUplinkPortOrderPolicy", activeUplinkPort=UPLINKS),
        ),
        securityPolicy=_policy("DVSSecurityPolicy", **refused),
    )


def new_port_group(
    inventory: Inventory, folders: Folders, switch: ManagedObject, name: str, vlan: int | None
) -> ManagedObject:
    """Create a port group without ports on a switch; with `vlan` None, that of the uplinks."""
    key = inventory.new_mo_id(PORT_GROUP)
    created = inventory.create(
        PORT_GROUP,
        key,
        **entity(folders.network, name),
        summary=DataObject(
            "NetworkSummary", network=MoRef(PORT_GROUP, key), name=name, accessible=True, ipPoolName=""
        ),
        key=key,
        config=DataObject(
            "DVPortgroupConfigInfo",
            key=key,
            name=name,
            numPorts=0,
            distributedVirtualSwitch=switch.ref,
            defaultPortConfig=port_setting(vlan),
            type="earlyBinding",
            backingType="standard",
            policy=_group_policy(),
            configVersion="0",
            autoExpand=vlan is not None,
            uplink=vlan is None,
        ),
        tag=(DataObject("Tag", key=UPLINK_TAG),) if vlan is None else None,
    )
    folders.network.add("childEntity", created.ref)
    folders.datacenter.add("network", created.ref)
    switch.add("portgroup", created.ref)
    switch.add("summary.portgroupName", name)
    if vlan is None:
        switch.add("config.uplinkPortgroup", created.ref)
    return created


@cache
def _group_policy() -> DataObject:
    overrides = ("shaping", "vendorConfig", "vlan", "uplinkTeaming", "securityPolicy")
    allowed = dict.fromkeys((f"{name}OverrideAllowed" for name in overrides), False)
    return DataObject(
        "VMwareDVSPortgroupPolicy",
        blockOverrideAllowed=True,
        livePortMovingAllowed=False,
        portConfigResetAtDisconnect=True,
        **allowed,
    )


def set_members(switch: ManagedObject, hosts: list[ManagedObject], uplink_keys: tuple[str, ...]) -> None:
    """Set the hosts of a switch and the ports of their uplinks: as many for each host as `UPLINKS` has."""
    width = len(UPLINKS)
    members = tuple(
        DataObject(
            "DistributedVirtualSwitchHostMember",
            config=DataObject(
                "DistributedVirtualSwitchHostMemberConfigInfo",
                host=host.ref,
                maxProxySwitchPorts=_PROXY_PORTS,
                backing=DataObject("DistributedVirtualSwitchHostMemberPnicBacking"),
            ),
            productInfo=switch.get("config.productInfo"),
            uplinkPortKey=uplink_keys[index * width : (index + 1) * width],
            status="up",
        )
        for index, host in enumerate(hosts)
    )
    switch.set("config.host", members)
    switch.set("summary.hostMember", refs(hosts))
    switch.set("summary.numHosts", len(hosts))
    runtimes = (DataObject("HostMemberRuntimeInfo", host=host.ref, status="up") for host in hosts)
    switch.set("runtime.hostMemberRuntime", tuple(runtimes))


def switch_of(inventory: Inventory, group: ManagedObject) -> ManagedObject | None:
    """Return the switch of a port group; None if a saved inventory does not have it."""
    return inventory.find(group.get("config.distributedVirtualSwitch"))

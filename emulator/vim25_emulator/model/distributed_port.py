"""Ports of distributed switches: their creation, their assignment to network cards, and their description.

What is connected to a port is read from the network cards, so there is nothing to be kept in step with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.distributed_switch import PORT_GROUP, switch_of
from vim25_emulator.model.entity import description, digits_of
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.value import DataObject, MoRef

BACKING: Final = "VirtualEthernetCardDistributedVirtualPortBackingInfo"

Connected = dict[str, tuple[ManagedObject, DataObject]]  #: port key → virtual machine and network card


def connection_of(card: DataObject) -> DataObject | None:
    """Return the connection of a network card to a distributed port, None if it has another backing."""
    backing = card.__dict__.get("backing")
    return backing.port if backing is not None and backing.is_a(BACKING) else None


def network_of(card: DataObject) -> MoRef | None:
    """Return the network or port group of a network card; None if its backing does not name one."""
    connection = connection_of(card)
    if connection is not None:
        return MoRef(PORT_GROUP, connection.portgroupKey) if connection.portgroupKey else None
    network: MoRef | None = card.backing.__dict__.get("network") if card.backing is not None else None
    return network


def add_ports(inventory: Inventory, group: ManagedObject, count: int) -> tuple[str, ...]:
    """Add free ports to a port group; return their keys, which are numbers on the whole switch."""
    switch = switch_of(inventory, group)
    groups = inventory.find_all(switch.get("portgroup")) if switch is not None else (group,)
    first = 1 + max((int(key) for other in groups for key in other.get("portKeys")), default=-1)
    keys = tuple(map(str, range(first, first + count)))
    group.set("portKeys", (*group.get("portKeys"), *keys))
    _count(group, "config.numPorts", count)
    if switch is not None:
        _count(switch, "config.numPorts", count)
        _count(switch, "summary.numPorts", count)
    return keys


def _count(owner: ManagedObject, path: str, added: int) -> None:
    """Add to a number of ports, which a saved inventory may lack."""
    ports = owner.get(path)
    if ports is not None:
        owner.set(path, ports + added)


def connected(inventory: Inventory, group: ManagedObject) -> Connected:
    """Return what is connected to the ports of a port group."""
    found: Connected = {}
    for vm in inventory.find_all(group.get("vm")):
        for card in vm.get("config.hardware.device") or ():
            connection = connection_of(card)
            if connection is not None and connection.portgroupKey == group.ref.value:
                found.setdefault(connection.portKey, (vm, card))
    return found


class PortAllocator:
    """Assigns free ports to the network cards of new virtual machines, each port once."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._free: dict[str, Iterator[str]] = {}

    def connect(self, config: DataObject) -> DataObject:
        """Return a configuration whose cards on distributed port groups have ports of their own."""
        devices = config.hardware.device
        if not any(connection_of(device) is not None for device in devices):
            return config
        return config.replace(hardware=config.hardware.replace(device=tuple(map(self._connect, devices))))

    def _connect(self, device: DataObject) -> DataObject:
        connection = connection_of(device)
        group = group_of(self._inventory, connection) if connection is not None else None
        if connection is None or group is None:
            return device
        if connection.portKey and connection.portKey not in connected(self._inventory, group):
            return device
        keys = self._free.setdefault(group.ref.value, self._keys(group))
        backing = backing_of(self._inventory, group, next(keys))
        label = device.deviceInfo.label if device.deviceInfo is not None else ""
        return device.replace(backing=backing, deviceInfo=description(label, summary_of(backing)))

    def _keys(self, group: ManagedObject) -> Iterator[str]:
        taken = connected(self._inventory, group)
        yield from (key for key in group.get("portKeys") if key not in taken)
        while True:
            yield from add_ports(self._inventory, group, 1)


def free_port(inventory: Inventory, group: ManagedObject, others: Iterable[DataObject]) -> str:
    """Return the key of a port that neither a virtual machine nor one of these new devices uses.

    The port group gets another port if all are in use (autoExpand).
    """
    taken = {*connected(inventory, group), *(port.portKey for port in map(connection_of, others) if port)}
    free = next((key for key in group.get("portKeys") if key not in taken), None)
    return free if free is not None else add_ports(inventory, group, 1)[0]


def group_of(inventory: Inventory, connection: DataObject) -> ManagedObject | None:
    """Return the port group of a connection; None if it does not exist."""
    return inventory.find(MoRef(PORT_GROUP, connection.portgroupKey or ""))


def backing_of(inventory: Inventory, group: ManagedObject, port_key: str) -> DataObject:
    """Return the backing of a network card that is connected to a port of a port group."""
    switch = switch_of(inventory, group)
    uuid = switch.get("uuid") if switch is not None else ""
    return DataObject(
        BACKING,
        port=DataObject(
            "DistributedVirtualSwitchPortConnection",
            switchUuid=uuid,
            portgroupKey=group.ref.value,
            portKey=port_key,
            connectionCookie=int(digits_of("port", uuid, port_key, size=3), 16),
        ),
    )


@lru_cache(maxsize=256)
def unconnected_backing(group: MoRef) -> DataObject:
    """Return the backing of a network card that will get a port of a port group (`PortAllocator`)."""
    port = DataObject("DistributedVirtualSwitchPortConnection", switchUuid="", portgroupKey=group.value)
    return DataObject(BACKING, port=port)


def summary_of(backing: DataObject) -> str:
    """Return the summary of a network card with this backing [observed: recorded words]."""
    return f"DVSwitch: {backing.port.switchUuid}"


def distributed_ports(inventory: Inventory, switch: ManagedObject) -> Iterator[DataObject]:
    """Yield the DistributedVirtualPort of every port of a switch."""
    for group in inventory.find_all(switch.get("portgroup")):
        occupants = connected(inventory, group)
        for key in group.get("portKeys"):
            yield _port(switch, group, key, occupants.get(key))


def _port(
    switch: ManagedObject, group: ManagedObject, key: str, occupant: tuple[ManagedObject, DataObject] | None
) -> DataObject:
    port = DataObject(
        "DistributedVirtualPort",
        key=key,
        config=DataObject(
            "DVPortConfigInfo", name="", setting=group.get("config.defaultPortConfig"), configVersion="0"
        ),
        dvsUuid=switch.get("uuid"),
        portgroupKey=group.ref.value,
        conflict=False,
        lastStatusChange=switch.get("config.createTime"),
        hostLocalPort=False,
    )
    return port if occupant is None else _occupied(port, *occupant)


def _occupied(port: DataObject, vm: ManagedObject, card: DataObject) -> DataObject:
    connectee = DataObject(
        "DistributedVirtualSwitchPortConnectee", connectedEntity=vm.ref, nicKey=str(card.key), type="vmVnic"
    )
    up = card.connectable is not None and bool(card.connectable.connected)
    status = DataObject("DVPortStatus", linkUp=up, blocked=False, macAddress=card.macAddress)
    return port.replace(
        connectee=connectee,
        proxyHost=vm.get("runtime.host"),
        connectionCookie=card.backing.port.connectionCookie,
        state=DataObject("DVPortState", runtimeInfo=status, stats=_no_traffic()),
    )


@cache
def _no_traffic() -> DataObject:
    """Return DistributedVirtualSwitchPortStatistics: no traffic is modeled."""
    properties = data_type("DistributedVirtualSwitchPortStatistics").properties
    return DataObject("DistributedVirtualSwitchPortStatistics", **dict.fromkeys(properties, 0))

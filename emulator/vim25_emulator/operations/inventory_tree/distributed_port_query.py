"""DistributedVirtualSwitch: its ports, selected by criteria, and its port groups by key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.distributed_port import distributed_ports
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


@operation("DistributedVirtualSwitch", "FetchDVPorts")
def fetch_ports(
    call: Call, switch: ManagedObject, criteria: DataObject | None = None
) -> tuple[DataObject, ...]:
    """Return the ports that satisfy all criteria; all ports without any."""
    return tuple(_selected(call, switch, criteria))


@operation("DistributedVirtualSwitch", "FetchDVPortKeys")
def fetch_port_keys(call: Call, switch: ManagedObject, criteria: DataObject | None = None) -> tuple[str, ...]:
    """Return the keys of the ports that `fetch_ports` returns."""
    return tuple(port.key for port in _selected(call, switch, criteria))


def _selected(call: Call, switch: ManagedObject, criteria: DataObject | None) -> Iterator[DataObject]:
    wanted = criteria if criteria is not None else DataObject("DistributedVirtualSwitchPortCriteria")
    tests = [(test, wanted.__dict__[name]) for name, test in _CRITERIA.items() if name in wanted.__dict__]
    uplinks = {group.value for group in switch.get("config.uplinkPortgroup") or ()}
    for port in distributed_ports(call.vcenter.inventory, switch):
        if all(test(port, value, wanted, uplinks) for test, value in tests):
            yield port


_Test = Callable[[DataObject, object, DataObject, set[str]], bool]


def _in_groups(port: DataObject, keys: object, wanted: DataObject, uplinks: set[str]) -> bool:
    """Whether a port is in one of the port groups; in none of them if `inside` is false."""
    return (port.portgroupKey in _items(keys)) is (wanted.inside is not False)


def _items(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


#: Property of DistributedVirtualSwitchPortCriteria → test of a port. No port has a scope or belongs to NSX.
_CRITERIA: Final[dict[str, _Test]] = {
    "connected": lambda port, value, *_: (port.connectee is not None) is value,
    "active": lambda port, value, *_: (port.state is not None and port.state.runtimeInfo.linkUp) is value,
    "uplinkPort": lambda port, value, _, uplinks: (port.portgroupKey in uplinks) is value,
    "nsxPort": lambda port, value, *_: value is False,
    "scope": lambda *_: False,
    "portgroupKey": _in_groups,
    "portKey": lambda port, value, *_: port.key in _items(value),
    "host": lambda port, value, *_: port.proxyHost in _items(value),
}


@operation("DistributedVirtualSwitch", "LookupDvPortGroup")
def look_up_port_group(call: Call, switch: ManagedObject, portgroupKey: str) -> ManagedObject:
    """Return the port group with a key; raise NotFound."""
    for group in call.vcenter.inventory.find_all(switch.get("portgroup")):
        if group.get("key") == portgroupKey:
            return group
    raise MethodFault("NotFound")

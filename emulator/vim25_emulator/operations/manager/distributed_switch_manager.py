"""DistributedVirtualSwitchManager: switches by UUID, port groups by key."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault


@operation("DistributedVirtualSwitchManager", "QueryDvsByUuid")
def switch_by_uuid(call: Call, manager: ManagedObject, uuid: str) -> ManagedObject:
    """Return the switch with a UUID; raise NotFound."""
    for switch in call.vcenter.inventory.of_type("DistributedVirtualSwitch"):
        if switch.get("uuid") == uuid:
            return switch
    raise MethodFault("NotFound")


@operation("DistributedVirtualSwitchManager", "DVSManagerLookupDvPortGroup")
def port_group_by_key(
    call: Call, manager: ManagedObject, switchUuid: str, portgroupKey: str
) -> ManagedObject:
    """Return the port group with a key on the switch with a UUID; raise NotFound."""
    switch = switch_by_uuid(call, manager, switchUuid)
    for group in call.vcenter.inventory.find_all(switch.get("portgroup")):
        if group.get("key") == portgroupKey:
            return group
    raise MethodFault("NotFound")

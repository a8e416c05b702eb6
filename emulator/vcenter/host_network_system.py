"""HostNetworkSystem: what a host's adapters hear of the networks that they are plugged into."""

from __future__ import annotations

from emulator.inventory.store import ManagedObject
from emulator.vcenter.operation import Call, operation
from emulator.vmodl.value import DataObject, MethodFault


@operation("HostNetworkSystem", "QueryNetworkHint")
def query_network_hint(
    call: Call, system: ManagedObject, device: tuple[str, ...] = ()
) -> tuple[DataObject, ...]:
    """Return a PhysicalNicHintInfo for each adapter, or each one named: no switch is heard of by any.

    Raises NotFound for an adapter that the host does not have.
    """
    present = [nic.device for nic in system.get("networkInfo.pnic") or ()]
    if not set(present) >= set(device):
        raise MethodFault("NotFound")
    return tuple(DataObject("PhysicalNicHintInfo", device=name) for name in device or present)

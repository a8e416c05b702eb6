"""HostVirtualNicManager and HostVMotionSystem: which VMkernel NIC carries which service.

What a host shows of it in other places follows: its configuration, its summary, and whether it is fit for
Fault Tolerance.
"""

from __future__ import annotations

from vim25_emulator.behavior.vmkernel_nic import VMOTION, host_of_manager, net_config, set_services
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


@operation("HostVirtualNicManager", "SelectVnicForNicType")
def select(call: Call, manager: ManagedObject, nicType: str, device: str) -> None:
    """Let a VMkernel NIC carry a service; raise InvalidArgument for either that is not there."""
    _change(call, host_of_manager(call, manager, "virtualNicManager"), nicType, device, selected=True)


@operation("HostVirtualNicManager", "DeselectVnicForNicType")
def deselect(call: Call, manager: ManagedObject, nicType: str, device: str) -> None:
    """Let a VMkernel NIC no longer carry a service; raise InvalidArgument for either that is not there."""
    _change(call, host_of_manager(call, manager, "virtualNicManager"), nicType, device, selected=False)


@operation("HostVirtualNicManager", "QueryNetConfig")
def query(call: Call, manager: ManagedObject, nicType: str) -> DataObject:
    """Return the NICs that may carry a service and those that do; raise InvalidArgument."""
    return net_config(manager.get("info.netConfig"), nicType)


@operation("HostVMotionSystem", "SelectVnic")
def select_for_vmotion(call: Call, system: ManagedObject, device: str) -> None:
    """Let this VMkernel NIC, and no other, carry vMotion; raise HostConfigFault if there is none such."""
    host = host_of_manager(call, system, "vmotionSystem")
    config = net_config(host.get("config.virtualNicManagerInfo.netConfig"), VMOTION)
    if all(nic.device != device for nic in config.candidateVnic):
        raise MethodFault("HostConfigFault")
    deselect_for_vmotion(call, system)
    _change(call, host, VMOTION, device, selected=True)


@operation("HostVMotionSystem", "DeselectVnic")
def deselect_for_vmotion(call: Call, system: ManagedObject) -> None:
    """Let no VMkernel NIC carry vMotion."""
    host = host_of_manager(call, system, "vmotionSystem")
    config = net_config(host.get("config.virtualNicManagerInfo.netConfig"), VMOTION)
    for nic in config.candidateVnic:
        _change(call, host, VMOTION, nic.device, selected=False)


def _change(call: Call, host: ManagedObject, nic_type: str, device: str, *, selected: bool) -> None:
    configs = host.get("config.virtualNicManagerInfo.netConfig")
    before = net_config(configs, nic_type)
    key = next((nic.key for nic in before.candidateVnic if nic.device == device), None)
    if key is None:
        raise MethodFault("InvalidArgument", invalidProperty="device")
    others = tuple(held for held in before.selectedVnic if held != key)
    kept = others if before.multiSelectAllowed or not selected else ()
    after = before.replace(selectedVnic=(*kept, key) if selected else others)
    set_services(call, host, tuple(after if each is before else each for each in configs))

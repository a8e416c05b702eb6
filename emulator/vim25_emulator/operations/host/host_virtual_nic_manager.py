"""HostVirtualNicManager and HostVMotionSystem: selecting VMkernel NICs for services.

The host's configuration, summary and compatibility with Fault Tolerance follow the selection.
"""

from __future__ import annotations

from vim25_emulator.behavior.vmkernel_nic import VMOTION, host_of_manager, net_config, set_services
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


@operation("HostVirtualNicManager", "SelectVnicForNicType")
def select(call: Call, manager: ManagedObject, nicType: str, device: str) -> None:
    """Select a VMkernel NIC for a service; raise InvalidArgument if the service or NIC does not exist."""
    _change(call, host_of_manager(call, manager, "virtualNicManager"), nicType, device, selected=True)


@operation("HostVirtualNicManager", "DeselectVnicForNicType")
def deselect(call: Call, manager: ManagedObject, nicType: str, device: str) -> None:
    """Deselect a VMkernel NIC; raises like `select`."""
    _change(call, host_of_manager(call, manager, "virtualNicManager"), nicType, device, selected=False)


@operation("HostVirtualNicManager", "QueryNetConfig")
def query(call: Call, manager: ManagedObject, nicType: str) -> DataObject:
    """Return the candidate and selected NICs for a service; raise InvalidArgument for an unknown service."""
    return net_config(manager.get("info.netConfig"), nicType)


@operation("HostVMotionSystem", "SelectVnic")
def select_for_vmotion(call: Call, system: ManagedObject, device: str) -> None:
    """Select only this VMkernel NIC for vMotion; raise HostConfigFault if it does not exist."""
    host = host_of_manager(call, system, "vmotionSystem")
    config = net_config(host.get("config.virtualNicManagerInfo.netConfig"), VMOTION)
    if all(nic.device != device for nic in config.candidateVnic):
        raise MethodFault("HostConfigFault")
    deselect_for_vmotion(call, system)
    _change(call, host, VMOTION, device, selected=True)


@operation("HostVMotionSystem", "DeselectVnic")
def deselect_for_vmotion(call: Call, system: ManagedObject) -> None:
    """Deselect all VMkernel NICs for vMotion."""
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
    keys = tuple(other for other in before.selectedVnic if other != key)
    if selected:
        keys = (*keys, key) if before.multiSelectAllowed else (key,)
    after = before.replace(selectedVnic=keys)
    set_services(call, host, tuple(after if config is before else config for config in configs))

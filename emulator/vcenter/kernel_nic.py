"""HostVirtualNicManager and HostVMotionSystem: which VMkernel NIC carries which service.

What a host shows of it in other places follows: its configuration, its summary, and whether it is fit for
Fault Tolerance.
"""

from __future__ import annotations

from typing import Final

from emulator.inventory.store import ManagedObject
from emulator.scenario.host import set_fault_tolerance_issue
from emulator.vcenter.cluster_upkeep import show_cluster
from emulator.vcenter.operation import Call, operation
from emulator.vmodl.value import DataObject, MethodFault, MoRef

_VMOTION: Final = "vmotion"

#: Service → what in a host's summary tells of it, and what a host without it says keeps it from FT.
_SHOWN: Final = {
    _VMOTION: ("vmotionEnabled", "missingVMotionNic"),
    "faultToleranceLogging": ("faultToleranceEnabled", "missingFTLoggingNic"),
}


@operation("HostVirtualNicManager", "SelectVnicForNicType")
def select(call: Call, manager: ManagedObject, nicType: str, device: str) -> None:
    """Let a VMkernel NIC carry a service; raise InvalidArgument for either that is not there."""
    _change(call, host_of(call, manager, "virtualNicManager"), nicType, device, selected=True)


@operation("HostVirtualNicManager", "DeselectVnicForNicType")
def deselect(call: Call, manager: ManagedObject, nicType: str, device: str) -> None:
    """Let a VMkernel NIC no longer carry a service; raise InvalidArgument for either that is not there."""
    _change(call, host_of(call, manager, "virtualNicManager"), nicType, device, selected=False)


@operation("HostVirtualNicManager", "QueryNetConfig")
def query(call: Call, manager: ManagedObject, nicType: str) -> DataObject:
    """Return the NICs that may carry a service and those that do; raise InvalidArgument."""
    return _config(manager.get("info.netConfig"), nicType)


@operation("HostVMotionSystem", "SelectVnic")
def select_for_vmotion(call: Call, system: ManagedObject, device: str) -> None:
    """Let this VMkernel NIC, and no other, carry vMotion; raise HostConfigFault if there is none such."""
    host = host_of(call, system, "vmotionSystem")
    config = _config(host.get("config.virtualNicManagerInfo.netConfig"), _VMOTION)
    if all(nic.device != device for nic in config.candidateVnic):
        raise MethodFault("HostConfigFault")
    deselect_for_vmotion(call, system)
    _change(call, host, _VMOTION, device, selected=True)


@operation("HostVMotionSystem", "DeselectVnic")
def deselect_for_vmotion(call: Call, system: ManagedObject) -> None:
    """Let no VMkernel NIC carry vMotion."""
    host = host_of(call, system, "vmotionSystem")
    config = _config(host.get("config.virtualNicManagerInfo.netConfig"), _VMOTION)
    for nic in config.candidateVnic:
        _change(call, host, _VMOTION, nic.device, selected=False)


def host_of(call: Call, manager: ManagedObject, prop: str) -> ManagedObject:
    """Return the host whose manager this is."""
    hosts = call.vcenter.inventory.of_type("HostSystem")
    return next(host for host in hosts if host.get(f"configManager.{prop}") == manager.ref)


def _config(configs: tuple[DataObject, ...], nic_type: str) -> DataObject:
    found = next((each for each in configs if each.nicType == nic_type), None)
    if found is None:
        raise MethodFault("InvalidArgument", invalidProperty="nicType")
    return found


def _change(call: Call, host: ManagedObject, nic_type: str, device: str, *, selected: bool) -> None:
    configs = host.get("config.virtualNicManagerInfo.netConfig")
    before = _config(configs, nic_type)
    key = next((nic.key for nic in before.candidateVnic if nic.device == device), None)
    if key is None:
        raise MethodFault("InvalidArgument", invalidProperty="device")
    others = tuple(held for held in before.selectedVnic if held != key)
    kept = others if before.multiSelectAllowed or not selected else ()
    after = before.replace(selectedVnic=(*kept, key) if selected else others)
    show_services(call, host, tuple(after if each is before else each for each in configs))


def show_services(call: Call, host: ManagedObject, configs: tuple[DataObject, ...]) -> None:
    """Let a host have these services on its VMkernel NICs (VirtualNicManagerNetConfig of each)."""
    inventory = call.vcenter.inventory
    info = DataObject("HostVirtualNicManagerInfo", netConfig=configs)
    host.set("config.virtualNicManagerInfo", info)
    _manager(call, host, "virtualNicManager").set("info", info)
    for nic_type, (shown, issue) in _SHOWN.items():
        present = bool(_config(configs, nic_type).selectedVnic)
        host.set(f"summary.config.{shown}", present)
        set_fault_tolerance_issue(host, issue, present=not present)
    _show_vmotion(call, host, _config(configs, _VMOTION))
    show_cluster(call, inventory[host.get("parent")])


def _show_vmotion(call: Call, host: ManagedObject, config: DataObject) -> None:
    """Let the older place that tells of vMotion tell the same."""
    prefix, old_prefix = f"{_VMOTION}.", "VMotionConfig."
    nics = {
        nic.key: nic.replace(key=old_prefix + nic.key.removeprefix(prefix)) for nic in config.candidateVnic
    }
    selected = next((nics[key] for key in config.selectedVnic if key in nics), None)
    net = DataObject(
        "HostVMotionNetConfig",
        candidateVnic=tuple(nics.values()),
        selectedVnic=selected.key if selected is not None else None,
    )
    address = selected.spec.ip if selected is not None else DataObject("HostIpConfig", dhcp=False)
    host.set("config.vmotion", DataObject("HostVMotionInfo", netConfig=net, ipConfig=address))
    system = _manager(call, host, "vmotionSystem")
    system.set("netConfig", net)
    system.set("ipConfig", address)


def _manager(call: Call, host: ManagedObject, prop: str) -> ManagedObject:
    ref: MoRef = host.get(f"configManager.{prop}")
    return call.vcenter.inventory[ref]

"""VMkernel NICs of a host: the services enabled on them, in every property that shows them."""

from __future__ import annotations

from typing import Final

from vim25_emulator.behavior.cluster_summary import refresh_cluster
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.host import set_fault_tolerance_issue
from vim25_emulator.model.host_network import no_address
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

VMOTION: Final = "vmotion"
#: Service → property of the host's summary, and the Fault Tolerance issue of a host without the service.
_SUMMARY: Final = {
    VMOTION: ("vmotionEnabled", "missingVMotionNic"),
    "faultToleranceLogging": ("faultToleranceEnabled", "missingFTLoggingNic"),
}


def host_of_manager(call: Call, manager: ManagedObject, prop: str) -> ManagedObject:
    """Return the host of a manager, which is the value of its `configManager.PROP`."""
    hosts = call.vcenter.inventory.of_type("HostSystem")
    return next(host for host in hosts if host.get(f"configManager.{prop}") == manager.ref)


def net_config(configs: tuple[DataObject, ...], nic_type: str) -> DataObject:
    """Return the configuration of a service; raise InvalidArgument for an unknown one."""
    config = next((config for config in configs if config.nicType == nic_type), None)
    if config is None:
        raise MethodFault("InvalidArgument", invalidProperty="nicType")
    return config


def set_services(call: Call, host: ManagedObject, configs: tuple[DataObject, ...]) -> None:
    """Set the services of a host's VMkernel NICs: one VirtualNicManagerNetConfig per service."""
    inventory = call.vcenter.inventory
    info = DataObject("HostVirtualNicManagerInfo", netConfig=configs)
    host.set("config.virtualNicManagerInfo", info)
    _manager(call, host, "virtualNicManager").set("info", info)
    for nic_type, (prop, issue) in _SUMMARY.items():
        enabled = bool(net_config(configs, nic_type).selectedVnic)
        host.set(f"summary.config.{prop}", enabled)
        set_fault_tolerance_issue(host, issue, present=not enabled)
    _set_vmotion(call, host, net_config(configs, VMOTION))
    refresh_cluster(call, inventory[host.get("parent")])


def _set_vmotion(call: Call, host: ManagedObject, config: DataObject) -> None:
    """Set the legacy vMotion configuration of a host to that of its VMkernel NICs."""
    prefix, old_prefix = f"{VMOTION}.", "VMotionConfig."
    nics = {
        nic.key: nic.replace(key=old_prefix + nic.key.removeprefix(prefix)) for nic in config.candidateVnic
    }
    selected = next((nics[key] for key in config.selectedVnic if key in nics), None)
    net = DataObject(
        "HostVMotionNetConfig",
        candidateVnic=tuple(nics.values()),
        selectedVnic=selected.key if selected is not None else None,
    )
    address = selected.spec.ip if selected is not None else no_address()
    host.set("config.vmotion", DataObject("HostVMotionInfo", netConfig=net, ipConfig=address))
    system = _manager(call, host, "vmotionSystem")
    system.set("netConfig", net)
    system.set("ipConfig", address)


def _manager(call: Call, host: ManagedObject, prop: str) -> ManagedObject:
    ref: MoRef = host.get(f"configManager.{prop}")
    return call.vcenter.inventory[ref]

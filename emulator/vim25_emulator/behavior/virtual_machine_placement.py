"""Placement of a virtual machine that is created, cloned, registered or moved: pool, host, folder.

What the request leaves open is chosen; an inconsistent request is rejected.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vim25_emulator.behavior.host_availability import is_available, require_available
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.cluster_policy import ha_enabled, may_protect
from vim25_emulator.model.disk_location import require_datastore
from vim25_emulator.model.distributed_port import network_of
from vim25_emulator.model.related_object import compute_resource_of, datacenter_of, hosts_of
from vim25_emulator.model.virtual_machine import PowerState
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef


def choose_host(
    call: Call, pool: ManagedObject, host: ManagedObject | None, needed: Iterable[MoRef] = ()
) -> ManagedObject:
    """Return the named host, else the one with the fewest VMs that has the needed datastores and networks.

    Raise InvalidArgument for a host outside the pool's compute resource, InvalidHostState for a host that is
    not in service, or if none is.
    """
    inventory = call.vcenter.inventory
    candidates = hosts_of(inventory, compute_resource_of(inventory, pool))
    if host is not None:
        if host not in candidates:
            raise MethodFault("InvalidArgument", invalidProperty="host")
        require_available(call, host)
        return host
    required = set(needed)
    usable = [candidate for candidate in candidates if is_available(call, candidate)]
    suitable = [c for c in usable if required <= {*c.get("datastore"), *c.get("network")}]
    if not suitable and not usable:
        raise MethodFault("InvalidHostState", host=candidates[0].ref if candidates else None)
    return min(suitable or usable, key=lambda candidate: len(candidate.get("vm")))


def require_host(
    call: Call, vm: ManagedObject, host: ManagedObject, config: DataObject, owner: MoRef | None = None
) -> None:
    """Raise the fault of a host that a request names and that cannot run a VM with this configuration.

    `owner` is the compute resource of the VM, by default its present one. InvalidArgument for a host outside
    it, as for migration [documented], InvalidHostState, InvalidDatastore, CannotAccessVmDisk,
    CannotAccessNetwork.
    """
    inventory = call.vcenter.inventory
    present = inventory[vm.get("runtime.host")].get("parent")
    if host.get("parent") != (owner or present):
        raise MethodFault("InvalidArgument", invalidProperty="host")
    require_available(call, host)
    require_datastore(host, inventory[vm.get("datastore")[0]])
    require_access(host, config)


def require_vm_folder(inventory: Inventory, folder: ManagedObject, pool: ManagedObject | None) -> None:
    """Raise NotSupported for a folder not meant for VMs, InvalidArgument for a pool of another datacenter."""
    if "VirtualMachine" not in folder.get("childType"):
        raise MethodFault("NotSupported")
    if pool is not None and datacenter_of(inventory, pool) is not datacenter_of(inventory, folder):
        raise MethodFault("InvalidArgument", invalidProperty="pool")


def require_access(host: ManagedObject, config: DataObject) -> None:
    """Raise CannotAccessVmDisk or CannotAccessNetwork for a device whose backing the host cannot access."""
    for device in config.hardware.device:
        backing = device.backing
        properties = backing.__dict__ if backing is not None else {}
        label = device.deviceInfo.label if device.deviceInfo else ""
        common: dict[str, Any] = {"device": label, "connected": True}
        if device.is_a("VirtualDisk") and properties.get("datastore") not in host.get("datastore"):
            missing = DataObject("FileNotFound", file=backing.fileName)
            raise MethodFault("CannotAccessVmDisk", backing=backing.fileName, fault=missing, **common)
        network = network_of(device) if device.is_a("VirtualEthernetCard") else None
        if network not in (None, *host.get("network")):
            name = properties.get("deviceName", label)
            raise MethodFault("CannotAccessNetwork", backing=name, network=network, **common)


def initial_state(inventory: Inventory, host: ManagedObject) -> PowerState:
    """Return the power state of a new virtual machine on a host."""
    owner = inventory.find(host.get("parent"))
    return PowerState(ha=ha_enabled(owner), fault_tolerance_possible=may_protect(owner, host))

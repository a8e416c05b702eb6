"""Where a virtual machine goes that is created, cloned, registered or moved: pool, host, folder, datastore.

Whoever names only some of them gets the rest chosen; what does not go together is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.cluster_policy import may_protect
from vim25_emulator.model.host_service import is_in_service, require_in_service
from vim25_emulator.model.related_object import compute_resource_of, datacenter_of, hosts_of
from vim25_emulator.model.virtual_machine import PowerState
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef


def choose_host(
    call: Call, pool: ManagedObject, host: ManagedObject | None, needed: Iterable[MoRef] = ()
) -> ManagedObject:
    """Return the host, if one is named; else the one with the fewest VMs that reaches what is needed.

    Raises InvalidArgument for one that the pool does not belong to, InvalidHostState for one that is not in
    service or if no host is.
    """
    inventory = call.vcenter.inventory
    candidates = hosts_of(inventory, compute_resource_of(inventory, pool))
    if host is not None:
        if host not in candidates:
            raise MethodFault("InvalidArgument", invalidProperty="host")
        require_in_service(host)
        return host
    wanted = set(needed)
    usable = [each for each in candidates if is_in_service(each)]
    fitting = [each for each in usable if wanted <= {*each.get("datastore"), *each.get("network")}]
    if not fitting and not usable:
        raise MethodFault("InvalidHostState", host=candidates[0].ref if candidates else None)
    return min(fitting or usable, key=lambda each: len(each.get("vm")))


def require_vm_folder(inventory: Inventory, folder: ManagedObject, pool: ManagedObject | None) -> None:
    """Raise NotSupported for a folder that holds no VMs, InvalidArgument for a pool of another datacenter."""
    if "VirtualMachine" not in folder.get("childType"):
        raise MethodFault("NotSupported")
    if pool is not None and datacenter_of(inventory, pool) is not datacenter_of(inventory, folder):
        raise MethodFault("InvalidArgument", invalidProperty="pool")


def require_reach(host: ManagedObject, config: DataObject) -> None:
    """Raise CannotAccessVmDisk or CannotAccessNetwork for a device whose backing the host does not reach."""
    for device in config.hardware.device:
        backing = device.backing
        named = backing.__dict__ if backing is not None else {}
        label = device.deviceInfo.label if device.deviceInfo else ""
        about: dict[str, Any] = {"device": label, "connected": True}
        if device.is_a("VirtualDisk") and named.get("datastore") not in host.get("datastore"):
            missing = DataObject("FileNotFound", file=backing.fileName)
            raise MethodFault("CannotAccessVmDisk", backing=backing.fileName, fault=missing, **about)
        network = named.get("network")
        if device.is_a("VirtualEthernetCard") and network not in (None, *host.get("network")):
            raise MethodFault("CannotAccessNetwork", backing=named["deviceName"], network=network, **about)


def initial_state(inventory: Inventory, host: ManagedObject) -> PowerState:
    """Return the state of a virtual machine that has just come to a host, powered off."""
    return PowerState(fault_tolerance_possible=may_protect(inventory.find(host.get("parent")), host))

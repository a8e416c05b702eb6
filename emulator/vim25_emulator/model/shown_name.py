"""Places other than an entity itself that show it: by its name, or by a reference in a list.

A rename and a removal change the same places. Datastores are recognized by their mount path or URL, networks
by reference where there is one: another datacenter may have one of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datastore import mount_path
from vim25_emulator.model.host_manager import managers_of
from vim25_emulator.model.host_network_config import network_config
from vim25_emulator.vmodl.value import DataObject

Change = Callable[[Any], Any]  #: of an element of an array; None removes it

# ---- datastores ----------------------------------------------------------------------------------------


def rename_volume(inventory: Inventory, datastore: ManagedObject) -> None:
    """Show the new name of a datastore in its own volume, the hosts that mount it, and the VMs on it."""
    name, path = datastore.get("name"), mount_path(datastore)
    for volume in ("vmfs", "nas"):
        if datastore.get(f"info.{volume}") is not None:
            datastore.set(f"info.{volume}.name", name)
    _change_mounts(inventory, path, lambda mount: mount.replace(volume=mount.volume.replace(name=name)))
    for owner in _configured(inventory, datastore):
        change_each(owner, "config.datastoreUrl", lambda pair: _renamed_url(pair, path, name))


def with_volume_name(config: DataObject, datastore: ManagedObject) -> DataObject:
    """Return a VM's configuration with the current name of a datastore."""
    name, path = datastore.get("name"), mount_path(datastore)
    return config.replace(datastoreUrl=tuple(_renamed_url(pair, path, name) for pair in config.datastoreUrl))


def _renamed_url(pair: DataObject, path: str, name: str) -> DataObject:
    return pair.replace(name=name) if pair.url.rstrip("/") == path else pair


def forget_volume(inventory: Inventory, datastore: ManagedObject) -> None:
    """Remove a datastore from the volumes of the hosts that mount it."""
    _change_mounts(inventory, mount_path(datastore), lambda mount: None)


def _change_mounts(inventory: Inventory, path: str, change: Change) -> None:
    """Change the mounts of a volume, on all hosts."""

    def changed(mount: DataObject) -> Any:
        return change(mount) if (mount.mountInfo.path or "").rstrip("/") == path else mount

    for host in inventory.of_type("HostSystem"):
        change_each(host, "config.fileSystemVolume.mountInfo", changed)
        for manager in managers_of(inventory, host):
            if manager.is_a("HostStorageSystem"):
                change_each(manager, "fileSystemVolumeInfo.mountInfo", changed)


# ---- networks ------------------------------------------------------------------------------------------


def rename_network(inventory: Inventory, network: ManagedObject, before: str) -> None:
    """Show the new name of a network in the hosts that have it, and in the VMs connected to it."""
    name = network.get("name")
    standard = network.type.name == "Network"
    for host in inventory.find_all(network.get("host")) if standard else ():
        _rename_port_group(host, "config.network", before, name)
        for manager in managers_of(inventory, host):
            if manager.is_a("HostNetworkSystem"):
                _rename_port_group(manager, "networkInfo", before, name)
                _show_settings(manager)

    def renamed(device: DataObject) -> DataObject:
        backing = device.backing
        if backing is None or backing.__dict__.get("network") != network.ref:
            return device
        shown = device.deviceInfo
        if shown is not None and shown.summary == before:
            shown = shown.replace(summary=name)
        return device.replace(backing=backing.replace(deviceName=name), deviceInfo=shown)

    for owner in _configured(inventory, network):
        change_each(owner, "config.hardware.device", renamed)
    for vm in inventory.find_all(network.get("vm")):
        change_each(vm, "guest.net", lambda nic: nic.replace(network=name) if nic.network == before else nic)


def _show_settings(system: ManagedObject) -> None:
    """Set the network as settings, unless the inventory was saved without it."""
    if system.get("networkConfig") is not None and system.get("networkInfo") is not None:
        system.set("networkConfig", network_config(system.get("networkInfo")))


def _rename_port_group(owner: ManagedObject, path: str, before: str, name: str) -> None:
    def keyed(key: str) -> str:
        return f"{key.removesuffix(before)}{name}" if key.endswith(f".PortGroup-{before}") else key

    def renamed(group: DataObject) -> DataObject:
        if group.spec.name != before:
            return group
        return group.replace(key=keyed(group.key), spec=group.spec.replace(name=name))

    change_each(owner, f"{path}.portgroup", renamed)
    change_each(
        owner, f"{path}.vswitch", lambda each: each.replace(portgroup=tuple(map(keyed, each.portgroup)))
    )
    change_each(
        owner, f"{path}.vnic", lambda nic: nic.replace(portgroup=name) if nic.portgroup == before else nic
    )


# ---- both ----------------------------------------------------------------------------------------------


def unlist(inventory: Inventory, shared: ManagedObject, path: str) -> None:
    """Remove a datastore or a network from the lists of hosts, managers, browsers and others."""
    for holder in inventory:
        if holder.properties.get(path):
            holder.remove(path, shared.ref)


def _configured(inventory: Inventory, shared: ManagedObject) -> Iterator[ManagedObject]:
    """Yield the VMs that use a datastore or a network, and the snapshots."""
    yield from inventory.find_all(shared.get("vm"))
    yield from inventory.of_type("VirtualMachineSnapshot")


def change_each(owner: ManagedObject, path: str, change: Change) -> None:
    """Change the elements of an array; no-op if it is unset."""
    elements = owner.get(path)
    if elements:
        owner.set(path, tuple(new for new in map(change, elements) if new is not None))

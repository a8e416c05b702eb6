"""SearchIndex: finding entities by UUID, DNS name, IP address, inventory path or datastore path.

There is no index: a search reads the candidates, about a millisecond for some thousand VMs. Which properties
are compared is a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from urllib.parse import unquote

from vim25_emulator.inventory.hierarchy import ancestors, children
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore_file import parts_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault


def _paths(*names: str) -> Callable[[ManagedObject], Iterator[Any]]:
    """Return a function that yields an object's values at these paths."""
    return lambda found: (found.get(name) for name in names)


def _vm_addresses(vm: ManagedObject) -> Iterator[Any]:
    yield vm.get("guest.ipAddress")
    for nic in vm.get("guest.net") or ():
        yield from nic.ipAddress


def _host_addresses(host: ManagedObject) -> Iterator[Any]:
    for nic in host.get("config.network.vnic") or ():
        yield nic.spec.ip.ipAddress if nic.spec.ip else None


#: Kind of search → whether it is for VMs → the values of an entity that are compared.
_COMPARED: Final = {
    "uuid": {True: _paths("config.uuid"), False: _paths("hardware.systemInfo.uuid", "summary.hardware.uuid")},
    "instanceUuid": {True: _paths("config.instanceUuid"), False: _paths()},
    "dnsName": {True: _paths("guest.hostName"), False: _paths("name")},
    "ip": {True: _vm_addresses, False: _host_addresses},
}


def _find(
    call: Call, what: str, value: str, *, vms: bool, datacenter: ManagedObject | None
) -> Iterator[ManagedObject]:
    """Yield the VMs or hosts with a value, ignoring case, in a datacenter or anywhere."""
    inventory, values_of = call.vcenter.inventory, _COMPARED[what][vms]
    wanted = value.lower()
    for entity in inventory.of_type("VirtualMachine" if vms else "HostSystem"):
        if any(isinstance(own, str) and own.lower() == wanted for own in values_of(entity)) and (
            datacenter is None or datacenter in ancestors(inventory, entity)
        ):
            yield from _if_visible(call, entity)


def _if_visible(call: Call, found: ManagedObject) -> Iterator[ManagedObject]:
    """Yield an object if the caller may see it [derived]; a real server may answer NoPermission."""
    if call.rights.see(found):
        yield found


def _first(found: Iterable[ManagedObject]) -> ManagedObject | None:
    return next(iter(found), None)


# By UUID, DNS name or IP address


@operation("SearchIndex", "FindByUuid")
def find_by_uuid(
    call: Call,
    index: ManagedObject,
    uuid: str,
    vmSearch: bool,
    datacenter: ManagedObject | None = None,
    instanceUuid: bool = False,
) -> ManagedObject | None:
    """Return the VM with a BIOS or instance UUID, or the host with a BIOS UUID."""
    return _first(find_all_by_uuid(call, index, uuid, vmSearch, datacenter, instanceUuid))


@operation("SearchIndex", "FindAllByUuid")
def find_all_by_uuid(
    call: Call,
    index: ManagedObject,
    uuid: str,
    vmSearch: bool,
    datacenter: ManagedObject | None = None,
    instanceUuid: bool = False,
) -> tuple[ManagedObject, ...]:
    """Return all VMs with a BIOS or instance UUID, or all hosts with a BIOS UUID.

    Before 6.5, templates are not found [observed: reports of users].
    """
    what = "instanceUuid" if instanceUuid else "uuid"
    found = _find(call, what, uuid, vms=vmSearch, datacenter=datacenter)
    if call.vcenter.release.finds_templates:
        return tuple(found)
    return tuple(entity for entity in found if not _is_template(entity))


def _is_template(entity: ManagedObject) -> bool:
    return entity.is_a("VirtualMachine") and bool(entity.get("config.template"))


@operation("SearchIndex", "FindByDnsName")
def find_by_dns_name(
    call: Call, index: ManagedObject, dnsName: str, vmSearch: bool, datacenter: ManagedObject | None = None
) -> ManagedObject | None:
    """Return the VM whose guest has a DNS name, or the host with it."""
    return _first(_find(call, "dnsName", dnsName, vms=vmSearch, datacenter=datacenter))


@operation("SearchIndex", "FindAllByDnsName")
def find_all_by_dns_name(
    call: Call, index: ManagedObject, dnsName: str, vmSearch: bool, datacenter: ManagedObject | None = None
) -> tuple[ManagedObject, ...]:
    """Return all VMs whose guests have a DNS name, or all hosts with it."""
    return tuple(_find(call, "dnsName", dnsName, vms=vmSearch, datacenter=datacenter))


@operation("SearchIndex", "FindByIp")
def find_by_ip(
    call: Call, index: ManagedObject, ip: str, vmSearch: bool, datacenter: ManagedObject | None = None
) -> ManagedObject | None:
    """Return the VM whose guest has an IP address, or the host with it."""
    return _first(_find(call, "ip", ip, vms=vmSearch, datacenter=datacenter))


@operation("SearchIndex", "FindAllByIp")
def find_all_by_ip(
    call: Call, index: ManagedObject, ip: str, vmSearch: bool, datacenter: ManagedObject | None = None
) -> tuple[ManagedObject, ...]:
    """Return all VMs whose guests have an IP address, or all hosts with it."""
    return tuple(_find(call, "ip", ip, vms=vmSearch, datacenter=datacenter))


# By path


@operation("SearchIndex", "FindByInventoryPath")
def find_by_inventory_path(call: Call, index: ManagedObject, inventoryPath: str) -> ManagedObject | None:
    """Return the entity at a path of names from the root folder, such as `Lab/vm/web01`.

    A slash inside a name is written %2f. Empty names are skipped, so the empty path is the root folder.
    """
    found: ManagedObject | None = call.vcenter.root_folder
    for name in filter(None, inventoryPath.split("/")):
        found = _child(call, found, name) if found is not None else None
    return found


@operation("SearchIndex", "FindChild")
def find_child(call: Call, index: ManagedObject, entity: ManagedObject, name: str) -> ManagedObject | None:
    """Return the direct child of an entity with this name."""
    return _child(call, entity, name)


def _child(call: Call, entity: ManagedObject, name: str) -> ManagedObject | None:
    wanted = unquote(name)
    return _first(
        visible
        for child in children(call.vcenter.inventory, entity)
        if unquote(child.properties.get("name", "")) == wanted
        for visible in _if_visible(call, child)
    )


@operation("SearchIndex", "FindByDatastorePath")
def find_by_datastore_path(
    call: Call, index: ManagedObject, datacenter: ManagedObject, path: str
) -> ManagedObject | None:
    """Return the VM whose configuration file is at a datastore path, such as `[shared-1] web01/web01.vmx`.

    Raises InvalidDatastorePath for a malformed path, InvalidDatastore if the datacenter does not have the
    datastore.
    """
    inventory = call.vcenter.inventory
    name, file = parts_of(path)
    if all(inventory[ref].get("name") != name for ref in datacenter.get("datastore")):
        raise MethodFault("InvalidDatastore", name=name)
    wanted = f"[{name}] {file}"
    return _first(
        visible
        for vm in inventory.of_type("VirtualMachine")
        if vm.get("config.files.vmPathName") == wanted and datacenter in ancestors(inventory, vm)
        for visible in _if_visible(call, vm)
    )

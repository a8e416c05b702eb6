"""Folder: RegisterVM_Task, which adds an unregistered VM to the inventory again."""

from __future__ import annotations

from vim25_emulator.behavior.new_virtual_machine import add_virtual_machine
from vim25_emulator.behavior.virtual_machine_placement import choose_host, require_vm_folder
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore_file import datastore_at, file_names, normalized, parts_of
from vim25_emulator.model.entity_name import escaped_name, require_free_name
from vim25_emulator.model.host_service import require_in_service
from vim25_emulator.model.related_object import compute_resource_of
from vim25_emulator.model.virtual_machine import Place
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


def require_registrable(
    call: Call,
    folder: ManagedObject,
    path: str,
    asTemplate: bool,
    name: str | None = None,
    pool: ManagedObject | None = None,
    host: ManagedObject | None = None,
) -> tuple[DataObject, Place]:
    """Return the configuration of an unregistered VM, and its place; raises like `register`."""
    place, path = _place(call, folder, path, asTemplate, pool, host), normalized(path)
    config = call.vcenter.leftovers.configs.get(path)
    if config is None:
        taken = path in file_names(call.vcenter.inventory, call.vcenter.leftovers)
        raise MethodFault("AlreadyExists", name=path) if taken else MethodFault("NotFound")
    stored_name = escaped_name(name) if name is not None else config.name
    require_free_name(call.vcenter.inventory, folder, stored_name)
    return config.replace(name=stored_name, template=asTemplate), place


@operation("Folder", "RegisterVM_Task", requires=require_registrable)
async def register(
    call: Call,
    folder: ManagedObject,
    path: str,
    asTemplate: bool,
    name: str | None = None,
    pool: ManagedObject | None = None,
    host: ManagedObject | None = None,
) -> ManagedObject:
    """Add the VM whose .vmx file has this path to a folder; return it.

    Raises InvalidArgument for a VM without a pool, and for a template with a pool or without a host;
    AlreadyExists if the VM is in the inventory, NotFound if the file does not exist, InvalidDatastorePath,
    InvalidName, DuplicateName.
    """
    config, place = await call.work()
    del call.vcenter.leftovers.configs[normalized(path)]
    vm = add_virtual_machine(call, config, place, files_are_new=False)
    call.vcenter.events.post("VmRegisteredEvent", vm, user=call.user, template=asTemplate)
    return vm


def _place(
    call: Call,
    folder: ManagedObject,
    path: str,
    as_template: bool,
    pool: ManagedObject | None,
    host: ManagedObject | None,
) -> Place:
    inventory = call.vcenter.inventory
    parts_of(path)
    if (pool is None) is not as_template or (as_template and host is None):
        raise MethodFault(
            "InvalidArgument", invalidProperty="host" if as_template and pool is None else "pool"
        )
    require_vm_folder(inventory, folder, pool)
    if pool is None:
        assert host is not None  # noqa: S101  # checked above
        require_in_service(host)
        chosen, pool = host, inventory[compute_resource_of(inventory, host).get("resourcePool")]
    else:
        chosen = choose_host(call, pool, host)
    return Place(chosen, pool, folder, datastore_at(inventory, path, chosen))

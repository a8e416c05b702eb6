"""VirtualMachine: ReconfigVM_Task.

A spec is applied whole or not at all: everything that can be wrong is found on a copy of the configuration.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from emulator.fault_tolerance.host_condition import unreserved_memory
from emulator.inventory.store import Inventory, ManagedObject
from emulator.scenario.entity import MIB
from emulator.scenario.virtual_machine_change import show_config
from emulator.scenario.virtual_machine_files import disks_of, files_of
from emulator.vcenter.config_change import changed_config, require_hot, require_possible
from emulator.vcenter.datastore_file import home_of
from emulator.vcenter.device_change import DeviceChanges
from emulator.vcenter.entity_name import kept_name, require_free_name
from emulator.vcenter.operation import Call, operation
from emulator.vcenter.virtual_machine import require_connected
from emulator.vmodl.value import DataObject, MethodFault, MoRef

_OFF: Final = "poweredOff"


@operation("VirtualMachine", "ReconfigVM_Task", locks=True)
async def reconfigure(call: Call, vm: ManagedObject, spec: DataObject) -> None:
    """Apply a VirtualMachineConfigSpec to a VM.

    A template is refused with NotSupported. Raises InvalidName, DuplicateName, ConcurrentAccess, NoDiskSpace,
    InsufficientMemoryResourcesFault, and the VmConfigFaults of what the configuration cannot be.
    """
    _admit(vm)
    planned(call, vm, spec)
    await call.running.work()
    name, config, changes = planned(call, vm, spec)
    if name != vm.get("name"):
        rename(call, vm, name)
    show_config(call.vcenter.inventory, vm, _stamped(call, config), call.vcenter.clock.now())
    settle_files(call, changes)
    call.vcenter.events.post("VmReconfiguredEvent", vm, user=call.user, template=False, configSpec=spec)


def _admit(vm: ManagedObject) -> None:
    require_connected(vm)
    if vm.get("config.template"):
        raise MethodFault("NotSupported")


def planned(call: Call, vm: ManagedObject, spec: DataObject) -> tuple[str, DataObject, DeviceChanges]:
    """Return the name and the configuration that a spec gives a VM, and what becomes of files."""
    inventory, held, state = call.vcenter.inventory, vm.get("config"), vm.get("runtime.powerState")
    name = vm.get("name") if spec.name is None else kept_name(spec.name, vm)
    require_free_name(inventory, inventory[vm.get("parent")], name, but=_namesakes(inventory, vm))
    host = inventory[vm.get("runtime.host")]
    config, changes = with_devices(call, changed_config(held, spec), spec, host, running=state == "poweredOn")
    config = config.replace(name=name)
    require_possible(config, host.get("capability"))
    if state != _OFF:
        require_hot(held, config, state)
    if state == "poweredOn":
        _require_memory(inventory, vm, host, config)
    require_space(inventory, config, vm.get("datastore")[0], vm.get("storage.perDatastoreUsage") or ())
    return name, config, changes


def with_devices(
    call: Call, config: DataObject, spec: DataObject, host: ManagedObject, *, running: bool
) -> tuple[DataObject, DeviceChanges]:
    """Return a configuration whose devices are changed as a spec says, and what becomes of files."""
    changes = DeviceChanges(
        call.vcenter.inventory,
        call.vcenter.leftovers,
        host,
        home_of(config.files.vmPathName),
        list(config.hardware.device),
        running,
        config.instanceUuid or config.uuid,
    )
    devices = changes.apply(spec.deviceChange)
    cached = [device.vFlashCacheConfigInfo for device in devices if device.is_a("VirtualDisk")]
    reserved = sum(cache.reservationInMB or 0 for cache in cached if cache is not None)
    made = config.replace(hardware=config.hardware.replace(device=devices))
    return (made.replace(vFlashCacheReservation=reserved) if any(cached) else made), changes


def settle_files(call: Call, changes: DeviceChanges) -> None:
    """Keep the files that a VM no longer has, and forget those that it has taken over."""
    inventory, leftovers = call.vcenter.inventory, call.vcenter.leftovers
    for disk in changes.dropped:
        leftovers.keep_disk(inventory, disk)
    for path in changes.attached:
        leftovers.take_disk(inventory, path)


def require_space(
    inventory: Inventory, config: DataObject, home: MoRef, held: Iterable[DataObject] = ()
) -> None:
    """Raise NoDiskSpace if a datastore lacks the space that a configuration takes.

    `home` is the datastore of its directory, `held` the VirtualMachineUsageOnDatastore that it has already.
    """
    before = {usage.datastore: usage.committed for usage in held}
    disks = [disk.backing for disk in disks_of(config)]
    for usage in files_of(config, home, config.modified, running=False).usage:
        datastore = inventory[usage.datastore]
        if usage.committed - before.get(usage.datastore, 0) > datastore.get("summary.freeSpace"):
            own = (backing.fileName for backing in disks if backing.datastore == usage.datastore)
            path = next(own, config.files.vmPathName)
            raise MethodFault("NoDiskSpace", file=path, datastore=datastore.get("name"))


def rename(call: Call, vm: ManagedObject, name: str) -> None:
    """Give a VM another name, and say so."""
    before = vm.get("name")
    vm.set("name", name)
    names = {"oldName": before, "newName": name}
    template = bool(vm.get("config.template"))
    call.vcenter.events.post("VmRenamedEvent", vm, user=call.user, template=template, **names)


def _namesakes(inventory: Inventory, vm: ManagedObject) -> list[ManagedObject]:
    """Return the VMs whose name may be this one's: itself, and the other one of its pair."""
    info = vm.get("config.ftInfo")
    twins: tuple[Any, ...] = (
        (*info.__dict__.get("secondaries", ()), info.__dict__.get("primaryVM")) if info else ()
    )
    return [vm, *inventory.find_all(ref for ref in twins if ref is not None)]


def _require_memory(inventory: Inventory, vm: ManagedObject, host: ManagedObject, config: DataObject) -> None:
    """Raise InsufficientMemoryResourcesFault if the host cannot reserve the memory for a running VM."""
    requested = int(config.memoryAllocation.reservation or 0) * MIB
    unreserved = unreserved_memory(inventory, host, vm)
    if requested > unreserved:
        raise MethodFault(
            "InsufficientMemoryResourcesFault", unreserved=max(unreserved, 0), requested=requested
        )


def _stamped(call: Call, config: DataObject) -> DataObject:
    """Return a configuration with the version and time of its change."""
    now = call.vcenter.clock.now()
    number = call.vcenter.inventory.journal.number
    return config.replace(changeVersion=f"{now:%Y-%m-%dT%H:%M:%S.%fZ}-{number}", modified=now)

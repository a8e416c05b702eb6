"""Privileges that depend on the arguments of a call; the registry cannot name these.

To rename, move or destroy an entity, its type decides; for a spec, the properties it sets [documented].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.vmodl.value import DataObject, MoRef

Requirement = tuple[ManagedObject, str]

#: Entity type → privileges to destroy, rename and move it.
_BY_TYPE: Final = {
    "VirtualMachine": (
        "VirtualMachine.Inventory.Delete",
        "VirtualMachine.Config.Rename",
        "VirtualMachine.Inventory.Move",
    ),
    "Folder": ("Folder.Delete", "Folder.Rename", "Folder.Move"),
    "Datacenter": ("Datacenter.Delete", "Datacenter.Rename", "Datacenter.Move"),
    "HostSystem": (
        "Host.Inventory.RemoveHostFromCluster",
        "Host.Inventory.EditCluster",
        "Host.Inventory.MoveHost",
    ),
    "ComputeResource": (
        "Host.Inventory.DeleteCluster",
        "Host.Inventory.RenameCluster",
        "Host.Inventory.MoveCluster",
    ),
    "ResourcePool": ("Resource.DeletePool", "Resource.RenamePool", "Resource.MovePool"),
    "Datastore": ("Datastore.Delete", "Datastore.Rename", "Datastore.Move"),
    "Network": ("Network.Delete", "Network.Config", "Network.Move"),
}
_DESTROY, _RENAME, _MOVE = range(3)

#: Property of a VirtualMachineConfigSpec → privilege; any other property requires `Settings`.
_BY_PROPERTY: Final = {
    "name": "Rename",
    "annotation": "Annotation",
    "numCPUs": "CPUCount",
    "numCoresPerSocket": "CPUCount",
    "memoryMB": "Memory",
    "cpuAllocation": "Resource",
    "memoryAllocation": "Resource",
    "extraConfig": "AdvancedConfig",
    "managedBy": "ManagedBy",
    "changeTrackingEnabled": "ChangeTracking",
    "swapPlacement": "SwapPlacement",
}

#: Operation on a device → privilege for a disk, privilege for any other device.
_BY_DEVICE: Final = {
    "add": ("AddExistingDisk", "AddRemoveDevice"),
    "edit": ("EditDevice", "EditDevice"),
    "remove": ("RemoveDisk", "AddRemoveDevice"),
}

_VIEW: Final = "System.View"
#: Type of a specification → its references → privilege on the objects that they refer to. Those for pools and
#: datastores are [documented] for clones; that a call is about no object its caller cannot see is [derived].
_BY_REFERENCE: Final[dict[str, dict[str, str]]] = {
    "VirtualMachineRelocateSpec": {
        "folder": _VIEW,
        "host": _VIEW,
        "datastore": "Datastore.AllocateSpace",
        "pool": "Resource.AssignVMToPool",
    },
    "VirtualMachineRelocateSpecDiskLocator": {"datastore": "Datastore.AllocateSpace"},
    "VirtualMachineCloneSpec": {"snapshot": _VIEW},
    "FaultToleranceMetaSpec": {"metaDataDatastore": _VIEW},
    "FaultToleranceDiskSpec": {"datastore": _VIEW},
    "ResourceConfigSpec": {"entity": _VIEW},
    "EnvironmentBrowserConfigOptionQuerySpec": {"host": _VIEW},
    "EventFilterSpecByEntity": {"entity": _VIEW},
    "TaskFilterSpecByEntity": {"entity": _VIEW},
    "DistributedVirtualSwitchPortCriteria": {"scope": _VIEW, "host": _VIEW},
}


def required_by_references(value: Any) -> Iterator[tuple[MoRef, str]]:
    """Yield the references in the specifications of a call, with the privileges on their objects."""
    if isinstance(value, DataObject):
        privileges = value.type_.nearest(_BY_REFERENCE, {})
        for name, member in value.__dict__.items():
            yield from ((ref, privileges[name]) for ref in _refs(member) if name in privileges)
            yield from required_by_references(member)
    elif isinstance(value, tuple) and not isinstance(value, MoRef):
        for member in value:
            yield from required_by_references(member)


def _refs(member: Any) -> Iterable[MoRef]:
    members = (member,) if isinstance(member, MoRef) else member if isinstance(member, tuple) else ()
    return (ref for ref in members if isinstance(ref, MoRef))


def required_by_content(method: str, this: ManagedObject, arguments: dict[str, Any]) -> Iterable[Requirement]:
    """Return the privileges, each with its object, that a call requires besides the registry's."""
    required = _METHODS.get(method)
    return required(this, arguments) if required is not None else ()


def _of_type(entity: ManagedObject, which: int) -> Iterator[Requirement]:
    privileges = entity.type.nearest(_BY_TYPE, None)
    if privileges is not None:
        yield entity, privileges[which]


def _destroyed(this: ManagedObject, arguments: dict[str, Any]) -> Iterable[Requirement]:
    return _of_type(this, _DESTROY)


def _renamed(this: ManagedObject, arguments: dict[str, Any]) -> Iterable[Requirement]:
    return _of_type(this, _RENAME)


def _moved(this: ManagedObject, arguments: dict[str, Any]) -> Iterator[Requirement]:
    for entity in arguments.get("list", ()):
        yield from _of_type(entity, _MOVE)


def _pooled(this: ManagedObject, arguments: dict[str, Any]) -> Iterator[Requirement]:
    for entity in arguments.get("list", ()):
        if entity.is_a("VirtualMachine"):
            yield this, "Resource.AssignVMToPool"
        else:
            yield from _of_type(entity, _MOVE)


def _pool_edited(this: ManagedObject, arguments: dict[str, Any]) -> Iterator[Requirement]:
    yield this, "Resource.EditPool"
    if arguments.get("name") is not None:
        yield this, "Resource.RenamePool"


def _cloned(this: ManagedObject, arguments: dict[str, Any]) -> Iterator[Requirement]:
    spec, folder = arguments.get("spec"), arguments.get("folder")
    to_template = spec is not None and bool(spec.template)
    if this.get("config.template"):
        yield this, f"VirtualMachine.Provisioning.{'CloneTemplate' if to_template else 'DeployTemplate'}"
    else:
        yield this, f"VirtualMachine.Provisioning.{'CreateTemplateFromVM' if to_template else 'Clone'}"
    if folder is not None:
        yield folder, "VirtualMachine.Inventory.CreateFromExisting"


def _migrated(this: ManagedObject, arguments: dict[str, Any]) -> Iterator[Requirement]:
    yield this, "Resource.HotMigrate" if is_powered_on(this) else "Resource.ColdMigrate"


def _reconfigured(this: ManagedObject, arguments: dict[str, Any]) -> Iterator[Requirement]:
    spec = arguments.get("spec")
    names = set[str]()
    for prop in spec.__dict__ if spec is not None else ():
        if prop == "deviceChange" and spec is not None:
            names |= {_for_device(change) for change in spec.deviceChange}
        elif prop != "changeVersion":
            names.add(_BY_PROPERTY.get(prop, "Settings"))
    for name in sorted(names):
        yield this, f"VirtualMachine.Config.{name}"


def _for_device(change: DataObject) -> str:
    of_disk, of_other = _BY_DEVICE.get(change.operation or "", ("EditDevice", "EditDevice"))
    if not change.device.is_a("VirtualDisk"):
        return of_other
    return "AddNewDisk" if change.operation == "add" and change.fileOperation else of_disk


def _network(this: ManagedObject, arguments: dict[str, Any]) -> Iterator[Requirement]:
    yield this, "Host.Config.Network"


_METHODS: Final[dict[str, Callable[[ManagedObject, dict[str, Any]], Iterable[Requirement]]]] = {
    "Destroy_Task": _destroyed,
    "Rename_Task": _renamed,
    "MoveIntoFolder_Task": _moved,
    "MoveIntoResourcePool": _pooled,
    "UpdateConfig": _pool_edited,
    "UpdateChildResourceConfiguration": _pool_edited,
    "DestroyChildren": _destroyed,
    "CloneVM_Task": _cloned,
    "MigrateVM_Task": _migrated,
    "ReconfigVM_Task": _reconfigured,
    "AddVirtualNic": _network,
    "UpdateVirtualNic": _network,
}

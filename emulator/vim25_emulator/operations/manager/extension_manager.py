"""ExtensionManager: the registered extensions."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


def _extensions(manager: ManagedObject) -> dict[str, DataObject]:
    return {extension.key: extension for extension in manager.get("extensionList")}


def _registered(manager: ManagedObject, key: str) -> dict[str, DataObject]:
    """Return the extensions by key; raise NotFound if this one is not registered."""
    extensions = _extensions(manager)
    if key not in extensions:
        raise MethodFault("NotFound")
    return extensions


@operation("ExtensionManager", "FindExtension")
def find_extension(call: Call, manager: ManagedObject, extensionKey: str) -> DataObject | None:
    """Return the extension with this key; None if it is not registered."""
    return _extensions(manager).get(extensionKey)


@operation("ExtensionManager", "RegisterExtension")
def register_extension(call: Call, manager: ManagedObject, extension: DataObject) -> None:
    """Register an extension; raise InvalidArgument if its key is empty or in use [derived]."""
    if not extension.key or extension.key in _extensions(manager):
        raise MethodFault("InvalidArgument", invalidProperty="extension.key")
    manager.add("extensionList", extension)


@operation("ExtensionManager", "UpdateExtension")
def update_extension(call: Call, manager: ManagedObject, extension: DataObject) -> None:
    """Replace the description of an extension; raise NotFound if it is not registered."""
    extensions = _registered(manager, extension.key)
    manager.set("extensionList", tuple({**extensions, extension.key: extension}.values()))


@operation("ExtensionManager", "UnregisterExtension")
def unregister_extension(call: Call, manager: ManagedObject, extensionKey: str) -> None:
    """Unregister an extension; raise NotFound if it is not registered."""
    manager.remove("extensionList", _registered(manager, extensionKey)[extensionKey])

"""ExtensionManager: the products that registered themselves with the vCenter."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


def _held(manager: ManagedObject) -> dict[str, DataObject]:
    return {extension.key: extension for extension in manager.get("extensionList")}


def _registered(manager: ManagedObject, key: str) -> dict[str, DataObject]:
    """Return the extensions by key; raise NotFound unless this one is among them."""
    held = _held(manager)
    if key not in held:
        raise MethodFault("NotFound")
    return held


@operation("ExtensionManager", "FindExtension")
def find_extension(call: Call, manager: ManagedObject, extensionKey: str) -> DataObject | None:
    """Return the extension with this key, None if there is none."""
    return _held(manager).get(extensionKey)


@operation("ExtensionManager", "RegisterExtension")
def register_extension(call: Call, manager: ManagedObject, extension: DataObject) -> None:
    """Add an extension; raise InvalidArgument if its key is empty or taken [derived]."""
    if not extension.key or extension.key in _held(manager):
        raise MethodFault("InvalidArgument", invalidProperty="extension.key")
    manager.add("extensionList", extension)


@operation("ExtensionManager", "UpdateExtension")
def update_extension(call: Call, manager: ManagedObject, extension: DataObject) -> None:
    """Replace what an extension said of itself; raise NotFound if it is not registered."""
    held = _registered(manager, extension.key)
    manager.set("extensionList", tuple({**held, extension.key: extension}.values()))


@operation("ExtensionManager", "UnregisterExtension")
def unregister_extension(call: Call, manager: ManagedObject, extensionKey: str) -> None:
    """Take an extension out; raise NotFound if it is not registered."""
    manager.remove("extensionList", _registered(manager, extensionKey)[extensionKey])

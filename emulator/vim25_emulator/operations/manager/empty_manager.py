"""Managers whose lists are always empty.

Their objects cannot be created here, so an empty list is the right answer. A method that lists them is a row
of the table; a method that would create one is not implemented.
"""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault

#: Methods that list such objects: managed object type, method.
_LISTS: Final = (
    ("CryptoManagerKmip", "ListKmipServers"),
    ("DiagnosticManager", "QueryDescriptions"),
    ("ExtensionManager", "QueryExtensionIpAllocationUsage"),
    ("IpPoolManager", "QueryIpPools"),
    ("ScheduledTaskManager", "RetrieveEntityScheduledTask"),
    ("ScheduledTaskManager", "RetrieveObjectScheduledTask"),
    ("VcenterVStorageObjectManager", "ListVStorageObject"),
)


def _empty_list(call: Call, manager: ManagedObject, **arguments: Any) -> tuple[Any, ...]:
    return ()


for _type_name, _method_name in _LISTS:
    operation(_type_name, _method_name)(_empty_list)


@operation("CryptoManagerKmip", "RetrieveKmipServersStatus_Task")
async def kmip_servers_status(call: Call, manager: ManagedObject, **arguments: Any) -> tuple[Any, ...]:
    """Return no CryptoManagerKmipClusterStatus."""
    return ()


@operation("DiagnosticManager", "BrowseDiagnosticLog")
def browse_log(
    call: Call,
    manager: ManagedObject,
    key: str,
    host: ManagedObject | None = None,
    start: int | None = None,
    lines: int | None = None,
) -> None:
    """Raise CannotAccessFile: there are no logs."""
    raise MethodFault("CannotAccessFile", file=key)


@operation("CustomizationSpecManager", "DoesCustomizationSpecExist")
def customization_spec_exists(call: Call, manager: ManagedObject, name: str) -> bool:
    """Return false: there are no specifications."""
    return False


@operation("CustomizationSpecManager", "GetCustomizationSpec")
def customization_spec(call: Call, manager: ManagedObject, name: str) -> None:
    """Raise NotFound: there are no specifications."""
    raise MethodFault("NotFound")

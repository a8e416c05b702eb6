"""What this vCenter has none of, so that a client that asks for a list of it is told that it is empty.

A list is empty because nothing of the kind can be made here, not because it was never looked up. What only
reads such a thing is a row of the table; what would make one is not implemented and says so.
"""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault

#: Operations that list what there is none of: managed object type, method.
_LISTS: Final = (
    ("CryptoManagerKmip", "ListKmipServers"),
    ("DiagnosticManager", "QueryDescriptions"),
    ("ExtensionManager", "QueryExtensionIpAllocationUsage"),
    ("IpPoolManager", "QueryIpPools"),
    ("ScheduledTaskManager", "RetrieveEntityScheduledTask"),
    ("ScheduledTaskManager", "RetrieveObjectScheduledTask"),
    ("VcenterVStorageObjectManager", "ListVStorageObject"),
)


def _none(call: Call, manager: ManagedObject, **arguments: Any) -> tuple[Any, ...]:
    return ()


for _type_name, _method_name in _LISTS:
    operation(_type_name, _method_name)(_none)


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


@operation("HostSystem", "QueryTpmAttestationReport")
def tpm_attestation_report(call: Call, host: ManagedObject) -> None:
    """Return nothing: no host has a TPM."""


@operation("CustomizationSpecManager", "DoesCustomizationSpecExist")
def customization_spec_exists(call: Call, manager: ManagedObject, name: str) -> bool:
    """Return false: there are no specifications."""
    return False


@operation("CustomizationSpecManager", "GetCustomizationSpec")
def customization_spec(call: Call, manager: ManagedObject, name: str) -> None:
    """Raise NotFound: there are no specifications."""
    raise MethodFault("NotFound")

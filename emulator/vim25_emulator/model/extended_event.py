"""Extended events of Fault Tolerance: events without a type of their own, identified by a type ID.

The IDs are [observed: event catalogs of 6.7 to 8.0]; the event type of those of VM Component Protection that
are not about Fault Tolerance, and all categories, are [derived].
"""

from __future__ import annotations

from typing import Final

#: Type ID → event type.
EXTENDED_EVENTS: Final = {
    **dict.fromkeys(
        (
            "com.vmware.vc.HA.StartFTSecondarySucceededEvent",
            "com.vmware.vc.HA.StartFTSecondaryFailedEvent",
            "com.vmware.vc.vm.VmSyncingWithEncryptionEvent",
        ),
        "EventEx",
    ),
    **dict.fromkeys(
        (
            "com.vmware.vc.ft.VmAffectedByDasDisabledEvent",
            "com.vmware.vc.vcp.FtFailoverEvent",
            "com.vmware.vc.vcp.FtFailoverFailedEvent",
            "com.vmware.vc.vcp.FtSecondaryRestartEvent",
            "com.vmware.vc.vcp.FtSecondaryRestartFailedEvent",
            "com.vmware.vc.vcp.FtDisabledVmTreatAsNonFtEvent",
            "com.vmware.vc.vcp.NeedSecondaryFtVmTreatAsNonFtEvent",
            "com.vmware.vc.vcp.VcpNoActionEvent",
            "com.vmware.vc.vcp.VmRestartEvent",
            "com.vmware.vc.vcp.VmRestartFailedEvent",
            "com.vmware.vc.vcp.VmWaitForCandidateHostEvent",
            "com.vmware.vc.vcp.TestStartEvent",
            "com.vmware.vc.vcp.TestEndEvent",
        ),
        "ExtendedEvent",
    ),
}


def extended_category(type_id: str) -> str:
    """Return the category of an extended event."""
    return "error" if type_id.endswith("FailedEvent") else "info"

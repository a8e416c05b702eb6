"""The faults about a VM and its devices, and the values of their fields."""

from __future__ import annotations

from typing import Final

from vim25_emulator.fault_tolerance import device_condition as device
from vim25_emulator.fault_tolerance import secondary_storage
from vim25_emulator.fault_tolerance.fault_shape import (
    entity_name,
    entity_ref,
    fault,
    incompatible_device,
    issue,
    listed,
    not_supported,
)

NOT_SUPPORTED: Final = fault("NotSupported")
ON_SECONDARY: Final = fault(
    "InvalidOperationOnSecondaryVm", instanceUuid=lambda _, primary: primary.get("config.instanceUuid")
)
TOO_MANY_VCPUS: Final = fault(
    "VmConfigIncompatibleForFaultTolerance",
    fault=fault(
        "NumVirtualCpusIncompatible", reason="faultTolerance", numCpu=lambda request, _: request.vcpus
    ),
)
LOCAL_FILE: Final = fault(
    "VmFaultToleranceInvalidFileBacking",
    backingType=device.backing_type,
    backingFilename=device.backing_file,
)
THIN: Final = incompatible_device("VirtualDiskBlocksNotFullyProvisioned", backing=device.backing_name)
UNSCRUBBED: Final = incompatible_device("UnusedVirtualDiskBlocksNotScrubbed", backing=device.backing_name)
DISK_MODE: Final = incompatible_device("VirtualDiskModeNotSupported", mode=device.disk_mode)
UNSUPPORTED: Final = incompatible_device("DeviceNotSupported", reason="ft")
BACKING: Final = incompatible_device("DeviceBackingNotSupported", backing=device.backing_name)
RAW: Final = incompatible_device("PhysCompatRDMNotSupported")
WRAPPED: Final = fault(
    "VmFaultToleranceConfigIssueWrapper",
    entity=entity_ref,
    entityName=entity_name,
    error=NOT_SUPPORTED,
)
LEGACY_PAIR: Final = not_supported("rrFtVmNotSupported")
UNCHECKED: Final = listed(issue("verifySSLCertificateFlagNotSet"))
SECOND: Final = listed(issue("moreThanOneSecondary"))
DISK_SPACE: Final = fault(
    "NoDiskSpace",
    file=lambda request, primary: primary.get("config.files.vmPathName"),
    datastore=secondary_storage.full_datastore_name,
)
POOL_MEMORY: Final = fault(
    "InsufficientMemoryResourcesFault",
    unreserved=secondary_storage.pool_unreserved,
    requested=secondary_storage.additional_reservation,
)

"""The faults of operations that are forbidden to a pair, and the values of their fields."""

from __future__ import annotations

from typing import Final

from vim25_emulator.fault_tolerance import prohibition_condition as condition
from vim25_emulator.fault_tolerance.fault_shape import entity_name, entity_ref, fault, issue, listed

FIXED_MEMORY: Final = fault("FaultToleranceCannotEditMem", vm=entity_ref, vmName=entity_name)
FIXED_SITES: Final = listed(issue("ftMetroClusterNotEditable"))
FIXED_HOST: Final = fault("CannotMoveHostWithFaultToleranceVm")
FIXED_PERMISSIONS: Final = fault("InvalidArgument", invalidProperty="entity")
CONNECTED_HOST: Final = fault("CannotDisconnectHostWithFaultToleranceVm", hostName=condition.host_name)
OTHER_POOL: Final = fault("CannotMoveFaultToleranceVm", moveType="resourcePool", vmName=entity_name)
OTHER_CLUSTER: Final = fault("CannotMoveFaultToleranceVm", moveType="cluster", vmName=entity_name)
PARTNER_HOST: Final = fault(
    "FaultToleranceAntiAffinityViolated",
    host=condition.partner_host,
    hostName=condition.partner_host_name,
)
HOT_PLUG: Final = fault(
    "DeviceHotPlugNotSupported", property="virtualDeviceSpec.device", deviceIndex=condition.plugged_device
)
THIN_DISK: Final = fault("FaultToleranceNeedsThickDisk", vmName=entity_name)
UNSUPPORTED_DEVICE: Final = fault(
    "VmConfigIncompatibleForFaultTolerance",
    fault=fault("DeviceNotSupported", device=condition.unsupported_device, reason="ft"),
)
DRS_OF_SECONDARY: Final = fault("CannotChangeDrsBehaviorForFtSecondary", vm=entity_ref, vmName=entity_name)
HA_OF_SECONDARY: Final = fault("CannotChangeHaSettingsForFtSecondary", vm=entity_ref, vmName=entity_name)
IN_GROUP: Final = fault("InvalidArgument", invalidProperty="spec.groupSpec")
DRS_BEHAVIOR: Final = fault(
    "InvalidDrsBehaviorForFtVm", invalidProperty="spec.drsVmConfigSpec", vm=entity_ref, vmName=entity_name
)
RESTART_PRIORITY: Final = fault(
    "InvalidDasRestartPriorityForFtVm",
    invalidProperty="spec.dasVmConfigSpec",
    vm=entity_ref,
    vmName=entity_name,
)

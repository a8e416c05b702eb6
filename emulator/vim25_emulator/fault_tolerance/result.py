"""What CreateSecondaryVM_Task ends with: the secondary, and how starting it went.

A primary that is off has nothing started (`powerOnAttempted` false, no `powerOnResult`). A failure to start
the secondary is no failure of the task: it is one of the entries in `notAttempted` (documented).
"""

from __future__ import annotations

from vim25_emulator.fault_tolerance.pair import Pair
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import DataObject, MoRef


def operation_result(pair: Pair, power_on: DataObject | None) -> DataObject:
    """Return FaultToleranceSecondaryOpResult; `power_on` is None if nothing was to be started."""
    return DataObject(
        "FaultToleranceSecondaryOpResult",
        vm=pair.secondary.ref,
        powerOnAttempted=power_on is not None,
        powerOnResult=power_on,
    )


def attempted(secondary: ManagedObject, task: MoRef | None) -> DataObject:
    """Return ClusterPowerOnVmResult of a start that is under way.

    `task` shows its progress; only a cluster without DRS tells it (documented).
    """
    info = DataObject("ClusterAttemptedVmInfo", vm=secondary.ref, task=task)
    return DataObject("ClusterPowerOnVmResult", attempted=(info,))


def not_attempted(secondary: ManagedObject, fault: DataObject) -> DataObject:
    """Return ClusterPowerOnVmResult of a start that failed."""
    info = DataObject("ClusterNotAttemptedVmInfo", vm=secondary.ref, fault=fault)
    return DataObject("ClusterPowerOnVmResult", notAttempted=(info,))


def recommended(recommendation: DataObject) -> DataObject:
    """Return ClusterPowerOnVmResult of a start that waits for approval."""
    return DataObject("ClusterPowerOnVmResult", recommendations=(recommendation,))
